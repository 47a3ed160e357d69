"""Measures and readings in words: units as people write them, values with their unit."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from patients.instruments.catalogue import MEASURES
from patients.instruments.measure import UNITS, Measure
from patients.instruments.mmt import Muscle, Scale
from patients.presenters import words
from patients.presenters.cortisol import cortisol_remarks

SHORT_NAMES = {
    "MMT8": "MMT8",
    "MMT8_BILATERAL": "MMT8, both sides",
    "MMT24": "MMT24",
    "IBMFRS": "IBMFRS",
    "SIFA": "sIFA",
    "CK": "CK",
    "EAT10": "EAT-10",
}
WAYS_M = {"WALK_10_M": Decimal(10)}
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


class Written(Measured, Protocol):
    """A reading with all that was written beside its value."""

    @property
    def lower_limit(self) -> Decimal | None: ...
    @property
    def original_unit(self) -> str: ...
    @property
    def given_value(self) -> Decimal | None: ...
    @property
    def given_upper_limit(self) -> Decimal | None: ...
    @property
    def hours_since_dose(self) -> int | None: ...
    @property
    def takes_oral_oestrogen(self) -> bool | None: ...
    @property
    def confirmed(self) -> bool: ...


@dataclass(frozen=True)
class ReadingRow:
    """One reading of a visit in words."""

    name: str
    value: str
    detail: str
    remarks: tuple[str, ...]
    confirmed: bool


def unit_words(measure: Measure) -> str:
    return measure.unit_words


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
    whole = measure.maximum_on(Scale(reading.scale) if reading.scale else None)
    if measure.unit == "{score}" and whole is not None:
        return f"{value} of {words.number(whole)}"
    return f"{value} {unit_words(measure)}"


def detail_of(reading: Written) -> str:
    """What belongs to the value: a limit, a speed, the scale of a grade, what was written."""
    parts = (_limit(reading), _speed(reading), _scale(reading), _as_written(reading))
    return "; ".join(part for part in parts if part)


def _speed(reading: Written) -> str:
    """Return "0.56 m/s" for a walk over a known way that is measured in seconds."""
    way = WAYS_M.get(reading.code)
    if way is None or not reading.value:
        return ""
    return f"{words.number(round(way / reading.value, 2))} m/s"


def _limit(reading: Written) -> str:
    if reading.value is None:
        return ""
    unit = unit_words(MEASURES[reading.code])
    if reading.upper_limit:
        limit = words.number(reading.upper_limit)
        times = multiple(reading.value, reading.upper_limit)
        return f"{times} × the upper limit of {limit} {unit}"
    if reading.lower_limit:
        where = "below" if reading.value < reading.lower_limit else "not below"
        return f"{where} the lower limit of {words.number(reading.lower_limit)} {unit}"
    return ""


def _scale(reading: Written) -> str:
    return Scale(reading.scale).label if reading.grade and reading.scale else ""


def _as_written(reading: Written) -> str:
    if reading.given_value is None:
        return ""
    unit = UNITS.get(reading.original_unit, reading.original_unit)
    limit = reading.given_upper_limit
    beside = f", upper limit {words.number(limit)}" if limit is not None else ""
    return f"written as {words.number(reading.given_value)} {unit}{beside}"


def multiple(value: Decimal, upper_limit: Decimal) -> str:
    """Near the limit with two digits, so that what is above it is not written as "1"."""
    times = value / upper_limit
    return words.number(round(times, 1 if times >= 2 else 2))


def reading_row(reading: Written) -> ReadingRow:
    return ReadingRow(
        name=name_of(reading),
        value=value_of(reading),
        detail=detail_of(reading),
        remarks=cortisol_remarks(reading),
        confirmed=reading.confirmed,
    )
