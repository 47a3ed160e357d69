"""A person presses "try again"."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from notifications import selectors
from notifications.models import Reminder
from notifications.policy import Status, Verdict, may_contact
from patients import audit
from patients.access import Permission, check
from patients.errors import Conflict, TaskAlreadyDone
from patients.services.tasks import finish_task
from patients.vocabulary import Event, TaskKind

NOTE = "The reminder is tried again."


class NotGivenUp(Conflict):
    code = "WRONG_STATUS"


class MayNotBeSent(Conflict):
    """The same rules as for the engine: nothing goes out by hand that may not go out by itself."""

    code = "MAY_NOT_BE_SENT"


def retry_now(*, actor: User, reminder: Reminder, at: datetime) -> Reminder:
    """Let the next sweep send a reminder that was given up; refuse if it may not be sent."""
    check(actor, Permission.RETRY_REMINDER, reminder.patient or reminder.clinic)
    with transaction.atomic():
        row = _locked(reminder, at=at)
        verdict = may_contact(selectors.facts_of(row), at=at)
        if verdict.allowed or verdict.is_later:
            _schedule_again(row, actor=actor, at=at)
        elif row.withdrawn_at is not None:
            _cancel(row, verdict, at=at)
    if not verdict.allowed and not verdict.is_later:
        raise MayNotBeSent(verdict.reason)
    return row


def _locked(reminder: Reminder, *, at: datetime) -> Reminder:
    row = selectors.rows_to_judge(due_by=at).select_for_update(of=("self",)).get(pk=reminder.pk)
    if row.status != Status.GAVE_UP:
        raise NotGivenUp("Only a reminder that could not be sent can be tried again.")
    return row


def _schedule_again(row: Reminder, *, actor: User, at: datetime) -> None:
    row.status = Status.SCHEDULED.value
    row.next_attempt_at = at
    row.outcome_note = ""
    row.save(update_fields=["status", "next_attempt_at", "outcome_note"])
    _record(Event.REMINDER_RETRIED, row, actor=actor, at=at)
    _finish_task(row, actor=actor, at=at)


def _finish_task(row: Reminder, *, actor: User, at: datetime) -> None:
    """Close the task that asked for this; an address still to be corrected stays a task."""
    if row.task is None or row.task.done_at or row.task.kind == TaskKind.CORRECT_ADDRESS:
        return
    try:
        finish_task(actor=actor, task=row.task, note=NOTE, at=at)
    except TaskAlreadyDone:
        return


def _cancel(row: Reminder, verdict: Verdict, *, at: datetime) -> None:
    row.status = Status.CANCELLED.value
    row.outcome_note = verdict.reason
    row.save(update_fields=["status", "outcome_note"])
    audit.record(
        Event.REMINDER_CANCELLED,
        patient=row.patient,
        clinic=row.clinic,
        system="reminder engine",
        at=at,
        subject=row,
        kind=row.kind,
    )


def _record(event: Event, row: Reminder, *, actor: User, at: datetime) -> None:
    audit.record(
        event,
        patient=row.patient,
        clinic=row.clinic,
        actor=actor,
        at=at,
        subject=row,
        kind=row.kind,
    )
