"""Kidney function worked out from a creatinine: the CKD-EPI equation of 2021, without race.

142 x min(Scr/k, 1)^a x max(Scr/k, 1)^-1.200 x 0.9938^age, x 1.012 for women, with Scr in mg/dL. It
was made for adults, and takes creatinine to come from muscle of the usual amount: where muscle is
lost, as in IBM, creatinine is low and the result reads too high.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from patients.instruments.errors import OutsideEquation

SOURCE = (
    "Inker and others, N Engl J Med 2021;385:1737; the equation as the National Kidney Foundation "
    "gives it."
)
NAME = "CKD-EPI 2021"
ADULT_YEARS = (18, 120)
CREATININE_MG_PER_DL = (Decimal("0.1"), Decimal(30))  # hard limits of entry of the measure
UMOL_PER_L_OF_A_MG_PER_DL = Decimal("88.4")
DIGITS = 1


class EquationSex(StrEnum):
    """The two kinds of people the equation knows."""

    FEMALE = "FEMALE"
    MALE = "MALE"


@dataclass(frozen=True)
class _Terms:
    kappa: Decimal  # mg/dL
    alpha: Decimal
    factor: Decimal


_TERMS = {
    EquationSex.FEMALE: _Terms(Decimal("0.7"), Decimal("-0.241"), Decimal("1.012")),
    EquationSex.MALE: _Terms(Decimal("0.9"), Decimal("-0.302"), Decimal(1)),
}
_ABOVE_KAPPA = Decimal("-1.200")
_A_YEAR = Decimal("0.9938")
_BASE = Decimal(142)
_ONE = Decimal(1)


def egfr_ckd_epi_2021(
    *, creatinine_mg_per_dl: Decimal, age_years: int, sex: EquationSex
) -> Decimal:
    """Return eGFR in mL/min/1.73 m2, to one digit. Raise OutsideEquation."""
    _check("age", Decimal(age_years), tuple(map(Decimal, ADULT_YEARS)), "years")
    _check("creatinine", creatinine_mg_per_dl, CREATININE_MG_PER_DL, "mg/dL")
    terms = _TERMS[sex]
    ratio = creatinine_mg_per_dl / terms.kappa
    below, above = min(ratio, _ONE) ** terms.alpha, max(ratio, _ONE) ** _ABOVE_KAPPA
    return round(_BASE * below * above * _A_YEAR**age_years * terms.factor, DIGITS)


def mg_per_dl(umol_per_l: Decimal) -> Decimal:
    return umol_per_l / UMOL_PER_L_OF_A_MG_PER_DL


def age_on(day: date, *, born_on: date) -> int:
    """Return the years completed on that day, as laboratories count them."""
    had_birthday = (day.month, day.day) >= (born_on.month, born_on.day)
    return day.year - born_on.year - (not had_birthday)


def _check(field: str, number: Decimal, limits: tuple[Decimal, ...], unit: str) -> None:
    low, high = limits
    if not number.is_finite() or not low <= number <= high:
        raise OutsideEquation(field, low, high, unit)
