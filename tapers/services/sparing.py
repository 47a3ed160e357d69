"""A steroid-sparing drug is started, changed, ended, or marked as entered in error."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from patients import audit
from patients.access import Permission, check
from patients.clock import last_day_of_facts, today_in
from patients.errors import BadInput, Conflict
from patients.models import Patient
from patients.vocabulary import Event
from tapers.domain.dose import mg_text
from tapers.domain.prescription import Prescription
from tapers.domain.rules.rule import Finding
from tapers.domain.rules.rulebook import VERSION
from tapers.domain.sparing import Agent
from tapers.domain.sparing import SparingCourse as Course
from tapers.errors import AlreadyOnDrug, NeedsReason
from tapers.models import SparingCourse, SparingDose, SparingRevision
from tapers.selectors.record import course_facts
from tapers.selectors.sparing import revisions_of_course, sparing_course_of
from tapers.selectors.sparing_previews import sparing_findings, worked_out
from tapers.selectors.sparing_reminders import how_often
from tapers.services.alerts import checked_reasons
from tapers.services.course_alerts import evaluate_course
from tapers.services.drafting import check_patient_is_treated
from tapers.services.revisions import words
from tapers.services.sparing_alerts import already_accepted, asks_for_a_reason, keep_reasons
from tapers.services.sparing_schedule import ask_for_sparing, cancel_sparing
from tapers.vocabulary import CourseStatus

AS_WRITTEN_LENGTH = 200


@transaction.atomic
def start_sparing(
    *,
    actor: User,
    patient: Patient,
    prescription: Prescription,
    reasons: Mapping[str, str],
    at: datetime,
) -> SparingCourse:
    """Store a drug as given or planned. Each warning wants its reason; none takes the choice away.

    Raise NeedsReason, AlreadyOnDrug, DomainError.
    """
    check(actor, Permission.PRESCRIBE_SPARING, patient)
    patient = _locked_patient(patient)
    check_patient_is_treated(patient)
    given = checked_reasons(reasons)
    today = today_in(patient.time_zone, at=at)
    course = worked_out(patient=patient, prescription=prescription, today=today)
    _check_born(patient, course)
    _check_reasons(patient, course, given, today)
    row = _new_row(actor, patient, course, at=at)
    _store_revision(actor, row, course, prescription, at=at)
    row = sparing_course_of(row.pk)
    ask_for_sparing(row, at)
    evaluate_course(patient=patient, actor=actor, at=at)
    keep_reasons(actor=actor, patient=patient, reasons=given, at=at)
    audit.record(
        Event.SPARING_STARTED,
        patient=patient,
        actor=actor,
        at=at,
        subject=row,
        drug=course.agent.label,
        mg=mg_text(course.doses[0].mg),
        how=how_often(course),
        starts_on=course.starts_on.isoformat(),
        last_on=course.doses[-1].on.isoformat(),
    )
    return row


@transaction.atomic
def revise_sparing(
    *,
    actor: User,
    course: SparingCourse,
    prescription: Prescription,
    reason: str,
    reasons: Mapping[str, str],
    at: datetime,
) -> SparingCourse:
    """Store the next revision: doses before the first new one stay, later ones are replaced."""
    check(actor, Permission.PRESCRIBE_SPARING, course.patient)
    row = _locked(course)
    check_patient_is_treated(row.patient)
    if prescription.agent != row.agent:
        raise BadInput("agent", "A course keeps its drug. End this one and start another.")
    reason, given = words("reason", reason), checked_reasons(reasons)
    today = today_in(row.patient.time_zone, at=at)
    revised = worked_out(patient=row.patient, prescription=prescription, row=row, today=today)
    _check_born(row.patient, revised)
    _check_reasons(row.patient, revised, given, today)
    row.revision += 1
    row.starts_on = revised.starts_on
    row.save(update_fields=["revision", "starts_on"])
    _store_revision(actor, row, revised, prescription, reason=reason, at=at)
    row = sparing_course_of(row.pk)
    ask_for_sparing(row, at)
    evaluate_course(patient=row.patient, actor=actor, at=at)
    keep_reasons(actor=actor, patient=row.patient, reasons=given, at=at)
    audit.record(
        Event.SPARING_REVISED,
        patient=row.patient,
        actor=actor,
        at=at,
        subject=row,
        drug=revised.agent.label,
        revision=row.revision,
        from_on=(prescription.starts_on or today).isoformat(),
        last_mg=mg_text(revised.doses[-1].mg),
    )
    return row


@transaction.atomic
def end_sparing(
    *, actor: User, course: SparingCourse, on: date, reason: str, at: datetime
) -> SparingCourse:
    """End a course; *on* is the first day without the drug. Nothing of it is reminded of."""
    check(actor, Permission.PRESCRIBE_SPARING, course.patient)
    row = _locked(course)
    reason = words("reason", reason)
    last = max(last_day_of_facts(row.patient.time_zone, at=at), row.starts_on)
    if not row.starts_on <= on <= last:
        raise BadInput("on", f"Give a day from {row.starts_on} to {last}.")
    _finish(actor, row, CourseStatus.ENDED, reason, ended_on=on, at=at)
    _tell(Event.SPARING_ENDED, actor, row, at=at, on=on.isoformat())
    return row


@transaction.atomic
def discard_sparing(
    *, actor: User, course: SparingCourse, reason: str, at: datetime
) -> SparingCourse:
    """Mark a course as entered in error: it stays readable, and no rule reads it any more."""
    check(actor, Permission.PRESCRIBE_SPARING, course.patient)
    row = _locked(course)
    reason = words("reason", reason)
    _finish(actor, row, CourseStatus.ENTERED_IN_ERROR, reason, ended_on=None, at=at)
    _tell(Event.SPARING_DISCARDED, actor, row, at=at)
    return row


def _finish(
    actor: User,
    row: SparingCourse,
    status: CourseStatus,
    reason: str,
    *,
    ended_on: date | None,
    at: datetime,
) -> None:
    row.status, row.end_reason, row.ended_on = status, reason, ended_on
    row.ended_by, row.ended_at = actor, at
    row.save(update_fields=["status", "end_reason", "ended_on", "ended_by", "ended_at"])
    cancel_sparing(row, "The drug was ended.", at)
    evaluate_course(patient=row.patient, actor=actor, at=at)


def _tell(event: Event, actor: User, row: SparingCourse, *, at: datetime, **details: Any) -> None:
    audit.record(
        event,
        patient=row.patient,
        actor=actor,
        at=at,
        subject=row,
        drug=Agent(row.agent).label,
        **details,
    )


def _locked_patient(patient: Patient) -> Patient:
    locked = Patient.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("clinic").get(pk=patient.pk)


def _locked(course: SparingCourse) -> SparingCourse:
    """Lock the patient first, as all do, then the course. Refuse one that is over."""
    _locked_patient(course.patient)
    SparingCourse.objects.select_for_update(of=("self",), no_key=True).get(pk=course.pk)
    row = sparing_course_of(course.pk)
    if not row.is_running:
        label = CourseStatus(row.status).label.lower()
        raise Conflict(
            f"This course is {label} and cannot be changed. What is taken now is a new course.",
            code="COURSE_IS_OVER",
        )
    return row


def _check_born(patient: Patient, course: Course) -> None:
    if course.starts_on < patient.birth_date:
        raise BadInput("starts_on", "This day lies before the patient's birth.")


def _check_reasons(
    patient: Patient, course: Course, given: Mapping[str, str], today: date
) -> tuple[Finding, ...]:
    """Ask for a reason for each warning nobody has taken note of; return them all."""
    found = sparing_findings(course_facts(patient=patient, as_of=today), course, as_of=today)
    accepted = already_accepted(patient=patient, findings=found)
    missing = tuple(
        each
        for each in found
        if asks_for_a_reason(each) and each.code not in given and each not in accepted
    )
    if missing:
        raise NeedsReason(missing)
    return found


def _new_row(actor: User, patient: Patient, course: Course, *, at: datetime) -> SparingCourse:
    """Another start may have come in between; the constraint then has the last word."""
    try:
        with transaction.atomic():
            return SparingCourse.objects.create(
                patient=patient,
                agent=course.agent.value,
                starts_on=course.starts_on,
                created_by=actor,
                created_at=at,
            )
    except IntegrityError:
        raise AlreadyOnDrug(course.agent.label) from None


def _store_revision(
    actor: User,
    row: SparingCourse,
    course: Course,
    prescription: Prescription,
    *,
    reason: str = "",
    at: datetime,
) -> None:
    confirmed = _confirmed(actor, row, course, at=at)
    revision = SparingRevision.objects.create(
        course=row,
        number=row.revision,
        reason=reason,
        frequency=course.frequency or "",
        as_written=_as_written(prescription.as_written),
        weekday=course.weekday or "",
        folic_acid_mg_per_week=course.folic_acid_mg_per_week,
        unit_confirmed_by=confirmed[0],
        unit_confirmed_at=confirmed[1],
        weight_basis=course.weight_basis or "",
        weight_kg=prescription.weight_kg,
        build=prescription.build or "",
        height_cm=prescription.height_cm,
        target_mg=course.target_mg,
        check_scheme=course.check_scheme or "",
        dense_after_increase=course.dense_after_increase,
        rulebook_version=VERSION,
        created_by=actor,
        created_at=at,
    )
    SparingDose.objects.bulk_create(
        SparingDose(revision=revision, number=number, starts_on=dose.on, mg=dose.mg)
        for number, dose in enumerate(course.doses, start=1)
    )


def _confirmed(
    actor: User, row: SparingCourse, course: Course, *, at: datetime
) -> tuple[User | None, datetime | None]:
    """Whoever confirmed the unit first; that stays from revision to revision."""
    if not course.unit_confirmed:
        return None, None
    before = [each for each in revisions_of_course(row) if each.unit_confirmed_at is not None]
    if before:
        return before[-1].unit_confirmed_by, before[-1].unit_confirmed_at
    return actor, at


def _as_written(text: str) -> str:
    clean = words("as_written", text, blank=True)
    if len(clean) > AS_WRITTEN_LENGTH:
        raise BadInput("as_written", f"At most {AS_WRITTEN_LENGTH} characters.")
    return clean
