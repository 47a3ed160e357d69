"""A visit set as rows to arrange, and what is left to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass

from patients.forms.visit_slots import GROUPS
from patients.instruments.catalogue import MEASURES
from patients.instruments.visit_sets import CHOOSABLE


@dataclass(frozen=True)
class MeasureRow:
    code: str
    name: str
    place: int
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class Choice:
    code: str
    name: str


def measure_rows(codes: Sequence[str]) -> tuple[MeasureRow, ...]:
    return tuple(
        MeasureRow(code, MEASURES[code].name, place, place == 1, place == len(codes))
        for place, code in enumerate(codes, start=1)
    )


def other_measures(codes: Sequence[str]) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    """What is not in the set, by its kind."""
    groups = (
        (title, tuple(Choice(code, MEASURES[code].name) for code in of_kind if code not in codes))
        for title, of_kind in GROUPS
    )
    return tuple((title, choices) for title, choices in groups if choices)


def arranged(codes: Sequence[str], what: str, which: str) -> tuple[str, ...]:
    """Return the set after one press of a button: up, down, out or in; anything else is nothing."""
    result = list(dict.fromkeys(codes))
    if what == "in" and which in CHOOSABLE and which not in result:
        result.append(which)
    if which not in result:
        return tuple(result)
    place = result.index(which)
    if what == "out":
        result.remove(which)
    elif what == "up" and place:
        result[place - 1], result[place] = result[place], result[place - 1]
    elif what == "down" and place + 1 < len(result):
        result[place], result[place + 1] = result[place + 1], result[place]
    return tuple(result)
