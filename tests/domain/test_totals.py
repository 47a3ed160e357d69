"""Scores that are sums of their parts, and what is never added up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.instruments.errors import WrongTotal
from patients.instruments.items import items_of
from patients.instruments.mmt import MMT8_MUSCLES, Side
from patients.instruments.reading import Reading, check_reading
from patients.instruments.totals import ITEM_SCORES, check_totals, with_totals


def items(score: str, *answers: int) -> list[Reading]:
    return [
        check_reading(code=item.code, value=Decimal(answer))
        for item, answer in zip(items_of(score), answers, strict=False)
    ]


def total(code: str, value: int, **given: str) -> Reading:
    return check_reading(code=code, value=Decimal(value), **given)


def grades(side: Side, *values: str, scale: str = "KENDALL") -> list[Reading]:
    return [
        check_reading(
            code="MMT_MUSCLE",
            grade=value,
            scale=scale,
            muscle=muscle,
            side=side if side in muscle.sides else "MIDLINE",
        )
        for muscle, value in zip(MMT8_MUSCLES, values, strict=False)
    ]


def totals_in(readings: tuple[Reading, ...]) -> dict[str, Decimal | None]:
    return {each.code: each.value for each in readings if each.code in TOTALS}


TOTALS = {*ITEM_SCORES, "MMT8", "MMT8_BILATERAL"}


@given(score=st.sampled_from(ITEM_SCORES), answers=st.lists(st.integers(0, 4), min_size=10,
                                                            max_size=10))  # fmt: skip
def test_ten_items_give_their_score_and_only_that_one_is_accepted(
    score: str, answers: list[int]
) -> None:
    answered = items(score, *answers)

    assert totals_in(with_totals(answered)) == {score: sum(answers)}
    check_totals([*answered, total(score, sum(answers))])
    with pytest.raises(WrongTotal, match=f"add up to {sum(answers)}"):
        check_totals([*answered, total(score, (sum(answers) + 1) % 41)])


def test_nine_items_are_no_total() -> None:
    nine = items("IBMFRS", *[3] * 9)

    assert totals_in(with_totals(nine)) == {}
    check_totals([*nine, total("IBMFRS", 28)])


def test_a_total_that_was_given_is_not_given_twice() -> None:
    answered = [*items("IBMFRS", *[3] * 10), total("IBMFRS", 30)]

    assert with_totals(answered) == tuple(answered)


def test_eight_muscles_of_the_right_side_on_the_kendall_scale_give_mmt8() -> None:
    right = grades(Side.RIGHT, "8", "7", "T", "0", "10", "9", "4", "5")

    assert totals_in(with_totals(right)) == {"MMT8": 43}
    with pytest.raises(WrongTotal, match="muscles of Strength, MMT8 of one side add up to 43"):
        check_totals([*right, total("MMT8", 44)])


def test_mmt8_of_the_left_side_is_accepted_beside_the_right_one() -> None:
    right, left = (
        grades(side, *[value] * 8) for side, value in ((Side.RIGHT, "8"), (Side.LEFT, "7"))
    )
    both = [*right, *left[1:]]  # the neck flexors are in the middle

    assert totals_in(with_totals(both)) == {"MMT8": 64, "MMT8_BILATERAL": 64 + 49}
    for side, value in (({}, 64), ({}, 57), ({"side": "LEFT"}, 57), ({"side": "RIGHT"}, 64)):
        check_totals([*both, total("MMT8", value, **side)])
    with pytest.raises(WrongTotal):
        check_totals([*both, total("MMT8", 64, side="LEFT")])
    with pytest.raises(WrongTotal, match="add up to 113; 112 was given"):
        check_totals([*both, total("MMT8_BILATERAL", 112)])


@pytest.mark.parametrize("scale", ["MRC", "MRC_EXPANDED"])
def test_grades_of_another_scale_are_not_added_up(scale: str) -> None:
    right = grades(Side.RIGHT, *["4"] * 8, scale=scale)

    assert totals_in(with_totals(right)) == {}
    check_totals([*right, total("MMT8", 62)])
