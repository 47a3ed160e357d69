"""The reminders a plan and its monitoring need: local days and clock times, no instants.

A day becomes an instant only where the patient's time zone is known, in notifications.
"""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from tapers.domain.plan import DoseStep, Plan, days_after

HEADS_UP_DAYS = 2
HEADS_UP_TIME = time(9)
STEP_DAY_TIME = time(8)
ASSESSMENT_TIME = time(9)
ASSESSMENT_STANDS_DAYS = 14
MIDNIGHT = time(0)


class ReminderKind(StrEnum):
    STEP_HEADS_UP = "STEP_HEADS_UP"
    STEP_DAY = "STEP_DAY"
    ASSESS_DUE = "ASSESS_DUE"
    ASSESS_OVERDUE = "ASSESS_OVERDUE"


@dataclass(frozen=True)
class PlannedReminder:
    """Due on `local_date` at `local_time`; from `expires_date` at `expires_time` it is stale."""

    kind: ReminderKind
    step_number: int | None
    local_date: date
    local_time: time
    expires_date: date
    expires_time: time


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
    return (
        PlannedReminder(
            kind=ReminderKind.STEP_HEADS_UP,
            step_number=step.number,
            local_date=days_after(step.starts_on, -HEADS_UP_DAYS),
            local_time=HEADS_UP_TIME,
            expires_date=step.starts_on,
            expires_time=STEP_DAY_TIME,
        ),
        PlannedReminder(
            kind=ReminderKind.STEP_DAY,
            step_number=step.number,
            local_date=step.starts_on,
            local_time=STEP_DAY_TIME,
            expires_date=days_after(step.starts_on, 1),
            expires_time=MIDNIGHT,
        ),
    )


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
