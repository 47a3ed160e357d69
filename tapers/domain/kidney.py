"""Kidney function as it is known of a patient: reported by the laboratory, or worked out.

The latest result counts. A reported eGFR outranks a creatinine of the same or an earlier day; from
a later creatinine it is worked out (CKD-EPI 2021), or it is said why it cannot be.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from patients.instruments.kidney import (
    ADULT_YEARS,
    CREATININE_MG_PER_DL,
    age_on,
    egfr_ckd_epi_2021,
    mg_per_dl,
)
from tapers.domain.record import CourseFacts, DatedReading

EGFR = "EGFR"
CREATININE, CREATININE_MG = "CREATININE", "CREATININE_MG"
CREATININES = (CREATININE, CREATININE_MG)


@dataclass(frozen=True)
class KidneyFunction:
    """`egfr` in mL/min/1.73 m2 and the reading it rests on, a creatinine where it was worked out.

    `not_judged` is a later creatinine from which nothing could be worked out, and `why_not` the
    reason; the eGFR is then an earlier one, or None.
    """

    egfr: Decimal | None = None
    rests_on: DatedReading | None = None
    not_judged: DatedReading | None = None
    why_not: str = ""

    @property
    def is_calculated(self) -> bool:
        return self.rests_on is not None and self.rests_on.reading.code in CREATININES

    @property
    def measured_on(self) -> date | None:
        return self.rests_on.on if self.rests_on else None


def kidney_function(facts: CourseFacts) -> KidneyFunction | None:
    """Return what the last results say; None where nothing was measured."""
    reported = _last(facts.readings, (EGFR,))
    creatinine = _last(facts.readings, CREATININES)
    if creatinine is None or (reported is not None and creatinine.on <= reported.on):
        return None if reported is None else KidneyFunction(reported.reading.value, reported)
    why_not = _why_not(facts, creatinine)
    if not why_not:
        return KidneyFunction(_calculated(facts, creatinine), creatinine)
    earlier = reported.reading.value if reported else None
    return KidneyFunction(earlier, reported, creatinine, why_not)


def _last(readings: Iterable[DatedReading], codes: tuple[str, ...]) -> DatedReading | None:
    found = [
        each for each in readings if each.reading.code in codes and each.reading.value is not None
    ]
    return max(found, key=lambda each: each.on, default=None)


def _why_not(facts: CourseFacts, creatinine: DatedReading) -> str:
    if facts.sex is None:
        return "the equation needs the sex, female or male, which is not on record"
    if facts.born_on is None:
        return "the equation needs the birth date, which is not on record"
    youngest, oldest = ADULT_YEARS
    if not youngest <= age_on(creatinine.on, born_on=facts.born_on) <= oldest:
        return f"the equation is for people of {youngest} to {oldest} years"
    return _why_beyond(creatinine)


def _why_beyond(creatinine: DatedReading) -> str:
    """An infusion takes values that no visit takes."""
    least, most = CREATININE_MG_PER_DL
    if least <= _mg_per_dl(creatinine) <= most:
        return ""
    return f"the equation is used from {least} to {most} mg/dL"


def _mg_per_dl(creatinine: DatedReading) -> Decimal:
    value = creatinine.reading.value or Decimal(0)
    return mg_per_dl(value) if creatinine.reading.code == CREATININE else value


def _calculated(facts: CourseFacts, creatinine: DatedReading) -> Decimal | None:
    born_on, sex = facts.born_on, facts.sex
    if born_on is None or sex is None:
        return None
    return egfr_ckd_epi_2021(
        creatinine_mg_per_dl=_mg_per_dl(creatinine),
        age_years=age_on(creatinine.on, born_on=born_on),
        sex=sex,
    )
