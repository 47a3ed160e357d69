"""The blood tests of steroid-sparing drugs: of one course, and those that wait for the team."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.contrib.auth.models import User

from patients.access import visible_patients
from patients.clock import today_in
from patients.models import Clinic, Patient
from patients.vocabulary import PatientStatus
from tapers.domain.checks import MEASURED, LabCheck, lab_checks, overdue_checks
from tapers.domain.record import DatedReading, TestDone
from tapers.domain.sparing import SparingCourse as Course
from tapers.models import SparingCourse
from tapers.selectors.known import tests_of
from tapers.selectors.protocols import protocol_on, protocols_of
from tapers.selectors.readings import readings_of
from tapers.selectors.sparing import course_known, course_now, courses_of_patients


@dataclass(frozen=True)
class CheckDue:
    """What is overdue: a blood test, or the tests before the first dose; `days` since its day."""

    patient: Patient
    course_id: UUID
    course: Course
    check: LabCheck
    days: int


def checks_of_course(row: SparingCourse, *, as_of: date) -> tuple[tuple[LabCheck, ...], int]:
    """Return the checks as known on *as_of*, and after how many days one is overdue."""
    readings = readings_of([row.patient_id], codes=MEASURED)[row.patient_id]
    overdue_days = protocol_on(row.patient.clinic, as_of).lab_overdue_days
    checks = lab_checks(
        course=course_known(row, as_of=as_of),
        readings=readings,
        tests=tests_of([row.patient_id])[row.patient_id],
        as_of=as_of,
        overdue_days=overdue_days,
    )
    return checks, overdue_days


def checks_overdue(
    *, actor: User, clinic: Clinic | None = None, at: datetime
) -> tuple[CheckDue, ...]:
    """Return what is overdue of running courses, the longest overdue first."""
    patients = visible_patients(actor=actor).filter(status=PatientStatus.ACTIVE)
    if clinic is not None:
        patients = patients.filter(clinic=clinic)
    rows = list(courses_of_patients(patients))
    readings = readings_of({row.patient_id for row in rows}, codes=MEASURED)
    tests = tests_of({row.patient_id for row in rows})
    protocols = protocols_of({row.patient.clinic for row in rows})
    due = [
        found
        for row in rows
        for found in _overdue(
            row,
            readings[row.patient_id],
            tests[row.patient_id],
            overdue_days=protocols[row.patient.clinic_id].lab_overdue_days,
            at=at,
        )
    ]
    return tuple(sorted(due, key=lambda each: (-each.days, each.patient.family_name)))


def _overdue(
    row: SparingCourse,
    readings: Sequence[DatedReading],
    tests: Sequence[TestDone],
    *,
    overdue_days: int,
    at: datetime,
) -> tuple[CheckDue, ...]:
    today = today_in(row.patient.time_zone, at=at)
    course = course_now(row)
    checks = overdue_checks(
        lab_checks(
            course=course,
            readings=readings,
            tests=tests,
            as_of=today,
            overdue_days=overdue_days,
            ahead_days=0,
        )
    )
    return tuple(
        CheckDue(row.patient, row.pk, course, check, (today - check.due_on).days)
        for check in checks
    )
