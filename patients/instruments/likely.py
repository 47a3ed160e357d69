"""What is likely of each measure. Anything else inside its range is asked about once, not refused.

Proposals of this software, wide enough for most visits of people with IBM.
"""

from decimal import Decimal


def _between(low: str, high: str) -> tuple[Decimal, Decimal]:
    return Decimal(low), Decimal(high)


LIKELY: dict[str, tuple[Decimal, Decimal]] = {
    "MMT8": _between("15", "80"),
    "MMT8_BILATERAL": _between("30", "150"),
    "MMT24": _between("50", "260"),
    "IBMFRS": _between("4", "40"),
    "WALK_6_MIN": _between("30", "700"),
    "WALK_2_MIN": _between("10", "240"),
    "TUG": _between("5", "90"),
    "MTUG": _between("5", "120"),
    "WALK_10_M": _between("4", "60"),
    "SIT_TO_STAND_30_S": _between("0", "25"),
    "SIT_TO_STAND_30_S_ARMS": _between("0", "25"),
    "GRIP": _between("0", "60"),
    "KNEE_EXTENSION": _between("0", "600"),
    "FVC_SITTING": _between("0.8", "6.5"),
    "FVC_SUPINE": _between("0.7", "6.5"),
    "FVC_SITTING_PERCENT": _between("25", "130"),
    "FVC_SUPINE_PERCENT": _between("20", "130"),
    "CK": _between("20", "5000"),
    "WEIGHT": _between("38", "160"),
    "BP_SYSTOLIC": _between("85", "200"),
    "BP_DIASTOLIC": _between("45", "115"),
    "HBA1C": _between("4", "12"),
    "HBA1C_IFCC": _between("20", "108"),
    "MORNING_CORTISOL": _between("10", "900"),
    "MORNING_CORTISOL_UG": _between("0.4", "33"),
    "WHITE_CELLS": _between("2", "25"),
    "NEUTROPHILS": _between("1", "20"),
    "PLATELETS": _between("80", "600"),
    "ALT": _between("5", "300"),
    "AST": _between("5", "300"),
    "HAEMOGLOBIN": _between("7", "19"),
    "ALBUMIN": _between("25", "55"),
    "CREATININE": _between("20", "200"),
    "CREATININE_MG": _between("0.2", "2.3"),
    "EGFR": _between("15", "130"),
    "FALLS_30_D": _between("0", "10"),
    "FALLS_30_D_INJURY": _between("0", "5"),
}
