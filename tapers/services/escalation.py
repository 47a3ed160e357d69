"""Asks for the mail to the leads about alerts nobody acts on, in the caller's transaction."""

from datetime import datetime

from notifications.services.schedule import ScheduleChange, replace_schedule
from patients.models import Patient
from tapers.selectors.escalations import escalation_requests, escalation_source


def ask_for_escalation(patient: Patient, at: datetime) -> ScheduleChange:
    """Bring the mails in step with the alerts that are open and nobody's; again changes nothing."""
    return replace_schedule(
        source=escalation_source(patient),
        clinic=patient.clinic,
        patient=patient,
        requests=escalation_requests(patient=patient),
        at=at,
    )
