"""Scores that are sums: IBMFRS and EAT-10 of their items, MMT8 of the grades of its muscles.

Only grades of the Kendall scale add up to MMT8, which is 0-10 a muscle; no other scale is
converted into it. A part of the items is no total.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from patients.instruments.catalogue import MEASURES
from patients.instruments.errors import WrongTotal
from patients.instruments.items import items_of, total_of
from patients.instruments.mmt import MMT8_MUSCLES, Muscle, Scale, Side, sum_of
from patients.instruments.reading import Reading, check_reading

ITEM_SCORES = ("IBMFRS", "EAT10")
Grades = dict[tuple[Muscle, Side], str]


def check_totals(readings: Sequence[Reading]) -> None:
    """Refuse a score that differs from the sum of its parts. Raise WrongTotal."""
    for reading in readings:
        if reading.value is None:
            continue
        sums = _sums_of(reading, readings)
        if sums and reading.value not in sums:
            raise WrongTotal(
                reading.code,
                name=MEASURES[reading.code].name,
                parts="items" if reading.code in ITEM_SCORES else "muscles",
                total=sums[0],
                given=reading.value,
            )


def with_totals(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """Return the readings and each score that was left out although all its parts are there.

    MMT8 is that of the right side, by convention.
    """
    given = {reading.code for reading in readings}
    return (*readings, *(each for each in _derived(readings) if each.code not in given))


def _derived(readings: Sequence[Reading]) -> Iterator[Reading]:
    grades = _grades(readings)
    totals = {
        **{score: _of_items(score, readings) for score in ITEM_SCORES},
        "MMT8": _of_one_side(grades, Side.RIGHT),
        "MMT8_BILATERAL": _of_both_sides(grades),
    }
    for code, total in totals.items():
        if total is not None:
            yield check_reading(code=code, value=total)


def _sums_of(reading: Reading, readings: Sequence[Reading]) -> tuple[Decimal, ...]:
    """What the score may be by its parts; nothing while a part is missing."""
    totals: tuple[Decimal | None, ...] = ()
    if reading.code in ITEM_SCORES:
        totals = (_of_items(reading.code, readings),)
    elif reading.scale in (None, Scale.KENDALL) and reading.code == "MMT8":
        sides = (reading.side,) if reading.side else (Side.RIGHT, Side.LEFT)
        totals = tuple(_of_one_side(_grades(readings), side) for side in sides)
    elif reading.scale in (None, Scale.KENDALL) and reading.code == "MMT8_BILATERAL":
        totals = (_of_both_sides(_grades(readings)),)
    return tuple(total for total in totals if total is not None)


def _of_items(score: str, readings: Sequence[Reading]) -> Decimal | None:
    items = {item.code for item in items_of(score)}
    answers = {
        each.code: each.value for each in readings if each.code in items and each.value is not None
    }
    return total_of(score, answers)


def _grades(readings: Sequence[Reading]) -> Grades:
    return {
        (each.muscle, each.side): each.grade
        for each in readings
        if each.scale is Scale.KENDALL and each.muscle and each.side and each.grade
    }


def _of_one_side(grades: Grades, side: Side) -> Decimal | None:
    return _sum(grades, [(muscle, _on(muscle, side)) for muscle in MMT8_MUSCLES])


def _of_both_sides(grades: Grades) -> Decimal | None:
    return _sum(grades, [(muscle, side) for muscle in MMT8_MUSCLES for side in muscle.sides])


def _on(muscle: Muscle, side: Side) -> Side:
    return side if side in muscle.sides else Side.MIDLINE


def _sum(grades: Grades, wanted: Sequence[tuple[Muscle, Side]]) -> Decimal | None:
    found = [grades[each] for each in wanted if each in grades]
    return sum_of(found, Scale.KENDALL) if len(found) == len(wanted) else None
