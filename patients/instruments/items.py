"""The single questions of scores that are made of items: IBMFRS and EAT-10, each item 0 to 4.

IBMFRS runs from 4, normal, down to 0; EAT-10 from 0, no problem, up to 4. The wording of EAT-10 is
under licence, so its items are numbered here and not quoted.
"""

from collections.abc import Mapping
from decimal import Decimal

from patients.instruments.measure import Direction, Measure, MeasureDomain

ITEM_MAXIMUM = Decimal(4)
IBMFRS_SWALLOWING = "IBMFRS_1_SWALLOWING"
_IBMFRS = (
    ("SWALLOWING", "Swallowing"),
    ("HANDWRITING", "Handwriting"),
    ("CUTTING_FOOD", "Cutting food and handling utensils"),
    ("FINE_MOTOR", "Fine motor tasks"),
    ("DRESSING", "Dressing"),
    ("HYGIENE", "Hygiene"),
    ("TURNING_IN_BED", "Turning in bed and adjusting covers"),
    ("SIT_TO_STAND", "Sit to stand"),
    ("WALKING", "Walking"),
    ("CLIMBING_STAIRS", "Climbing stairs"),
)


def _item(score: str, code: str, name: str, direction: Direction) -> Measure:
    return Measure(
        code=code,
        name=name,
        unit="{score}",
        minimum=Decimal(0),
        maximum=ITEM_MAXIMUM,
        direction=direction,
        domain=MeasureDomain.OTHER,
        unit_aliases=("score", "points", "point", "pts"),
        allows_unable=False,
        item_of=score,
    )


ITEMS: tuple[Measure, ...] = (
    *(
        _item(
            "IBMFRS", f"IBMFRS_{number}_{code}", f"IBMFRS {number}, {name.lower()}",
            Direction.HIGH_IS_BETTER,
        )
        for number, (code, name) in enumerate(_IBMFRS, start=1)
    ),
    *(
        _item("EAT10", f"EAT10_{number}", f"EAT-10, question {number}", Direction.LOW_IS_BETTER)
        for number in range(1, 11)
    ),
)  # fmt: skip


def items_of(score: str) -> tuple[Measure, ...]:
    """Return the items that add up to that score, in the order of the questionnaire."""
    return tuple(item for item in ITEMS if item.item_of == score)


def total_of(score: str, answers: Mapping[str, Decimal]) -> Decimal | None:
    """Return the sum of all items; None while one is missing: a part is no total."""
    values = [answers.get(item.code) for item in items_of(score)]
    given = [value for value in values if value is not None]
    return sum(given, Decimal(0)) if values and len(given) == len(values) else None
