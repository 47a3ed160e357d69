"""The reminders a plan and its monitoring need: local days and clock times, no instants.

A day becomes an instant only where the patient's time zone is known, in notifications.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from enum import StrEnum
from itertools import pairwise

from tapers.domain.checks import CheckKind, CheckState, LabCheck
from tapers.domain.course import Outcome, Report
from tapers.domain.plan import DoseStep, Plan, days_after
from tapers.domain.sparing import Agent, Frequency, SparingCourse

HEADS_UP_DAYS = 2
HEADS_UP_TIME = time(9)
STEP_DAY_TIME = time(8)
ASSESSMENT_TIME = time(9)
ASSESSMENT_STANDS_DAYS = 14
MIDNIGHT = time(0)
RUNG_TIME = time(9)
SECOND_STANDS_DAYS = 2
RUNG_STANDS_DAYS = 14


class ReminderKind(StrEnum):
    STEP_HEADS_UP = "STEP_HEADS_UP"
    STEP_DAY = "STEP_DAY"
    ASSESS_DUE = "ASSESS_DUE"
    ASSESS_OVERDUE = "ASSESS_OVERDUE"
    STEP_SECOND = "STEP_SECOND"
    STEP_UNANSWERED = "STEP_UNANSWERED"
    STEP_ESCALATED = "STEP_ESCALATED"
    VISIT_SECOND = "VISIT_SECOND"
    VISIT_UNANSWERED = "VISIT_UNANSWERED"
    VISIT_ESCALATED = "VISIT_ESCALATED"
    SPARING_HEADS_UP = "SPARING_HEADS_UP"
    SPARING_DAY = "SPARING_DAY"
    LAB_HEADS_UP = "LAB_HEADS_UP"
    LAB_DUE = "LAB_DUE"
    LAB_OVERDUE = "LAB_OVERDUE"


@dataclass(frozen=True)
class PlannedReminder:
    """Due on `local_date` at `local_time`; from `expires_date` at `expires_time` it is stale.

    `day` is the day it is about, where that is not a numbered step's; `is_screening` says that the
    tests before the first dose are asked for, not a blood test alone.
    """

    kind: ReminderKind
    step_number: int | None
    local_date: date
    local_time: time
    expires_date: date
    expires_time: time
    day: date | None = None
    is_screening: bool = False


def reminders_for(
    *, plan: Plan, from_step: int = 1, after: date | None = None
) -> tuple[PlannedReminder, ...]:
    """Return two reminders a step, two days before and on the day, in the order of the steps.

    From step *from_step* on, and of steps that begin after the day *after* where given. A step
    that does not change the dose, as a hold, needs none.
    """
    return tuple(
        reminder
        for step in plan.steps
        if step.number >= from_step and (after is None or step.starts_on > after)
        if plan.changes_dose(step.number)
        for reminder in _of_step(step)
    )


def _of_step(step: DoseStep) -> tuple[PlannedReminder, PlannedReminder]:
    kinds = (ReminderKind.STEP_HEADS_UP, ReminderKind.STEP_DAY)
    return _before_and_on(step.starts_on, kinds, step_number=step.number)


def _before_and_on(
    day: date, kinds: tuple[ReminderKind, ReminderKind], *, step_number: int | None = None
) -> tuple[PlannedReminder, PlannedReminder]:
    before, on = kinds
    return (
        PlannedReminder(
            kind=before,
            step_number=step_number,
            local_date=days_after(day, -HEADS_UP_DAYS),
            local_time=HEADS_UP_TIME,
            expires_date=day,
            expires_time=STEP_DAY_TIME,
            day=day,
        ),
        PlannedReminder(
            kind=on,
            step_number=step_number,
            local_date=day,
            local_time=STEP_DAY_TIME,
            expires_date=days_after(day, 1),
            expires_time=MIDNIGHT,
            day=day,
        ),
    )


def sparing_reminders(course: SparingCourse) -> tuple[PlannedReminder, ...]:
    """Return two reminders for each day on which the dose changes, like those of a dose step.

    `step_number` counts the doses from 1. None while the unit of azathioprine is not confirmed,
    and none of methotrexate that is not taken once a week: no mail repeats a daily dose.
    """
    if course.agent is Agent.AZATHIOPRINE and not course.unit_confirmed:
        return ()
    if course.agent is Agent.METHOTREXATE and course.frequency is not Frequency.ONCE_A_WEEK:
        return ()
    doses = [None, *course.doses]
    kinds = (ReminderKind.SPARING_HEADS_UP, ReminderKind.SPARING_DAY)
    return tuple(
        reminder
        for number, (before, dose) in enumerate(pairwise(doses), start=1)
        if dose is not None and (before is None or before.mg != dose.mg)
        for reminder in _before_and_on(dose.on, kinds, step_number=number)
    )


def check_reminders(
    checks: Sequence[LabCheck], *, overdue_days: int
) -> tuple[PlannedReminder, ...]:
    """Return the reminders of the checks without all results: before, on the day, overdue.

    Overdue is not said of a blood test whose successor is due by then: that one asks for the same.
    The tests before the first dose and the blood test of that day are asked for in one mail.
    """
    blood = [check for check in checks if check.kind is CheckKind.BLOOD_TEST]
    others = [check for check in checks if check.kind is not CheckKind.BLOOD_TEST]
    following = [*(check.due_on for check in blood[1:]), date.max]
    pairs = [*zip(blood, following, strict=False), *((check, date.max) for check in others)]
    asked: dict[tuple[ReminderKind, date], PlannedReminder] = {}
    for check, next_on in pairs:
        if check.state in (CheckState.DONE, CheckState.MISSED):
            continue
        for reminder in _of_check(check, check.overdue_on(overdue_days=overdue_days), next_on):
            asked[reminder.kind, reminder.local_date] = replace(
                reminder, is_screening=check.kind is CheckKind.SCREENING
            )
    return tuple(asked.values())


def _of_check(check: LabCheck, overdue_on: date, next_on: date) -> tuple[PlannedReminder, ...]:
    kinds = (ReminderKind.LAB_HEADS_UP, ReminderKind.LAB_DUE)
    soon = _before_and_on(check.due_on, kinds)
    if next_on <= overdue_on:
        return soon
    overdue = PlannedReminder(
        kind=ReminderKind.LAB_OVERDUE,
        step_number=None,
        local_date=overdue_on,
        local_time=ASSESSMENT_TIME,
        expires_date=days_after(overdue_on, ASSESSMENT_STANDS_DAYS),
        expires_time=ASSESSMENT_TIME,
        day=check.due_on,
    )
    return (*soon, overdue)


def monitoring_reminders(*, due_on: date, overdue_on: date) -> tuple[PlannedReminder, ...]:
    """Return the reminder of the due day and that of the first overdue day."""
    return tuple(
        PlannedReminder(
            kind=kind,
            step_number=None,
            local_date=day,
            local_time=ASSESSMENT_TIME,
            expires_date=days_after(day, ASSESSMENT_STANDS_DAYS),
            expires_time=ASSESSMENT_TIME,
        )
        for kind, day in (
            (ReminderKind.ASSESS_DUE, due_on),
            (ReminderKind.ASSESS_OVERDUE, overdue_on),
        )
    )


# Without an answer -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Rung:
    """What happens so many days after a step, or an overdue visit, without an answer."""

    kind: ReminderKind
    days: int


def rungs_after(
    day: date, *, rungs: Iterable[Rung], step_number: int | None = None
) -> tuple[PlannedReminder, ...]:
    """Return one reminder a rung, counted from *day*. Any answer takes all of them away."""
    return tuple(
        PlannedReminder(
            kind=rung.kind,
            step_number=step_number,
            local_date=days_after(day, rung.days),
            local_time=RUNG_TIME,
            expires_date=days_after(day, rung.days + _stands(rung.kind)),
            expires_time=MIDNIGHT,
        )
        for rung in rungs
    )


def unanswered_steps(
    *, plan: Plan, reports: Iterable[Report], from_step: int, to_step: int
) -> tuple[DoseStep, ...]:
    """Return the steps that change the dose and of which nobody has said anything since their day.

    That a step was taken counts whenever it was said; "not yet" before its day is no answer.
    """
    answered = {
        each.step_number
        for each in reports
        if each.step_number <= len(plan.steps)
        and (each.outcome is Outcome.TAKEN or each.on >= plan.step(each.step_number).starts_on)
    }
    return tuple(
        step
        for step in plan.steps
        if from_step <= step.number <= to_step
        and plan.changes_dose(step.number)
        and step.number not in answered
    )


def _stands(kind: ReminderKind) -> int:
    return SECOND_STANDS_DAYS if kind is ReminderKind.STEP_SECOND else RUNG_STANDS_DAYS
