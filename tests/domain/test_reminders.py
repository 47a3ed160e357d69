from datetime import date, time
from decimal import Decimal

from tapers.domain.changes import revise_remainder
from tapers.domain.dose import Drug
from tapers.domain.plan import Plan
from tapers.domain.reminders import monitoring_reminders, reminders_for
from tapers.domain.schedule import Regimen, plan_for

MONDAY = date(2026, 3, 2)


def a_plan(hold_days: int = 0) -> Plan:
    return plan_for(
        drug=Drug.PREDNISONE,
        daily_mg=Decimal(5),
        regimen=Regimen(Decimal(5), 7, 7, hold_days),
        starts_on=MONDAY,
    )


def test_a_step_is_announced_two_days_before_and_on_its_day() -> None:
    heads_up, on_the_day, *_ = reminders_for(plan=a_plan())

    assert (heads_up.kind, heads_up.step_number) == ("STEP_HEADS_UP", 1)
    assert (heads_up.local_date, heads_up.local_time) == (date(2026, 2, 28), time(9))
    assert (on_the_day.kind, on_the_day.step_number) == ("STEP_DAY", 1)
    assert (on_the_day.local_date, on_the_day.local_time) == (MONDAY, time(8))


def test_a_reminder_that_comes_too_late_is_stale() -> None:
    heads_up, on_the_day, *_ = reminders_for(plan=a_plan())

    assert (heads_up.expires_date, heads_up.expires_time) == (MONDAY, time(8))
    assert (on_the_day.expires_date, on_the_day.expires_time) == (date(2026, 3, 3), time(0))


def test_the_last_step_to_zero_is_announced_too() -> None:
    assert [each.step_number for each in reminders_for(plan=a_plan())] == [1, 1, 2, 2]


def test_a_hold_is_not_announced() -> None:
    assert [each.step_number for each in reminders_for(plan=a_plan(14))] == [2, 2, 3, 3]


def test_a_revision_at_the_dose_in_force_is_not_announced() -> None:
    plan = revise_remainder(
        plan=a_plan(),
        starts_on=date(2026, 3, 5),
        daily_mg=Decimal("2.5"),
        regimen=Regimen(Decimal(5), 7, 14),
    )

    assert [each.step_number for each in reminders_for(plan=plan)] == [1, 1, 3, 3]


def test_steps_that_lie_behind_can_be_left_out() -> None:
    assert [each.step_number for each in reminders_for(plan=a_plan(), from_step=2)] == [2, 2]
    assert [each.step_number for each in reminders_for(plan=a_plan(), after=MONDAY)] == [2, 2]


def test_an_assessment_is_asked_for_when_due_and_when_overdue() -> None:
    due, overdue = monitoring_reminders(due_on=date(2026, 3, 26), overdue_on=date(2026, 4, 24))

    assert (due.kind, due.local_date, due.local_time) == (
        "ASSESS_DUE", date(2026, 3, 26), time(9),
    )  # fmt: skip
    assert (overdue.kind, overdue.local_date) == ("ASSESS_OVERDUE", date(2026, 4, 24))
    assert (due.expires_date, due.expires_time) == (date(2026, 4, 9), time(9))
    assert due.step_number is None
