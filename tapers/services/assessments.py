"""A visit is stored by patients; what it means for the next one, and says, is decided here."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from patients.instruments.reading import Reading
from patients.models import Assessment, Patient
from patients.services import assessments
from patients.services.tasks import close_calls
from tapers.selectors.reminders import monitoring_of, monitoring_source
from tapers.services.course_alerts import evaluate_course
from tapers.services.schedule import ask_for_monitoring
from tapers.services.sparing_schedule import ask_for_sparing_of


@transaction.atomic
def record_assessment(
    *,
    actor: User,
    patient: Patient,
    assessed_on: date,
    rater: str,
    readings: Sequence[Reading],
    note: str = "",
    at: datetime,
) -> Assessment:
    """Store the visit; the next one falls due from the last that held all three domains."""
    assessment = assessments.store_assessment(
        actor=actor,
        patient=patient,
        assessed_on=assessed_on,
        rater=rater,
        readings=tuple(readings),
        note=note,
        at=at,
    )
    ask_for_monitoring(patient, at)
    _close_calls(actor, patient, at=at)
    ask_for_sparing_of(patient, at)
    evaluate_course(patient=patient, actor=actor, cause=assessment, at=at)
    return assessment


@transaction.atomic
def correct_assessment(
    *,
    actor: User,
    assessment: Assessment,
    assessed_on: date,
    rater: str,
    readings: Sequence[Reading],
    reason: str,
    note: str = "",
    at: datetime,
) -> Assessment:
    """Store the next version of the visit; the day of the next visit may move with it."""
    corrected = assessments.correct_assessment(
        actor=actor,
        assessment=assessment,
        assessed_on=assessed_on,
        rater=rater,
        readings=tuple(readings),
        reason=reason,
        note=note,
        at=at,
    )
    ask_for_monitoring(corrected.patient, at)
    _close_calls(actor, corrected.patient, at=at)
    ask_for_sparing_of(corrected.patient, at)
    evaluate_course(patient=corrected.patient, actor=actor, cause=corrected, at=at)
    return corrected


def _close_calls(actor: User, patient: Patient, *, at: datetime) -> None:
    """A full visit makes the calls about an earlier due day needless."""
    monitoring = monitoring_of(patient=patient)
    if monitoring.last_full_on is None or monitoring.due_on is None:
        return
    close_calls(
        actor=actor,
        patient=patient,
        about=monitoring_source(patient.pk),
        until=monitoring.due_on - timedelta(days=1),
        note="A full visit was recorded. No call is needed for the one that was overdue.",
        at=at,
    )
