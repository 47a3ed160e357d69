"""What a morning cortisol says, in the unit in which it was reported.

The adrenal guideline gives limits in two units that are not the same: 10 ug/dL is 276 nmol/L, not
300. So a result is never converted before it is classified. Source: recommendation 2.7 of the
2024 guideline on glucocorticoid-induced adrenal insufficiency.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Protocol

SOURCE = (
    "ESE and Endocrine Society guideline on glucocorticoid-induced adrenal insufficiency, 2024, "
    "recommendation 2.7."
)
LIMITS = {
    "MORNING_CORTISOL": (Decimal(150), Decimal(300)),  # nmol/L
    "MORNING_CORTISOL_UG": (Decimal(5), Decimal(10)),  # ug/dL
}
HOURS_AFTER_DOSE = 24  # prednisone: at least so long after the last dose


class Measured(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def value(self) -> Decimal | None: ...


class CortisolBand(StrEnum):
    """Both limits lie in the middle band."""

    RECOVERED = "RECOVERED"
    MIDDLE = "MIDDLE"
    LOW = "LOW"

    @property
    def says(self) -> str:
        return _SAYS[self]


_SAYS = {
    CortisolBand.RECOVERED: "The guideline takes this as recovery of the adrenal axis; stopping "
    "is possible.",
    CortisolBand.MIDDLE: "The guideline continues the physiologic dose and repeats the test after "
    "weeks to months.",
    CortisolBand.LOW: "The guideline continues the physiologic dose and repeats the test after a "
    "few months.",
}


def band_of(reading: Measured) -> CortisolBand | None:
    """Return the band of a morning cortisol; None for another measure or without a value."""
    limits = LIMITS.get(reading.code)
    if limits is None or reading.value is None:
        return None
    low, high = limits
    if reading.value > high:
        return CortisolBand.RECOVERED
    return CortisolBand.LOW if reading.value < low else CortisolBand.MIDDLE


def doubts_about_cortisol(
    *, hours_since_dose: int | None, takes_oral_oestrogen: bool | None
) -> tuple[str, ...]:
    """Return why the result may mislead; what was not noted is a doubt, too."""
    doubts = []
    if hours_since_dose is None:
        doubts.append("It is not noted when the last dose was taken before the sample.")
    elif hours_since_dose < HOURS_AFTER_DOSE:
        doubts.append(
            f"Drawn {hours_since_dose} hours after a dose; at least {HOURS_AFTER_DOSE} are needed."
        )
    if takes_oral_oestrogen is None:
        doubts.append("It is not noted whether oral oestrogen is taken.")
    elif takes_oral_oestrogen:
        doubts.append("Oral oestrogen raises cortisol; the result cannot be read.")
    return tuple(doubts)
