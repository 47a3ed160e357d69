from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Model, QuerySet

from patients.access import visible_patients
from patients.audit import BY_LINK
from patients.clock import today_in
from patients.models import AuditEvent, Patient
from patients.selectors.clinics import name_of
from patients.vocabulary import Event

NOT_HISTORY = (Event.RECORD_READ, Event.LOGGED_IN)
# What a patient does by a link; what the software makes of it is told elsewhere.
ANSWERS = (
    Event.LINK_OPENED,
    Event.LINK_LOCKED,
    Event.STEP_REPORTED,
    Event.SYMPTOMS_REPORTED,
    Event.CONSENT_GIVEN,
    Event.CONSENT_WITHDRAWN,
    Event.TAPER_COMPLETED,
)


def history_of(
    *, actor: User, patient: Patient, before: datetime | None = None, limit: int = 50
) -> list[AuditEvent]:
    """Return what happened to the patient's record, newest first; who read it is left out."""
    rows = events_of(actor=actor, patient=patient)
    if before is not None:
        rows = rows.filter(at__lt=before)
    return list(rows[:limit])


def events_of(*, actor: User, patient: Patient) -> QuerySet[AuditEvent]:
    """The same as rows to be paged; several events may share their instant."""
    rows = AuditEvent.objects.filter(patient=patient, patient__in=visible_patients(actor=actor))
    return rows.exclude(event__in=NOT_HISTORY).select_related("actor").order_by("-at", "-id")


def answers_to(*, actor: User, patient: Patient, reminder_id: UUID) -> QuerySet[AuditEvent]:
    """Return what the patient did by the link in that mail, oldest first."""
    rows = AuditEvent.objects.filter(
        patient=patient,
        patient__in=visible_patients(actor=actor),
        system=BY_LINK,
        event__in=ANSWERS,
        details__reminder=str(reminder_id),
    )
    return rows.order_by("at", "id")


def done_by(*, patient: Patient, subject: Model, events: Iterable[Event], **details: object) -> str:
    """Return "by Kim Nurse on 2026-05-04", who did the newest of these to a row; "" for nobody.

    For services, which tell somebody of the same clinic that another was faster.
    """
    row = (
        AuditEvent.objects.filter(
            patient=patient, subject_id=str(subject.pk), event__in=tuple(events)
        )
        .filter(**{f"details__{name}": value for name, value in details.items()})
        .select_related("actor")
        .order_by("-at", "-id")
        .first()
    )
    if row is None:
        return ""
    who = name_of(row.actor) if row.actor else "the patient" if row.system == BY_LINK else "itself"
    return f"by {who} on {today_in(patient.clinic.time_zone, at=row.at).isoformat()}"
