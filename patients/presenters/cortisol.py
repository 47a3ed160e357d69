"""A morning cortisol in words: its band in the unit reported, what may mislead, and the source."""

from decimal import Decimal
from typing import Protocol

from patients.instruments.cortisol import LIMITS, SOURCE, band_of, doubts_about_cortisol
from patients.presenters import words

UNITS = {"MORNING_CORTISOL": "nmol/L", "MORNING_CORTISOL_UG": "\u00b5g/dL"}


class Cortisol(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def value(self) -> Decimal | None: ...
    @property
    def hours_since_dose(self) -> int | None: ...
    @property
    def takes_oral_oestrogen(self) -> bool | None: ...


def cortisol_remarks(reading: Cortisol) -> tuple[str, ...]:
    """Return the sentences beside a cortisol; nothing beside any other measure."""
    band = band_of(reading)
    if band is None:
        return ()
    low, high = (words.number(limit) for limit in LIMITS[reading.code])
    doubts = doubts_about_cortisol(
        hours_since_dose=reading.hours_since_dose,
        takes_oral_oestrogen=reading.takes_oral_oestrogen,
    )
    where = {"RECOVERED": f"Above {high}", "MIDDLE": f"{low} to {high}", "LOW": f"Below {low}"}
    return (f"{where[band]} {UNITS[reading.code]}. {band.says} Source: {SOURCE}", *doubts)
