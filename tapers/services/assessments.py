"""A visit is stored by patients; what it means for the next one, and says, is decided here."""

from collections.abc import Sequence
from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import transaction

from patients.instruments.reading import Reading
from patients.models import Assessment, Patient
from patients.services import assessments
from tapers.services.course_alerts import evaluate_course
from tapers.services.schedule import ask_for_monitoring


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
    evaluate_course(patient=corrected.patient, actor=actor, cause=corrected, at=at)
    return corrected
