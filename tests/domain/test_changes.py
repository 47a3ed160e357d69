from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tapers.domain.changes import is_step_back, resume_plan, revise_remainder, shift_late_step
from tapers.domain.dose import Drug
from tapers.domain.errors import (
    DoseNotANumber,
    DoseOutOfRange,
    DoseRises,
    NoSteps,
    NotLate,
    PlanDoesNotEndAtZero,
    RegimenOrSteps,
    ReviseBeforeTaken,
    StepAfterZero,
    StepsNotContiguous,
)
from tapers.domain.plan import Plan
from tapers.domain.schedule import Regimen, plan_for
from tests.domain.strategies import plans, regimens

MONDAY = date(2026, 3, 2)
WEEKLY = Regimen(Decimal(10), 7, 7)
FORTNIGHTLY = Regimen(Decimal(10), 14, 14)


def day(offset: int) -> date:
    return MONDAY + timedelta(days=offset)


def from_40_mg() -> Plan:
    """30 on day 0, 20 on 7, 10 on 14, 7.5 on 21, 5 on 28, 2.5 on 35, 0 on 42."""
    return plan_for(drug=Drug.PREDNISONE, daily_mg=Decimal(40), regimen=WEEKLY, starts_on=MONDAY)


def starts(plan: Plan) -> list[int]:
    return [(step.starts_on - MONDAY).days for step in plan.steps]


def doses(plan: Plan) -> list[Decimal]:
    return [step.daily_mg for step in plan.steps]


def test_a_late_step_moves_itself_and_all_later_ones() -> None:
    plan = shift_late_step(plan=from_40_mg(), step_number=3, taken_on=day(17))

    assert starts(plan) == [0, 7, 17, 24, 31, 38, 45]
    assert doses(plan) == doses(from_40_mg())


def test_the_dose_before_a_late_step_lasts_longer_but_its_wait_stays() -> None:
    plan = shift_late_step(plan=from_40_mg(), step_number=3, taken_on=day(17))

    assert plan.step(2).days == 10
    assert plan.step(2).wait_days == 7


@pytest.mark.parametrize("offset", [13, 14])
def test_a_step_on_its_day_or_early_moves_nothing(offset: int) -> None:
    with pytest.raises(NotLate):
        shift_late_step(plan=from_40_mg(), step_number=3, taken_on=day(offset))


def test_a_late_first_step_moves_the_whole_plan() -> None:
    plan = shift_late_step(plan=from_40_mg(), step_number=1, taken_on=day(2))

    assert starts(plan) == [2, 9, 16, 23, 30, 37, 44]


@given(plans(), st.data())
def test_two_reductions_are_never_merged(plan: Plan, data: st.DataObject) -> None:
    number = data.draw(st.integers(1, len(plan.steps)))
    delay = data.draw(st.integers(1, 60))

    moved = shift_late_step(
        plan=plan,
        step_number=number,
        taken_on=plan.step(number).starts_on + timedelta(days=delay),
    )

    assert doses(moved) == doses(plan)
    waits = [(step.wait_days, step.days) for step in moved.steps[:-1]]
    assert all(days >= wait for wait, days in waits if wait is not None and days is not None)
    assert moved.steps[-1].starts_on - plan.steps[-1].starts_on == timedelta(days=delay)


def test_after_a_pause_the_next_reduction_follows_a_full_wait() -> None:
    plan = resume_plan(plan=from_40_mg(), in_force_number=3, on=day(30))

    assert starts(plan) == [0, 7, 14, 37, 44, 51, 58]


def test_a_pause_at_the_dose_before_the_plan_waits_as_the_regimen_says() -> None:
    plan = resume_plan(
        plan=from_40_mg(), in_force_number=None, on=day(10), wait_before_first_days=14
    )

    assert starts(plan) == [24, 31, 38, 45, 52, 59, 66]


def test_without_a_wait_for_the_dose_before_the_plan_its_first_wait_is_kept() -> None:
    plan = resume_plan(plan=from_40_mg(), in_force_number=None, on=day(10))

    assert starts(plan)[:2] == [17, 24]


def test_nothing_is_left_to_resume_at_zero() -> None:
    plan = from_40_mg()

    assert resume_plan(plan=plan, in_force_number=7, on=day(60)) == plan


def test_a_revision_steps_back_and_goes_on_more_slowly() -> None:
    plan = revise_remainder(
        plan=from_40_mg(), starts_on=day(32), daily_mg=Decimal("7.5"), regimen=FORTNIGHTLY
    )

    assert starts(plan) == [0, 7, 14, 21, 28, 32, 46, 60, 74]
    assert doses(plan)[4:] == [5, Decimal("7.5"), 5, Decimal("2.5"), 0]
    assert plan.step(5).days == 4
    assert is_step_back(before=from_40_mg(), after=plan, on=day(32))


def test_a_revision_keeps_the_dose_for_a_full_wait_or_for_the_hold() -> None:
    waited = revise_remainder(
        plan=from_40_mg(), starts_on=day(10), daily_mg=Decimal(20), regimen=FORTNIGHTLY
    )
    held = revise_remainder(
        plan=from_40_mg(),
        starts_on=day(10),
        daily_mg=Decimal(20),
        regimen=Regimen(Decimal(10), 14, 14, hold_days=21),
    )

    assert starts(waited)[:4] == [0, 7, 10, 24]
    assert starts(held)[:4] == [0, 7, 10, 31]
    assert not is_step_back(before=from_40_mg(), after=waited, on=day(10))


def test_a_revision_to_zero_is_the_end() -> None:
    plan = revise_remainder(
        plan=from_40_mg(), starts_on=day(36), daily_mg=Decimal(0), regimen=WEEKLY
    )

    assert plan.first_zero_on == day(36)
    assert len(plan.steps) == 7


def test_a_revision_from_the_first_day_replaces_everything_but_the_start_dose() -> None:
    plan = revise_remainder(
        plan=from_40_mg(), starts_on=MONDAY, daily_mg=Decimal(35), regimen=WEEKLY
    )

    assert plan.start_daily_mg == 40
    assert doses(plan)[:2] == [35, 25]
    assert not is_step_back(before=from_40_mg(), after=plan, on=MONDAY)


def test_steps_by_hand_are_taken_as_given() -> None:
    plan = revise_remainder(
        plan=from_40_mg(),
        starts_on=day(14),
        steps=[(day(14), Decimal(15)), (day(18), Decimal(12)), (day(40), Decimal(0))],
    )

    assert starts(plan) == [0, 7, 14, 18, 40]
    assert [step.wait_days for step in plan.steps] == [7, 7, 4, 22, None]


def test_steps_by_hand_may_follow_a_dose_from_the_first_day() -> None:
    plan = revise_remainder(
        plan=from_40_mg(), starts_on=day(10), daily_mg=Decimal(25), steps=[(day(20), Decimal(0))]
    )

    assert starts(plan) == [0, 7, 10, 20]
    assert doses(plan)[2:] == [25, 0]


TO_ZERO = (day(40), Decimal(0))


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({}, RegimenOrSteps),
        ({"regimen": WEEKLY, "daily_mg": Decimal(5), "steps": [TO_ZERO]}, RegimenOrSteps),
        ({"regimen": WEEKLY}, NoSteps),
        ({"steps": []}, NoSteps),
        ({"steps": [(day(9), Decimal(5)), TO_ZERO]}, StepsNotContiguous),
        ({"steps": [(day(10), Decimal(5)), TO_ZERO], "daily_mg": Decimal(6)}, StepsNotContiguous),
        ({"steps": [(day(10), Decimal(5)), (day(10), Decimal(0))]}, StepsNotContiguous),
        ({"steps": [(day(12), Decimal(5)), (day(11), Decimal(0))]}, StepsNotContiguous),
        ({"steps": [(day(10), Decimal(5)), (day(20), Decimal(6)), TO_ZERO]}, DoseRises),
        ({"steps": [(day(10), Decimal(5))]}, PlanDoesNotEndAtZero),
        ({"steps": [(day(10), Decimal(0)), TO_ZERO]}, StepAfterZero),
        ({"steps": [(day(10), Decimal(-5)), TO_ZERO]}, DoseNotANumber),
        ({"steps": [(day(10), Decimal("NaN")), TO_ZERO]}, DoseNotANumber),
        ({"steps": [(day(10), Decimal(201)), TO_ZERO]}, DoseOutOfRange),
        ({"regimen": WEEKLY, "daily_mg": Decimal(201)}, DoseOutOfRange),
        ({"regimen": WEEKLY, "daily_mg": Decimal("Infinity")}, DoseNotANumber),
    ],
)
def test_what_cannot_be_a_revision_is_refused(
    given: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        revise_remainder(plan=from_40_mg(), starts_on=day(10), **given)


def test_a_revision_leaves_what_was_taken() -> None:
    with pytest.raises(ReviseBeforeTaken):
        revise_remainder(
            plan=from_40_mg(),
            starts_on=day(14),
            daily_mg=Decimal(20),
            regimen=WEEKLY,
            last_taken_number=3,
        )


@given(plans(), regimens(), st.data())
def test_only_the_first_step_of_a_revision_may_rise(
    plan: Plan, regimen: Regimen, data: st.DataObject
) -> None:
    starts_on = plan.starts_on + timedelta(days=data.draw(st.integers(-5, 200)))
    daily_mg = data.draw(st.decimals(0, plan.drug.max_daily_mg, places=2))

    revised = revise_remainder(plan=plan, starts_on=starts_on, daily_mg=daily_mg, regimen=regimen)

    first = revised.step_on(starts_on)
    assert (first.starts_on, first.daily_mg) == (starts_on, daily_mg)
    remainder = doses(revised)[first.number - 1 :]
    assert all(before > after for before, after in pairwise(remainder))
    assert remainder[-1] == 0
    kept = plan.steps[: first.number - 1]
    assert [(s.starts_on, s.daily_mg) for s in revised.steps[: first.number - 1]] == [
        (step.starts_on, step.daily_mg) for step in kept
    ]


@given(plans(), st.data())
def test_a_resumed_plan_waits_in_full(plan: Plan, data: st.DataObject) -> None:
    assume(len(plan.steps) > 1)
    number = data.draw(st.integers(1, len(plan.steps) - 1))
    on = plan.step(number).starts_on + timedelta(days=data.draw(st.integers(0, 90)))

    resumed = resume_plan(plan=plan, in_force_number=number, on=on)

    wait = plan.step(number).wait_days
    assert wait is not None
    assert resumed.step(number + 1).starts_on == on + timedelta(days=wait)
    assert doses(resumed) == doses(plan)
    assert [s.days for s in resumed.steps[number:]] == [s.days for s in plan.steps[number:]]
