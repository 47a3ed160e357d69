"""Measures and readings in words: units as people write them, values with their unit."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from patients.instruments.catalogue import MEASURES
from patients.instruments.measure import Measure
from patients.instruments.mmt import Muscle, Scale
from patients.presenters import words

UNITS = {"{score}": "points", "{#}/(30.s)": "stands", "mm[Hg]": "mmHg"}
SHORT_NAMES = {
    "MMT8": "MMT8",
    "MMT8_BILATERAL": "MMT8, both sides",
    "MMT24": "MMT24",
    "IBMFRS": "IBMFRS",
    "SIFA": "sIFA",
    "CK": "CK",
    "EAT10": "EAT-10",
}
NOT_FOR_READERS = ("LOINC", "icence")
SIDES = {"LEFT": "left", "RIGHT": "right", "MIDLINE": ""}


class Measured(Protocol):
    """What a reading, a stored measurement and a point of a series have in common."""

    @property
    def code(self) -> str: ...
    @property
    def value(self) -> Decimal | None: ...
    @property
    def grade(self) -> str | None: ...
    @property
    def upper_limit(self) -> Decimal | None: ...
    @property
    def scale(self) -> str | None: ...
    @property
    def side(self) -> str | None: ...
    @property
    def muscle(self) -> str | None: ...
    @property
    def state(self) -> str | None: ...


@dataclass(frozen=True)
class ReadingRow:
    """One reading of a visit in words."""

    name: str
    value: str
    detail: str


def unit_words(measure: Measure) -> str:
    return UNITS.get(measure.unit, measure.unit)


def note_for_reader(measure: Measure) -> str:
    """Return what whoever measures should know; codes and licences concern others."""
    sentences = [each.strip(" .") for each in measure.note.split(". ")]
    kept = [
        each for each in sentences if each and not any(word in each for word in NOT_FOR_READERS)
    ]
    return f"{'. '.join(kept)}." if kept else ""


def short_name(code: str) -> str:
    return SHORT_NAMES.get(code) or MEASURES[code].name


def name_of(reading: Measured) -> str:
    """Return "Grip strength, left", "Quadriceps, right"."""
    side = SIDES.get(reading.side or "", "")
    name = Muscle(reading.muscle).label if reading.muscle else MEASURES[reading.code].name
    return f"{name}, {side}" if side else name


def value_of(reading: Measured) -> str:
    if reading.state:
        return "unable"
    if reading.grade:
        return reading.grade
    measure = MEASURES[reading.code]
    if reading.value is None:
        return ""
    value = words.number(reading.value)
    if measure.unit == "{score}" and measure.maximum is not None:
        return f"{value} of {words.number(measure.maximum)}"
    return f"{value} {unit_words(measure)}"


def detail_of(reading: Measured) -> str:
    """What belongs to the value: the multiple of the upper limit, the scale of a grade."""
    if reading.upper_limit and reading.value is not None:
        return (
            f"{multiple(reading.value, reading.upper_limit)} × the upper limit of "
            f"{words.number(reading.upper_limit)} U/L"
        )
    if reading.grade and reading.scale:
        return Scale(reading.scale).label
    return ""


def multiple(value: Decimal, upper_limit: Decimal) -> str:
    return words.number(round(value / upper_limit, 1 if value >= upper_limit else 2))


def reading_row(reading: Measured) -> ReadingRow:
    return ReadingRow(name_of(reading), value_of(reading), detail_of(reading))
