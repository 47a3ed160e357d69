from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import QuerySet

from patients.access import visible_patients
from patients.models import AuditEvent, Patient
from patients.vocabulary import Event

NOT_HISTORY = (Event.RECORD_READ, Event.LOGGED_IN)


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
