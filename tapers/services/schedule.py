"""Asks for the reminders a taper and its monitoring need, in the caller's transaction."""

from datetime import datetime

from notifications.services.schedule import ScheduleChange, cancel_schedule, replace_schedule
from patients.models import Patient
from patients.services.patients import set_next_assessment_due
from tapers.domain.plan import Plan
from tapers.domain.states import Status
from tapers.models import Taper
from tapers.selectors.plans import current_revision, reports_for
from tapers.selectors.reminders import (
    monitoring_of,
    monitoring_requests,
    monitoring_source,
    step_requests,
    steps_source,
)


def ask_for_reminders(taper: Taper, plan: Plan, at: datetime) -> ScheduleChange | None:
    """Make the waiting step reminders those of *plan*; a taper that is not active has none."""
    if taper.status != Status.ACTIVE:
        return None
    requests = step_requests(
        patient=taper.patient,
        plan=plan,
        reports=reports_for(taper),
        strengths=taper.strengths,
        revision=taper.revision,
        asks_from_step=current_revision(taper).asks_from_step,
    )
    return replace_schedule(
        source=steps_source(taper.pk),
        clinic=taper.patient.clinic,
        patient=taper.patient,
        requests=requests,
        at=at,
    )


def cancel_reminders(taper: Taper, reason: str, at: datetime) -> ScheduleChange:
    return cancel_schedule(source=steps_source(taper.pk), reason=reason, at=at)


def ask_for_monitoring(patient: Patient, at: datetime) -> ScheduleChange:
    """Bring the day of the next visit, and its reminders, in step with what is recorded."""
    monitoring = monitoring_of(patient=patient)
    set_next_assessment_due(patient=patient, due_on=monitoring.due_on)
    return replace_schedule(
        source=monitoring_source(patient.pk),
        clinic=patient.clinic,
        patient=patient,
        requests=monitoring_requests(patient=patient, monitoring=monitoring),
        at=at,
    )
