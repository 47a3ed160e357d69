"""What happened to a patient, newest first: visits, plans, steps, mails, in one list."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.contrib.auth.models import User

from patients.clock import today_in
from patients.models import AuditEvent, Patient
from patients.selectors import history_of
from tapers.selectors.sentences import sentence_of

MAX_ENTRIES = 200


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened; `on` is its day where the patient lives, `text` a sentence."""

    id: UUID
    on: date
    at: datetime
    kind: str
    text: str
    actor_name: str
    subject_type: str
    subject_id: str


def timeline_of(
    *, actor: User, patient: Patient, before: datetime | None = None, limit: int = 50
) -> tuple[TimelineEntry, ...]:
    """Return up to *limit* entries from before that instant."""
    rows = history_of(actor=actor, patient=patient, before=before, limit=min(limit, MAX_ENTRIES))
    return tuple(entry_of(row, zone=patient.time_zone) for row in rows)


def entry_of(row: AuditEvent, *, zone: str) -> TimelineEntry:
    return TimelineEntry(
        id=row.pk,
        on=today_in(zone, at=row.at),
        at=row.at,
        kind=row.event,
        text=sentence_of(row.event, row.details),
        actor_name=(row.actor.get_full_name() or row.actor.username) if row.actor else row.system,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
    )
