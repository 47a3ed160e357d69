"""Which mails a course of a steroid-sparing drug asks for: its steps and its blood tests."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from notifications.policy import BEFORE_FIRST_DOSE, TESTS, Audience, ReminderRequest
from patients.models import Patient
from tapers.domain.checks import LabCheck
from tapers.domain.dose import mg_text
from tapers.domain.reminders import (
    PlannedReminder,
    ReminderKind,
    check_reminders,
    sparing_reminders,
)
from tapers.domain.sparing import Frequency, SparingCourse
from tapers.selectors.reminders import KINDS

FOR_THE_TEAM_TOO = frozenset({ReminderKind.LAB_DUE, ReminderKind.LAB_OVERDUE})


def sparing_source(course_id: UUID) -> str:
    return f"sparing:{course_id}"


def sparing_requests(
    *,
    patient: Patient,
    course: SparingCourse,
    checks: Sequence[LabCheck],
    overdue_days: int,
    revision: int | None,
) -> tuple[ReminderRequest, ...]:
    """Return the mails of every step, and of every check whose results are not all there.

    Of a check that is due or overdue the nurses are told, too. None once the course has ended.
    """
    if course.ended_on is not None:
        return ()
    steps = [
        _step_request(patient, course, reminder, revision) for reminder in sparing_reminders(course)
    ]
    tests = [
        _check_request(patient, reminder, audience, revision)
        for reminder in check_reminders(checks, overdue_days=overdue_days)
        for audience in _readers(reminder)
    ]
    return (*steps, *tests)


def how_often(course: SparingCourse) -> str:
    """Return "ONCE A WEEK, on Monday", "once a day", or what is known of it."""
    if course.frequency is Frequency.ONCE_A_WEEK:
        return f"ONCE A WEEK, on {course.weekday.label}" if course.weekday else "ONCE A WEEK"
    if course.frequency is Frequency.ONCE_A_DAY:
        return "once a day"
    return "as agreed with your care team"


def _readers(reminder: PlannedReminder) -> tuple[Audience, ...]:
    if reminder.kind in FOR_THE_TEAM_TOO:
        return (Audience.PATIENT, Audience.NURSES)
    return (Audience.PATIENT,)


def _step_request(
    patient: Patient, course: SparingCourse, reminder: PlannedReminder, revision: int | None
) -> ReminderRequest:
    number = reminder.step_number or 1
    dose = course.doses[number - 1]
    before = course.doses[number - 2] if number > 1 else None
    return _request(
        patient,
        reminder,
        Audience.PATIENT,
        context={
            "step_date": dose.on.isoformat(),
            "before": f"{mg_text(before.mg)} mg" if before else "",
            "dose": f"{mg_text(dose.mg)} mg",
            "drug": course.agent.label.lower(),
            "frequency": str(course.frequency or ""),
        },
        reason=f"A dose of the steroid-sparing drug begins on {dose.on.isoformat()}.",
        revision=revision,
    )


def _check_request(
    patient: Patient, reminder: PlannedReminder, audience: Audience, revision: int | None
) -> ReminderRequest:
    due_on = (reminder.day or reminder.local_date).isoformat()
    what = "A blood test falls due on"
    context = {"due_on": due_on}
    if reminder.is_screening:
        what = "Tests before the first dose of the steroid-sparing drug fall due on"
        context[TESTS] = BEFORE_FIRST_DOSE
    return _request(
        patient,
        reminder,
        audience,
        context=context,
        reason=f"{what} {due_on}.",
        revision=revision,
    )


def _request(
    patient: Patient,
    reminder: PlannedReminder,
    audience: Audience,
    *,
    context: Mapping[str, str],
    reason: str,
    revision: int | None,
) -> ReminderRequest:
    to_patient = audience is Audience.PATIENT
    return ReminderRequest(
        kind=KINDS[reminder.kind],
        audience=audience,
        local_date=reminder.local_date,
        local_time=reminder.local_time,
        time_zone=patient.time_zone if to_patient else patient.clinic.time_zone,
        expires_date=reminder.expires_date,
        expires_time=reminder.expires_time,
        context=context,
        reason=reason,
        revision=revision,
    )
