from datetime import date, timedelta

import pytest

from tapers.domain.monitoring import (
    MonitoringState,
    assessment_due_on,
    monitoring_state,
    overdue_from,
)

LAST = date(2026, 2, 26)
START = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("last_full_on", "taper_starts_on", "due_on"),
    [
        (LAST, START, date(2026, 3, 26)),
        (LAST, None, date(2026, 3, 26)),
        (None, START, START),
        (None, None, None),
    ],
)
def test_an_assessment_is_due_28_days_after_the_last_full_one(
    last_full_on: date | None, taper_starts_on: date | None, due_on: date | None
) -> None:
    assert assessment_due_on(last_full_on=last_full_on, taper_starts_on=taper_starts_on) == due_on


def test_it_is_overdue_from_day_57_after_the_last() -> None:
    due_on = LAST + timedelta(days=28)

    assert overdue_from(due_on=due_on) == LAST + timedelta(days=57)


@pytest.mark.parametrize(
    ("days", "state"), [(27, "NOT_DUE"), (28, "DUE"), (56, "DUE"), (57, "OVERDUE")]
)
def test_the_state_by_days_since_the_last_full_assessment(days: int, state: str) -> None:
    due_on = LAST + timedelta(days=28)

    assert monitoring_state(due_on=due_on, today=LAST + timedelta(days=days)) == state


def test_with_nothing_to_count_from_nothing_is_due() -> None:
    assert monitoring_state(due_on=None, today=START) is MonitoringState.NOT_DUE
