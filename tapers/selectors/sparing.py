"""Steroid-sparing drugs and infusions: their rows, and what was known of them on a day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet

from patients.access import visible_patients
from patients.clock import today_in
from patients.errors import NotFound
from patients.models import Patient
from tapers.domain.prescription import Prescription
from tapers.domain.sparing import (
    Agent,
    Build,
    CheckScheme,
    Frequency,
    Weekday,
    WeightBasis,
    weight_by,
)
from tapers.domain.sparing import Infusion as Given
from tapers.domain.sparing import SparingCourse as Course
from tapers.models import Infusion, SparingCourse, SparingRevision
from tapers.selectors.readings import infusions_of
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
    """Return each course as it was in force on that day; see course_known."""
    rows = _rows().filter(patient=patient).exclude(status=CourseStatus.ENTERED_IN_ERROR)
    return tuple(course_known(row, as_of=as_of) for row in rows)


def course_known(row: SparingCourse, *, as_of: date) -> Course:
    """Return the course as it was in force on a day; an end that came later did not hold then."""
    course = course_of_revision(row, revision_known(row, as_of=as_of))
    ended_later = course.ended_on is not None and course.ended_on > as_of
    return replace(course, ended_on=None) if ended_later else course


def revision_known(row: SparingCourse, *, as_of: date) -> SparingRevision:
    """Return the last revision in force on a day, else the first.

    As with visits and tapers the day counts on which something was so, not that on which it was
    typed in: a revision is in force from the first day on which its doses differ from those before,
    and one of doses ahead, or without other doses, from the day it was made.
    """
    revisions = revisions_of_course(row)
    in_force = [
        each
        for before, each in pairwise([None, *revisions])
        if each is not None and _in_force_on(row, before, each) <= as_of
    ]
    return (in_force or revisions[:1])[-1]


def _in_force_on(
    row: SparingCourse, before: SparingRevision | None, revision: SparingRevision
) -> date:
    made_on = today_in(row.patient.time_zone, at=revision.created_at)
    old = _days_and_mg(before) if before is not None else set()
    changed = {day for day, _ in old ^ _days_and_mg(revision)}
    return min([made_on, *changed])


def _days_and_mg(revision: SparingRevision) -> set[tuple[date, Decimal]]:
    return {(dose.starts_on, dose.mg) for dose in revision.doses.all()}


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
        weight_basis=_basis_of(revision),
        target_weight_kg=_target_weight_of(revision),
        target_mg=revision.target_mg,
        check_scheme=CheckScheme(revision.check_scheme) if revision.check_scheme else None,
        dense_after_increase=revision.dense_after_increase,
        recorded_on=min(made_on, doses[0].on),
    )


def _basis_of(revision: SparingRevision) -> WeightBasis | None:
    return WeightBasis(revision.weight_basis) if revision.weight_basis else None


def _target_weight_of(revision: SparingRevision) -> Decimal | None:
    return weight_by(
        _basis_of(revision),
        build=Build(revision.build) if revision.build else None,
        height_cm=revision.height_cm,
        weight_kg=revision.weight_kg,
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
        build=Build(revision.build) if revision.build else None,
        height_cm=revision.height_cm,
        check_scheme=course.check_scheme,
        dense_after_increase=course.dense_after_increase,
        as_written=revision.as_written,
    )


def revisions_of_course(row: SparingCourse) -> Sequence[SparingRevision]:
    """Return the revisions by number; read with the course where that came from here."""
    return sorted(row.revisions.all(), key=lambda each: each.number)


def known_infusions(*, patient: Patient, as_of: date) -> tuple[Given, ...]:
    return tuple(row.to_domain() for row in infusions_of([patient.pk], until=as_of))


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
