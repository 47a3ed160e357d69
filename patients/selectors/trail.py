from datetime import datetime

from django.contrib.auth.models import User

from patients.access import visible_patients
from patients.models import AuditEvent, Patient
from patients.vocabulary import Event

NOT_HISTORY = (Event.RECORD_READ, Event.LOGGED_IN)


def history_of(
    *, actor: User, patient: Patient, before: datetime | None = None, limit: int = 50
) -> list[AuditEvent]:
    """Return what happened to the patient's record, newest first; who read it is left out."""
    rows = AuditEvent.objects.filter(
        patient=patient, patient__in=visible_patients(actor=actor)
    ).exclude(event__in=NOT_HISTORY)
    if before is not None:
        rows = rows.filter(at__lt=before)
    return list(rows.select_related("actor").order_by("-at", "-id")[:limit])
