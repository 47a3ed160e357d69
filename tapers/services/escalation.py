"""Asks for the mail to the leads about alerts nobody acts on, in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

from notifications.services.schedule import Schedule, ScheduleChange, replace_schedules
from patients.models import Patient
from tapers.selectors.escalations import escalation_requests_of, escalation_source


def ask_for_escalation(patient: Patient, at: datetime) -> ScheduleChange:
    """Bring the mails in step with the alerts that are open and nobody's; again changes nothing."""
    return replace_schedules(escalation_schedules([patient]), at=at)[0]


def escalation_schedules(patients: Sequence[Patient]) -> list[Schedule]:
    requests = escalation_requests_of(patients)
    return [
        Schedule(
            source=escalation_source(patient),
            clinic=patient.clinic,
            patient=patient,
            requests=requests[patient.pk],
        )
        for patient in patients
    ]
