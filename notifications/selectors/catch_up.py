"""After an outage, in words: what came too late, what may have arrived, and whom to call."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Q

from notifications.models import Reminder
from notifications.policy import KIND_LABELS, Audience, Kind, Status
from notifications.selectors.reminders import reminders_for
from patients.models import Clinic
from patients.vocabulary import PatientStatus

TO_LIST = 500


@dataclass(frozen=True)
class CatchUpLine:
    """One reminder, said in a sentence."""

    reminder_id: UUID
    patient_id: UUID | None
    says: str


@dataclass(frozen=True)
class CatchUp:
    """Late: never sent. Unknown: it may have arrived. To call: patients of either, by code."""

    late: tuple[CatchUpLine, ...]
    unknown: tuple[CatchUpLine, ...]
    to_call: tuple[tuple[UUID, str], ...]


def catch_up_of(*, actor: User, clinic: Clinic, since: datetime) -> CatchUp:
    """Return what went wrong with the reminders due since then; at most 500 of them.

    What a newer reminder of the same kind took the place of is nobody's concern any more.
    """
    too_late = Q(status=Status.EXPIRED.value) & ~Q(outcome_note__startswith="A newer")
    not_known = Q(unknown_at__isnull=False, withdrawn_at__isnull=True) & ~Q(
        status=Status.SENT.value
    )
    rows = list(
        reminders_for(actor=actor, clinic=clinic, due_after=since).filter(too_late | not_known)[
            :TO_LIST
        ]
    )
    unknown = [row for row in rows if row.unknown_at is not None]
    late = [row for row in rows if row.unknown_at is None]
    return CatchUp(
        late=tuple(_line(row, "was not sent: it came too late") for row in late),
        unknown=tuple(_line(row, "may have arrived or not") for row in unknown),
        to_call=_to_call(rows),
    )


def _line(row: Reminder, outcome: str) -> CatchUpLine:
    whom = f"Patient {row.patient.code}" if row.patient else "Team"
    what = KIND_LABELS[Kind(row.kind)]
    says = f"{whom}: “{what}” of {row.local_date:%d %B %Y} {outcome}."
    return CatchUpLine(row.pk, row.patient_id, says)


def _to_call(rows: list[Reminder]) -> tuple[tuple[UUID, str], ...]:
    """Whoever was to be told something and is still treated here, once."""
    found = {
        row.patient.pk: row.patient.code
        for row in rows
        if row.patient is not None
        and row.audience == Audience.PATIENT
        and row.patient.status == PatientStatus.ACTIVE
    }
    return tuple(sorted(found.items(), key=lambda each: each[1]))
