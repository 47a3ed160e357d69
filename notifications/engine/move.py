"""The single moves of a reminder's row. Each is made from the status and claim we believe in."""

from datetime import datetime
from typing import Any

from notifications.models import DeliveryAttempt, Reminder
from notifications.policy import IN_HAND, Kind, Outcome, Reply, Status
from patients import audit
from patients.models import TeamTask
from patients.vocabulary import Event

SYSTEM = "reminder engine"
HELD = tuple(sorted(status.value for status in IN_HAND))
EVENT_OF = {
    Status.SENT: Event.REMINDER_SENT,
    Status.GAVE_UP: Event.REMINDER_GAVE_UP,
    Status.CANCELLED: Event.REMINDER_CANCELLED,
    Status.EXPIRED: Event.REMINDER_EXPIRED,
}
# Whatever happens to a mail that was called back, it is not tried again.
NEVER_AFTER_A_CALL_BACK = frozenset({Status.SCHEDULED, Status.GAVE_UP})


def ours(row: Reminder) -> Reminder | None:
    """Return the row as it is now, locked; None if somebody else has won it."""
    rows = Reminder.objects.select_for_update(of=("self",)).select_related("clinic", "patient")
    return rows.filter(pk=row.pk, claim=row.claim, status__in=HELD).first()


def leave(
    row: Reminder,
    status: Status,
    *,
    at: datetime,
    note: str = "",
    again_at: datetime | None = None,
    task: TeamTask | None = None,
) -> Status:
    """Let go of a locked row; return the status it got, CANCELLED if it had been called back."""
    if row.withdrawn_at is not None and status in NEVER_AFTER_A_CALL_BACK:
        status, note = Status.CANCELLED, row.outcome_note
    row.status, row.claim, row.outcome_note = status.value, None, note[:300]
    row.next_attempt_at = again_at or row.next_attempt_at
    row.task = task or row.task
    row.context = kept_context(row) if status is not Status.SCHEDULED else row.context
    row.save(
        update_fields=[
            *("status", "claim", "outcome_note", "next_attempt_at"),
            *("task", "context", "attempts", "errors", "unknown_at"),
        ]
    )
    if status in EVENT_OF:
        tell(row, status, at=at)
    return status


def kept_context(row: Reminder) -> dict[str, Any]:
    """A link that confirms an address is a secret: it is forgotten once the mail is settled."""
    if row.kind == Kind.ADDRESS_VERIFICATION and row.status != Status.GAVE_UP:
        return {}
    return dict(row.context)


def append_attempt(row: Reminder, outcome: Outcome, reply: Reply, *, at: datetime) -> None:
    DeliveryAttempt.objects.create(
        reminder=row,
        number=row.attempts,
        recipient=row.handed_to,
        outcome=outcome.value,
        smtp_code=reply.code,
        error=said(reply)[:500] if outcome is not Outcome.ACCEPTED or reply.refused else "",
        handed_at=row.handed_at or at,
        ended_at=at,
    )


def tell(row: Reminder, status: Status, *, at: datetime) -> None:
    audit.record(
        EVENT_OF[status],
        patient=row.patient,
        clinic=row.clinic,
        system=SYSTEM,
        at=at,
        subject=row,
        kind=row.kind,
        audience=row.audience,
    )


def said(reply: Reply) -> str:
    """Return the server's answer in one line."""
    return " ".join([str(reply.code or ""), *reply.text.split()]).strip()
