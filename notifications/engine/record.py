"""Writes down what became of a reminder: row, attempt, trail and task in one transaction.

Each function returns the status the reminder got; None if the row is no longer ours: then somebody
else has won, and nothing is written.
"""

import random
import uuid
from datetime import datetime

from django.conf import settings
from django.db import transaction

from notifications.engine.move import SYSTEM, append_attempt, kept_context, leave, ours, said, tell
from notifications.engine.task import (
    ask_for_help,
    ask_to_call,
    nobody_to_remind,
    note_what_came_too_late,
    note_whom_the_team_mail_missed,
)
from notifications.models import Reminder
from notifications.policy import (
    CALLS_THE_PATIENT,
    Audience,
    Meaning,
    Outcome,
    Reply,
    Status,
    Verdict,
    next_try_at,
)
from patients.models import Patient, TeamTask
from patients.services.patients import flag_address
from patients.vocabulary import TaskKind

VANISHED = Reply(
    Meaning.UNKNOWN,
    text="The worker stopped between handing the mail over and noting the answer.",
)
SENT_ONCE_MORE = "It is not known whether the mail arrived; it is sent once more."
MAY_HAVE_ARRIVED = "It is not known whether the mail arrived, not even after its one repeat."
NOBODY = "There is nobody to remind: no active member of this role has an e-mail address."


@transaction.atomic
def accepted(row: Reminder, reply: Reply, *, at: datetime) -> Status | None:
    """The mail server took it. No row is read first, as this is what happens all day."""
    mine = Reminder.objects.filter(pk=row.pk, claim=row.claim, status=Status.HANDING.value)
    moved = mine.update(
        status=Status.SENT.value,
        sent_at=at,
        claim=None,
        outcome_note="",
        context=kept_context(row),
    )
    append_attempt(row, Outcome.ACCEPTED, reply, at=at)
    if not moved:  # somebody believes us gone; that the server took it stays on record
        return None
    tell(row, Status.SENT, at=at)
    if row.kind in CALLS_THE_PATIENT:
        ask_to_call(row, at=at)
    if reply.refused:
        note_whom_the_team_mail_missed(row, at=at)
    return Status.SENT


@transaction.atomic
def put_off(row: Reminder, reply: Reply, *, at: datetime) -> Status | None:
    """The server wants it later: with back-off, unless it was tried often enough."""
    if (fresh := ours(row)) is None:
        return None
    append_attempt(fresh, Outcome.FAILED, reply, at=at)
    again_at = _again_at(fresh, tries=fresh.attempts, limit=settings.REMINDER_MAX_ATTEMPTS, at=at)
    if again_at is not None:
        return leave(fresh, Status.SCHEDULED, note=said(reply), again_at=again_at, at=at)
    why = f"The mail server put it off, at last with: {said(reply)}."
    return _give_up(fresh, TaskKind.OTHER, why, at=at)


@transaction.atomic
def address_refused(row: Reminder, reply: Reply, *, at: datetime) -> Status | None:
    """Nobody lives there. The address is flagged, unless it was changed meanwhile."""
    _lock_patient(row)
    if (fresh := ours(row)) is None:
        return None
    append_attempt(fresh, Outcome.REFUSED, reply, at=at)
    why = f"The mail server refused the address: {said(reply)}."
    patient = fresh.patient if fresh.audience == Audience.PATIENT else None
    if patient is None or patient.email != fresh.handed_to:
        return _give_up(fresh, TaskKind.CORRECT_ADDRESS, why, at=at)
    flag_address(patient=patient, reason=why, at=at, system=SYSTEM)
    task = TeamTask.objects.filter(
        patient=patient, kind=TaskKind.CORRECT_ADDRESS, done_at__isnull=True
    ).first()
    return leave(fresh, Status.GAVE_UP, note=why, task=task, at=at)


@transaction.atomic
def content_refused(row: Reminder, reply: Reply, *, at: datetime) -> Status | None:
    """The server does not want this one mail; the address and the others are not concerned."""
    if (fresh := ours(row)) is None:
        return None
    append_attempt(fresh, Outcome.REFUSED, reply, at=at)
    why = f"The mail server refused the mail: {said(reply)}."
    return _give_up(fresh, TaskKind.OTHER, why, at=at)


@transaction.atomic
def unknown(row: Reminder, reply: Reply, *, at: datetime) -> Status | None:
    """The line dropped after the text: it may have arrived. One repeat, when the lease ends."""
    if (fresh := ours(row)) is None:
        return None
    if (given_up := _note_unknown(fresh, reply, at=at)) is not None:
        return given_up
    lease_ends_at = fresh.next_attempt_at
    return leave(fresh, Status.SCHEDULED, note=SENT_ONCE_MORE, again_at=lease_ends_at, at=at)


def lapsed(row_id: uuid.UUID, *, token: uuid.UUID, at: datetime) -> Status | None:
    """Its worker vanished during the hand-over. Called inside the transaction of the claim."""
    rows = Reminder.objects.select_related("patient", "clinic")
    row = rows.get(pk=row_id, claim=token)
    if (given_up := _note_unknown(row, VANISHED, at=at)) is None:
        row.save(update_fields=["unknown_at"])
    return given_up


@transaction.atomic
def not_sent(row: Reminder, verdict: Verdict, *, at: datetime) -> Status | None:
    """It may not go any more."""
    if verdict.status is None or (fresh := ours(row)) is None:
        return None
    was_called_back_for = fresh.outcome_note if fresh.withdrawn_at else ""
    status = leave(
        fresh,
        verdict.status,
        note=was_called_back_for or verdict.reason,
        again_at=verdict.again_at,
        at=at,
    )
    if status is Status.EXPIRED and not row.superseded:  # type: ignore[attr-defined]
        note_what_came_too_late(fresh, at=at)
    return status


@transaction.atomic
def nobody(row: Reminder, *, at: datetime) -> Status | None:
    if (fresh := ours(row)) is None:
        return None
    asked_by_one = fresh.audience == Audience.MEMBER  # who has left since, and misses nothing
    task = None if asked_by_one else nobody_to_remind(fresh, at=at)
    return leave(fresh, Status.GAVE_UP, note=NOBODY, task=task, at=at)


@transaction.atomic
def broken(row: Reminder, error: Exception, *, at: datetime) -> Status | None:
    """Our own mistake: this mail cannot be written. It costs this mail only."""
    if (fresh := ours(row)) is None:
        return None
    fresh.errors += 1
    why = f"The mail could not be written ({type(error).__name__})."
    again_at = _again_at(fresh, tries=fresh.errors, limit=settings.REMINDER_MAX_ERRORS, at=at)
    if again_at is None:
        return _give_up(fresh, TaskKind.OTHER, why, at=at)
    return leave(fresh, Status.SCHEDULED, note=why, again_at=again_at, at=at)


@transaction.atomic
def released(row: Reminder, *, again_at: datetime, at: datetime) -> Status | None:
    """Give back what was not tried, so that anybody may take it from *again_at* on."""
    if (fresh := ours(row)) is None:
        return None
    if fresh.status == Status.HANDING:  # it was marked, and then there was no line
        fresh.attempts = max(0, fresh.attempts - 1)
    return leave(fresh, Status.SCHEDULED, note=fresh.outcome_note, again_at=again_at, at=at)


def _lock_patient(row: Reminder) -> None:
    """Lock whom we may have to flag: the patient before the reminder, as whoever changes a plan."""
    if row.patient_id is not None:
        Patient.objects.select_for_update(no_key=True).get(pk=row.patient_id)


def _note_unknown(row: Reminder, reply: Reply, *, at: datetime) -> Status | None:
    """Record that this try's outcome is open. None: a repeat is left, or nobody wants it."""
    append_attempt(row, Outcome.UNKNOWN, reply, at=at)
    if row.unknown_at is None or row.withdrawn_at is not None:
        row.unknown_at = row.unknown_at or at
        return None
    return _give_up(row, TaskKind.DELIVERY_UNKNOWN, MAY_HAVE_ARRIVED, at=at)


def _again_at(row: Reminder, *, tries: int, limit: int, at: datetime) -> datetime | None:
    return next_try_at(
        attempts=tries,
        waits=settings.REMINDER_BACKOFF_SECONDS,
        limit=limit,
        expires_at=row.expires_at,
        rand=random.random(),  # noqa: S311 - it spreads load and keeps no secret
        at=at,
    )


def _give_up(row: Reminder, kind: TaskKind, why: str, *, at: datetime) -> Status:
    """Leave it to a person; one that was called back needs nobody any more."""
    task = None if row.withdrawn_at else ask_for_help(row, kind, why, at=at)
    return leave(row, Status.GAVE_UP, note=why, task=task, at=at)
