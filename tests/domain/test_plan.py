from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from tapers.domain.dose import Drug
from tapers.domain.errors import (
    DateOutOfRange,
    DayBeforePlan,
    DoseNotANumber,
    NoSteps,
    NoSuchStep,
    StepsNotContiguous,
)
from tapers.domain.plan import DoseStep, Plan, days_after, plan_from_steps
from tapers.domain.schedule import Regimen, plan_for
from tests.domain.strategies import plans

MONDAY = date(2026, 3, 2)


def a_plan(drug: Drug = Drug.PREDNISONE, daily_mg: str = "20", **regimen: Any) -> Plan:
    given = {"decrement_mg": Decimal(10), "interval_days": 7, "interval_days_from_10_mg": 7}
    return plan_for(
        drug=drug,
        daily_mg=Decimal(daily_mg),
        regimen=Regimen(**{**given, **regimen}),
        starts_on=MONDAY,
    )


def a_step(number: int, starts_on: date, ends_on: date | None, mg: int) -> DoseStep:
    return DoseStep(number, starts_on, ends_on, Decimal(mg), None)


def test_a_day_belongs_to_the_step_that_starts_on_it() -> None:
    plan = a_plan()

    assert plan.dose_on(MONDAY) == 10
    assert plan.dose_on(MONDAY + timedelta(days=6)) == 10
    assert plan.dose_on(MONDAY + timedelta(days=7)) == Decimal("7.5")
    assert plan.dose_on(MONDAY + timedelta(days=4000)) == 0


def test_there_is_no_dose_before_the_plan() -> None:
    with pytest.raises(DayBeforePlan):
        a_plan().dose_on(MONDAY - timedelta(days=1))


@pytest.mark.parametrize("number", [0, -1, 6])
def test_a_step_that_is_not_there_is_refused(number: int) -> None:
    with pytest.raises(NoSuchStep):
        a_plan().step(number)


def test_decrements_are_in_prednisone_whatever_is_taken() -> None:
    plan = a_plan(Drug.METHYLPREDNISOLONE, "16")

    assert [step.daily_mg for step in plan.steps] == [8, 6, 4, 2, 0]
    assert [plan.prednisone_mg(step.number) for step in plan.steps] == [
        10, Decimal("7.5"), 5, Decimal("2.5"), 0,
    ]  # fmt: skip
    assert plan.decrement_mg(1) == 10
    assert plan.decrement_mg(2) == Decimal("2.5")


def test_the_cumulative_dose_is_a_sum_over_days_not_a_trapezoid() -> None:
    plan = a_plan(daily_mg="40")

    assert plan.cumulative_prednisone_mg() == 525


def test_a_course_with_a_step_back_after_zero_ends_at_its_last_zero() -> None:
    plan = plan_from_steps(
        drug=Drug.PREDNISONE,
        start_daily_mg=Decimal(5),
        steps=[(MONDAY + timedelta(weeks=week), Decimal(mg)) for week, mg in enumerate((0, 5, 0))],
    )

    assert plan.first_zero_on == MONDAY + timedelta(weeks=2)
    assert plan.duration_days == 14
    assert plan.decrement_mg(2) == -5


def test_a_plan_that_ends_at_a_dose_has_no_first_day_without_steroid() -> None:
    plan = plan_from_steps(
        drug=Drug.PREDNISONE, start_daily_mg=Decimal(10), steps=[(MONDAY, Decimal(5))]
    )

    assert plan.first_zero_on is None
    assert plan.duration_days == 0
    assert plan.first_day_at_or_below(Decimal(4)) is None


@given(plans())
def test_the_cumulative_dose_is_the_sum_of_the_days(plan: Plan) -> None:
    days = (plan.starts_on + timedelta(days=day) for day in range(plan.duration_days))
    own_mg = sum((plan.dose_on(day) for day in days), Decimal(0))

    equal = plan.drug.mg_equal_to_prednisone_5
    assert plan.cumulative_prednisone_mg() == own_mg * 5 / equal


TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)


@pytest.mark.parametrize(
    ("steps", "refusal"),
    [
        ((), NoSteps),
        ((a_step(2, MONDAY, None, 0),), StepsNotContiguous),
        ((a_step(1, MONDAY, TUESDAY, 5),), StepsNotContiguous),
        ((a_step(1, MONDAY, TUESDAY, 5), a_step(2, WEDNESDAY, None, 0)), StepsNotContiguous),
        ((a_step(1, MONDAY, MONDAY, 5), a_step(2, MONDAY, None, 0)), StepsNotContiguous),
        ((a_step(1, MONDAY, TUESDAY, 5), a_step(3, TUESDAY, None, 0)), StepsNotContiguous),
        ((a_step(1, MONDAY, None, -1),), DoseNotANumber),
    ],
)
def test_a_plan_is_contiguous_and_made_of_doses(
    steps: tuple[DoseStep, ...], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        Plan(drug=Drug.PREDNISONE, start_daily_mg=Decimal(10), steps=steps)


def test_a_plan_does_not_leave_the_calendar() -> None:
    with pytest.raises(DateOutOfRange):
        days_after(date(9999, 12, 30), 7)


def test_each_step_has_its_wait() -> None:
    with pytest.raises(StepsNotContiguous):
        plan_from_steps(
            drug=Drug.PREDNISONE,
            start_daily_mg=Decimal(10),
            steps=[(MONDAY, Decimal(0))],
            wait_days=[7, None],
        )
