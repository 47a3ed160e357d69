"""What waits for the team: steps due and late, visits due and overdue, drafts to sign."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import QuerySet

from patients.access import visible_patients
from patients.clock import today_in
from patients.instruments.measure import MeasureDomain
from patients.models import Clinic, Patient
from patients.selectors.assessments import DomainDates, domain_dates_for, last_of
from patients.vocabulary import PatientStatus
from tapers.domain.monitoring import MonitoringState, monitoring_state, overdue_from
from tapers.domain.plan import DoseStep, days_after
from tapers.domain.protocol import Protocol
from tapers.domain.states import Status
from tapers.models import Taper
from tapers.selectors.courses import Course, courses_for
from tapers.selectors.protocols import protocols_of
from tapers.selectors.tapers import tapers_for


@dataclass(frozen=True)
class StepDue:
    """A step nobody has confirmed, due today (0 days late) or earlier."""

    patient: Patient
    taper_id: UUID
    step: DoseStep
    days_late: int
    course: Course


@dataclass(frozen=True)
class VisitDue:
    """A visit due or overdue; `days` counts from the day it fell due.

    `domains` are those of strength, function and CK that are due, each with its last day.
    """

    patient: Patient
    due_on: date
    state: MonitoringState
    days: int
    overdue_on: date
    domains: tuple[tuple[MeasureDomain, date | None], ...] = ()


def steps_due_or_late(
    *, actor: User, clinic: Clinic | None = None, at: datetime
) -> tuple[StepDue, ...]:
    """Return the unconfirmed steps of active tapers, the latest first; four queries."""
    patients = {
        patient.pk: patient
        for patient in _treated(actor, clinic).filter(
            tapers__status=Status.ACTIVE, tapers__starts_on__lte=at.date() + timedelta(days=1)
        )
    }
    courses = courses_for(patient_ids=patients, at=at)
    due = [
        StepDue(patients[pk], course.taper_id, course.late[0], course.late[1], course)
        for pk, course in courses.items()
        if course.late is not None
    ]
    return tuple(sorted(due, key=lambda each: (-each.days_late, _name(each.patient))))


def visits_due(*, actor: User, clinic: Clinic | None = None, at: datetime) -> tuple[VisitDue, ...]:
    """Return the visits due on the patient's own day, the longest overdue first; three queries."""
    rows = list(
        _treated(actor, clinic).filter(next_assessment_due_on__lte=at.date() + timedelta(days=1))
    )
    protocols = protocols_of(patient.clinic for patient in rows)
    measured = domain_dates_for(patient_ids=[patient.pk for patient in rows])
    seen = [
        _visit(patient, protocols[patient.clinic_id], measured[patient.pk], at=at)
        for patient in rows
    ]
    due = [visit for visit in seen if visit is not None]
    return tuple(sorted(due, key=lambda each: (each.due_on, _name(each.patient))))


def drafts_waiting(*, actor: User, clinic: Clinic | None = None) -> QuerySet[Taper]:
    """Return the drafts a prescriber has not signed yet, newest first."""
    return tapers_for(actor=actor, clinic=clinic, status=Status.DRAFT)


def _treated(actor: User, clinic: Clinic | None) -> QuerySet[Patient]:
    rows = visible_patients(actor=actor).filter(status=PatientStatus.ACTIVE)
    if clinic is not None:
        rows = rows.filter(clinic=clinic)
    return rows.select_related("clinic")


def _visit(
    patient: Patient, protocol: Protocol, measured: list[DomainDates], *, at: datetime
) -> VisitDue | None:
    today, due_on = today_in(patient.time_zone, at=at), patient.next_assessment_due_on
    grace = protocol.visit_grace_days
    state = monitoring_state(due_on=due_on, today=today, grace_days=grace)
    if due_on is None or state is MonitoringState.NOT_DUE:
        return None
    overdue_on = overdue_from(due_on=due_on, grace_days=grace)
    domains = _due_domains(last_of(measured, on_or_before=today), protocol, today)
    return VisitDue(patient, due_on, state, (today - due_on).days, overdue_on, domains)


def _due_domains(
    last: DomainDates, protocol: Protocol, today: date
) -> tuple[tuple[MeasureDomain, date | None], ...]:
    days = (
        (MeasureDomain.MMT, last.mmt),
        (MeasureDomain.FUNCTION, last.function),
        (MeasureDomain.CK, last.ck),
    )
    return tuple(
        (domain, on)
        for domain, on in days
        if on is None or days_after(on, protocol.visit_due_days) <= today
    )


def _name(patient: Patient) -> tuple[str, str]:
    return patient.family_name, patient.given_name
