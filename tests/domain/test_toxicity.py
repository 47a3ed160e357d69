from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tapers.domain.toxicity import (
    FollowUp,
    Item,
    State,
    When,
    emergency_text_is_shown,
    follow_up_due,
    follow_up_ends_on,
)
from tests.domain.strategies import DAYS

START = date(2026, 3, 2)
ZERO = date(2026, 4, 13)


def due(
    on: date, done: Mapping[Item, Sequence[date]] | None = None, zero: date | None = ZERO
) -> dict[Item, FollowUp]:
    found = follow_up_due(begins_on=START, first_zero_on=zero, done=done or {}, on=on)
    return {each.item: each for each in found}


def after(days: int) -> date:
    return ZERO + timedelta(days=days)


def test_everything_has_a_baseline_on_the_first_day() -> None:
    found = due(START)

    assert set(found) == set(Item)
    assert {each.when for each in found.values()} == {When.BASELINE}
    assert {each.due_on for each in found.values()} == {START}
    assert {each.state for each in found.values()} == {State.DUE}


def test_a_baseline_may_be_90_days_old_and_no_older() -> None:
    fresh = {Item.LIPIDS: [START - timedelta(days=90)]}
    old = {Item.LIPIDS: [START - timedelta(days=91)]}

    assert Item.LIPIDS not in due(START, fresh)
    assert due(START, old)[Item.LIPIDS].when is When.BASELINE


def test_pressure_is_due_every_28_days_then_after_3_and_12_months() -> None:
    def next_of(*done: date) -> date:
        return due(after(400), {Item.WEIGHT_AND_PRESSURE: done})[Item.WEIGHT_AND_PRESSURE].due_on

    assert next_of(START) == date(2026, 3, 30)
    assert next_of(date(2026, 3, 30)) == after(91)
    assert next_of(START, after(91)) == after(365)
    assert Item.WEIGHT_AND_PRESSURE not in due(
        after(400), {Item.WEIGHT_AND_PRESSURE: [START, after(365)]}
    )


def test_mood_is_asked_about_4_weeks_after_the_last_tablet() -> None:
    done = {Item.MOOD_AND_SLEEP: [date(2026, 4, 6)]}

    assert due(after(28), done)[Item.MOOD_AND_SLEEP].due_on == after(28)
    assert Item.MOOD_AND_SLEEP not in due(after(28), {Item.MOOD_AND_SLEEP: [after(14)]})


def test_due_becomes_overdue_after_28_days() -> None:
    done = {Item.GLUCOSE: [START]}

    assert due(after(90), done)[Item.GLUCOSE].state is State.NOT_DUE
    assert due(after(91), done)[Item.GLUCOSE].state is State.DUE
    assert due(after(119), done)[Item.GLUCOSE].state is State.DUE
    assert due(after(120), done)[Item.GLUCOSE].state is State.OVERDUE


def test_while_no_end_is_in_sight_it_goes_on() -> None:
    long_ago = START + timedelta(days=700)

    assert due(long_ago, {Item.EYES: [START]}, zero=None)[Item.EYES].due_on == START + timedelta(
        days=365
    )


def test_what_was_done_later_is_not_known_yet() -> None:
    assert due(START, {Item.EYES: [after(1)]})[Item.EYES].last_done_on is None


def test_the_emergency_text_stands_until_a_year_after_the_first_day_without() -> None:
    def shown(on: date, zero: date | None = ZERO) -> bool:
        return emergency_text_is_shown(begins_on=START, first_zero_on=zero, on=on)

    assert follow_up_ends_on(first_zero_on=ZERO) == date(2027, 4, 13)
    assert not shown(START - timedelta(days=1))
    assert shown(START)
    assert shown(date(2027, 4, 13))
    assert not shown(date(2027, 4, 14))
    assert shown(date(2030, 1, 1), zero=None)


@given(DAYS, st.dictionaries(st.sampled_from(Item), st.lists(DAYS, max_size=4)))
def test_follow_up_after_the_end_lies_within_a_year(on: date, done: dict[Item, list[date]]) -> None:
    for each in due(on, done).values():
        assert each.item.label
        assert each.item.asks.endswith(".")
        if each.when is When.AFTER:
            assert ZERO < each.due_on <= follow_up_ends_on(first_zero_on=ZERO)
