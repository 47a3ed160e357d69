"""What is entered together: the sets the software comes with, and what else can be entered.

A clinic may choose its own; a proposal, made of what the rules of the course read.
"""

from patients.instruments.catalogue import MEASURES

VISIT, LABORATORY = "VISIT", "LABORATORY"
STANDARD_SETS: dict[str, tuple[str, ...]] = {
    VISIT: (
        "MMT8",
        "IBMFRS",
        "GRIP",
        "TUG",
        "WALK_6_MIN",
        "EAT10",
        "FVC_SITTING",
        "FALLS_30_D",
        "WEIGHT",
        "BP_SYSTOLIC",
        "BP_DIASTOLIC",
        "CK",
        "HBA1C",
    ),
    LABORATORY: (
        "CK",
        "HAEMOGLOBIN",
        "WHITE_CELLS",
        "NEUTROPHILS",
        "PLATELETS",
        "ALT",
        "AST",
        "ALBUMIN",
        "CREATININE",
        "EGFR",
        "HBA1C",
        "MORNING_CORTISOL",
    ),
}
# The parts of a score are entered with it, single muscles with their scale, so neither is chosen.
CHOOSABLE = tuple(
    code
    for code, measure in MEASURES.items()
    if measure.item_of is None and not measure.needs_muscle
)
