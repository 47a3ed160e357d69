"""Asks for the reminders of steroid-sparing drugs, in the caller's transaction."""

from datetime import datetime

from notifications.services.schedule import ScheduleChange, cancel_schedule, replace_schedule
from patients.clock import today_in
from patients.models import Patient
from tapers.models import SparingCourse
from tapers.selectors.lab_checks import checks_of_course
from tapers.selectors.sparing import course_now, running_courses_of
from tapers.selectors.sparing_reminders import sparing_requests, sparing_source


def ask_for_sparing(course: SparingCourse, at: datetime) -> ScheduleChange:
    """Make the waiting reminders of a running course those of its doses and its blood tests."""
    patient = course.patient
    checks, overdue_days = checks_of_course(course, as_of=today_in(patient.time_zone, at=at))
    return replace_schedule(
        source=sparing_source(course.pk),
        clinic=patient.clinic,
        patient=patient,
        requests=sparing_requests(
            patient=patient,
            course=course_now(course),
            checks=checks,
            overdue_days=overdue_days,
            revision=course.revision,
        ),
        at=at,
    )


def ask_for_sparing_of(patient: Patient, at: datetime) -> None:
    """Bring what is reminded of in step with what was measured, and with the days gone by."""
    for course in running_courses_of(patient=patient):
        ask_for_sparing(course, at)


def cancel_sparing(course: SparingCourse, reason: str, at: datetime) -> ScheduleChange:
    return cancel_schedule(source=sparing_source(course.pk), reason=reason, at=at)
