"""Reminders as rows of a log, and the trace of one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from notifications.policy import (
    AUDIENCE_LABELS,
    KIND_LABELS,
    KIND_RULES,
    OUTCOME_LABELS,
    STATUS_LABELS,
    Audience,
    Kind,
    Outcome,
    Status,
)
from patients.presenters import words

if TYPE_CHECKING:
    from notifications.models import DeliveryAttempt, Reminder

TONES = {
    Status.SCHEDULED: ("info", "due"),
    Status.CLAIMED: ("info", "mail"),
    Status.HANDING: ("info", "mail"),
    Status.SENT: ("on", "mail-ok"),
    Status.GAVE_UP: ("critical", "mail-off"),
    Status.CANCELLED: ("plain", "close"),
    Status.EXPIRED: ("late", "late"),
}
OUTCOME_TONES = {
    Outcome.ACCEPTED: ("on", "check"),
    Outcome.REFUSED: ("critical", "critical"),
    Outcome.FAILED: ("late", "late"),
    Outcome.UNKNOWN: ("late", "late"),
}
ANSWERS = {
    421: "the mail server was shutting down",
    450: "mailbox busy",
    451: "the mail server had a problem",
    452: "the mail server was full",
    550: "mailbox unknown",
    551: "the mailbox has moved",
    552: "mailbox full",
    553: "address not accepted",
    554: "mail not accepted",
}


@dataclass(frozen=True)
class ReminderRow:
    id: UUID
    when: str
    kind: str
    to: str
    status: str
    tone: str
    icon: str
    note: str
    patient_id: UUID | None
    patient: str
    code: str
    failed: bool


@dataclass(frozen=True)
class AttemptRow:
    number: int
    when: str
    outcome: str
    tone: str
    icon: str
    answer: str
    recipient: str


@dataclass(frozen=True)
class Trace:
    row: ReminderRow
    why: str
    rule: str
    revision: str
    created: str
    expires: str
    place: str
    attempts: tuple[AttemptRow, ...]
    next_try: str
    can_be_retried: bool
    what_to_do: str


def reminder_rows(reminders: Iterable["Reminder"]) -> tuple[ReminderRow, ...]:
    return tuple(reminder_row(reminder) for reminder in reminders)


def reminder_row(reminder: "Reminder") -> ReminderRow:
    status = Status(reminder.status)
    tone, icon = TONES[status]
    patient = reminder.patient
    return ReminderRow(
        id=reminder.pk,
        when=words.instant(reminder.due_at, zone=reminder.time_zone),
        kind=KIND_LABELS[Kind(reminder.kind)],
        to=AUDIENCE_LABELS[Audience(reminder.audience)],
        status=STATUS_LABELS[status],
        tone=tone,
        icon=icon,
        note=reminder.outcome_note,
        patient_id=patient.pk if patient else None,
        patient=patient.full_name if patient else "",
        code=patient.code if patient else "",
        failed=status is Status.GAVE_UP,
    )


def trace_of(reminder: "Reminder") -> Trace:
    """Why it exists, what was tried, what came of it; *reminder* has its deliveries."""
    zone = reminder.time_zone
    status = Status(reminder.status)
    return Trace(
        row=reminder_row(reminder),
        why=words.with_days(reminder.reason),
        rule=KIND_RULES[Kind(reminder.kind)],
        revision=f"revision {reminder.revision} of the plan" if reminder.revision else "",
        created=words.instant(reminder.created_at, zone=zone),
        expires=words.instant(reminder.expires_at, zone=zone),
        place=words.place(zone),
        attempts=tuple(attempt_row(each, zone=zone) for each in reminder.deliveries.all()),
        next_try=_next_try(reminder, status),
        can_be_retried=status is Status.GAVE_UP,
        what_to_do=_what_to_do(reminder, status),
    )


def attempt_row(attempt: "DeliveryAttempt", *, zone: str) -> AttemptRow:
    outcome = Outcome(attempt.outcome)
    tone, icon = OUTCOME_TONES[outcome]
    return AttemptRow(
        number=attempt.number,
        when=words.instant(attempt.handed_at, zone=zone),
        outcome=OUTCOME_LABELS[outcome],
        tone=tone,
        icon=icon,
        answer=answer_words(attempt.smtp_code, attempt.error),
        recipient=attempt.recipient,
    )


def answer_words(code: int | None, error: str) -> str:
    """Return what the mail server said, with its number and a meaning where there is one."""
    if code is None:
        return error
    said = error if error.startswith(str(code)) else f"{code} {error}".strip()
    known = ANSWERS.get(code, "")
    return f"{known.capitalize()}: {said}" if known else said


def _what_to_do(reminder: "Reminder", status: Status) -> str:
    patient = reminder.patient
    if status is not Status.GAVE_UP:
        return ""
    if patient is not None and patient.email_flagged_at is not None:
        return f"The mail to this address was refused ({patient.email_flag_reason.rstrip('.')})."
    return "Nobody was reminded. Try again, or call."


def _next_try(reminder: "Reminder", status: Status) -> str:
    if status is not Status.SCHEDULED or not reminder.attempts:
        return ""
    return words.instant(reminder.next_attempt_at, zone=reminder.time_zone)
