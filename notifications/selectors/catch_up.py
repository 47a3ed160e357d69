"""After an outage, in words: what came too late, what may have arrived, and whom to call."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Q

from notifications.models import Reminder
from notifications.policy import ASSUMED_SENT, Audience, Status, kind_label
from notifications.selectors.reminders import reminders_for
from patients.models import Clinic, Patient
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
    """Late: never sent, as it came too late or was given up. Unknown: it may have arrived.

    People: patients of either, by code.
    """

    late: tuple[CatchUpLine, ...]
    unknown: tuple[CatchUpLine, ...]
    people: tuple[Patient, ...]
    is_cut: bool = False

    @property
    def to_call(self) -> tuple[tuple[UUID, str], ...]:
        return tuple((patient.pk, patient.code) for patient in self.people)

    @property
    def is_empty(self) -> bool:
        return not self.late and not self.unknown


def catch_up_of(*, actor: User, clinic: Clinic, since: datetime) -> CatchUp:
    """Return what went wrong with the reminders due since then; at most 500 of them.

    What a newer reminder of the same kind took the place of is nobody's concern any more. What was
    assumed sent after a restore is not known to have arrived.
    """
    too_late = Q(status=Status.EXPIRED.value) & ~Q(outcome_note__startswith="A newer")
    not_known = Q(unknown_at__isnull=False, withdrawn_at__isnull=True) & ~Q(
        status=Status.SENT.value
    )
    given_up = Q(status=Status.GAVE_UP.value, withdrawn_at__isnull=True)
    assumed = Q(status=Status.CANCELLED.value, outcome_note=ASSUMED_SENT)
    wrong = reminders_for(actor=actor, clinic=clinic, due_after=since).filter(
        too_late | not_known | given_up | assumed
    )
    found = list(wrong[: TO_LIST + 1])
    rows = found[:TO_LIST]
    unknown = [row for row in rows if _is_unknown(row)]
    late = [row for row in rows if not _is_unknown(row)]
    return CatchUp(
        late=tuple(_line(row, _why_not(row)) for row in late),
        unknown=tuple(_line(row, "may have arrived or not") for row in unknown),
        people=_to_call(rows),
        is_cut=len(found) > TO_LIST,
    )


def _is_unknown(row: Reminder) -> bool:
    return row.unknown_at is not None or row.status == Status.CANCELLED


def _why_not(row: Reminder) -> str:
    if row.status == Status.GAVE_UP:
        return "could not be sent"
    return "was not sent: it came too late"


def _line(row: Reminder, outcome: str) -> CatchUpLine:
    whom = f"Patient {row.patient.code}" if row.patient else "Team"
    what = kind_label(row.kind, row.context)
    says = f"{whom}: “{what}” of {row.local_date.day} {row.local_date:%B %Y} {outcome}."
    return CatchUpLine(row.pk, row.patient_id, says)


def _to_call(rows: list[Reminder]) -> tuple[Patient, ...]:
    """Whoever was to be told something and is still treated here, once."""
    found = {
        row.patient.pk: row.patient
        for row in rows
        if row.patient is not None
        and row.audience == Audience.PATIENT
        and row.patient.status == PatientStatus.ACTIVE
    }
    return tuple(sorted(found.values(), key=lambda patient: patient.code))
