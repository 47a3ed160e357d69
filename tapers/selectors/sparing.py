"""Steroid-sparing drugs and infusions: their rows, and what was known of them on a day."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet

from patients.access import visible_patients
from patients.clock import today_in
from patients.errors import NotFound
from patients.models import Patient
from tapers.domain.prescription import Prescription
from tapers.domain.sparing import Agent, CheckScheme, Frequency, Weekday, WeightBasis
from tapers.domain.sparing import Infusion as Given
from tapers.domain.sparing import SparingCourse as Course
from tapers.models import Infusion, SparingCourse, SparingRevision
from tapers.vocabulary import CourseStatus


def sparing_courses_for(*, actor: User, patient: Patient) -> QuerySet[SparingCourse]:
    """Return the courses of a visible patient, newest first; those in error among them."""
    return _rows().filter(patient=patient, patient__in=visible_patients(actor=actor))


def sparing_course_for(*, actor: User, id: UUID | str) -> SparingCourse:  # noqa: A002
    try:
        return _rows().filter(patient__in=visible_patients(actor=actor)).get(pk=id)
    except (SparingCourse.DoesNotExist, ValidationError):
        raise NotFound("There is no such course of a drug.") from None


def sparing_course_of(course_id: UUID) -> SparingCourse:
    """Return the course as it is stored now, with its revisions and doses."""
    return _rows().get(pk=course_id)


def running_courses_of(*, patient: Patient) -> list[SparingCourse]:
    return list(_rows().filter(patient=patient, status=CourseStatus.RUNNING))


def infusions_for(*, actor: User, patient: Patient) -> QuerySet[Infusion]:
    """Return the infusions of a visible patient, newest first; those in error among them."""
    return (
        Infusion.objects.filter(patient=patient, patient__in=visible_patients(actor=actor))
        .select_related("recorded_by", "discarded_by")
        .order_by("-infused_on", "-recorded_at", "-id")
    )


def infusion_for(*, actor: User, id: UUID | str) -> Infusion:  # noqa: A002
    rows = Infusion.objects.filter(patient__in=visible_patients(actor=actor))
    try:
        return rows.select_related("patient__clinic").get(pk=id)
    except (Infusion.DoesNotExist, ValidationError):
        raise NotFound("There is no such infusion.") from None


# As values -----------------------------------------------------------------------------------


def known_courses(*, patient: Patient, as_of: date) -> tuple[Course, ...]:
    """Return each course as the revision of that day had it; a history counts from its days."""
    rows = _rows().filter(patient=patient).exclude(status=CourseStatus.ENTERED_IN_ERROR)
    return tuple(course_known(row, as_of=as_of) for row in rows)


def course_known(row: SparingCourse, *, as_of: date) -> Course:
    """Return the course as known on a day: by the last revision of that day, else the first."""
    zone = row.patient.time_zone
    revisions = revisions_of_course(row)
    by_then = [each for each in revisions if today_in(zone, at=each.created_at) <= as_of]
    return course_of_revision(row, (by_then or revisions[:1])[-1])


def course_now(row: SparingCourse) -> Course:
    return course_of_revision(row, revisions_of_course(row)[-1])


def course_of_revision(row: SparingCourse, revision: SparingRevision) -> Course:
    made_on = today_in(row.patient.time_zone, at=row.created_at)
    doses = tuple(dose.to_domain() for dose in revision.doses.all())
    return Course(
        agent=Agent(row.agent),
        doses=doses,
        frequency=Frequency(revision.frequency) if revision.frequency else None,
        ended_on=row.ended_on,
        weekday=Weekday(revision.weekday) if revision.weekday else None,
        folic_acid_mg_per_week=revision.folic_acid_mg_per_week,
        unit_confirmed=revision.unit_confirmed_at is not None,
        weight_basis=WeightBasis(revision.weight_basis) if revision.weight_basis else None,
        target_mg=revision.target_mg,
        check_scheme=CheckScheme(revision.check_scheme) if revision.check_scheme else None,
        dense_after_increase=revision.dense_after_increase,
        recorded_on=min(made_on, doses[0].on),
    )


def prescription_now(row: SparingCourse) -> Prescription:
    """Return the particulars in force, without the doses: what a revision leaves as it was."""
    revision, course = revisions_of_course(row)[-1], course_now(row)
    return Prescription(
        agent=course.agent,
        target_mg=course.target_mg,
        frequency=course.frequency,
        weekday=course.weekday,
        folic_acid_mg_per_week=course.folic_acid_mg_per_week,
        unit_confirmed=course.unit_confirmed,
        weight_basis=course.weight_basis,
        weight_kg=revision.weight_kg,
        check_scheme=course.check_scheme,
        dense_after_increase=course.dense_after_increase,
        as_written=revision.as_written,
    )


def revisions_of_course(row: SparingCourse) -> Sequence[SparingRevision]:
    """Return the revisions by number; read with the course where that came from here."""
    return sorted(row.revisions.all(), key=lambda each: each.number)


def known_infusions(*, patient: Patient, as_of: date) -> tuple[Given, ...]:
    rows = Infusion.objects.filter(
        patient=patient, infused_on__lte=as_of, discarded_at__isnull=True
    )
    return tuple(row.to_domain() for row in rows.order_by("infused_on", "recorded_at"))


def courses_of_patients(patients: QuerySet[Patient]) -> QuerySet[SparingCourse]:
    """Return the running courses of many patients, in three queries."""
    return _rows().filter(patient__in=patients, status=CourseStatus.RUNNING)


def _rows() -> QuerySet[SparingCourse]:
    revisions = SparingRevision.objects.select_related("created_by", "unit_confirmed_by")
    return (
        SparingCourse.objects.select_related("patient__clinic", "created_by", "ended_by")
        .prefetch_related(Prefetch("revisions", revisions.order_by("number")), "revisions__doses")
        .order_by("-created_at", "-id")
    )
