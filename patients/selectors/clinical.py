"""Facts about a patient that rules ask for."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, QuerySet

from patients.clock import today_in
from patients.facts import Change
from patients.models import Diagnosis, Patient, SteroidExposure
from patients.selectors.assessments import DomainDates, domain_dates_for, last_of
from patients.vocabulary import Biopsy, DiagnosisStatus


@dataclass(frozen=True)
class ClinicalSnapshot:
    """What is known of a patient on a day; None is "not known", never "no"."""

    biopsy_recorded: bool
    confirmed_on: date | None
    last_mmt_on: date | None
    last_function_on: date | None
    last_ck_on: date | None
    exposure_days: int | None


def clinical_snapshot(*, patient: Patient, on: date) -> ClinicalSnapshot:
    return clinical_snapshots([(patient.pk, on)])[patient.pk, on]


def clinical_snapshots(
    asked: Collection[tuple[UUID, date]],
) -> dict[tuple[UUID, date], ClinicalSnapshot]:
    """Return what is known of each patient on the day asked for, in three queries."""
    patient_ids = {patient_id for patient_id, _ in asked}
    diagnoses = _diagnoses_of(patient_ids)
    measured = domain_dates_for(patient_ids=patient_ids)
    courses = _courses_of(patient_ids)
    return {
        (patient_id, on): _snapshot(
            diagnoses.get(patient_id), measured[patient_id], courses[patient_id], on
        )
        for patient_id, on in asked
    }


def _snapshot(
    diagnosis: Diagnosis | None,
    measured: Sequence[DomainDates],
    courses: Sequence[SteroidExposure],
    on: date,
) -> ClinicalSnapshot:
    last = last_of(measured, on_or_before=on)
    return ClinicalSnapshot(
        biopsy_recorded=diagnosis is not None and diagnosis.biopsy == Biopsy.DONE,
        confirmed_on=diagnosis.confirmed_on if diagnosis is not None else None,
        last_mmt_on=last.mmt,
        last_function_on=last.function,
        last_ck_on=last.ck,
        exposure_days=exposure_days_in(courses, on=on),
    )


def _diagnoses_of(patient_ids: Collection[UUID]) -> dict[UUID, Diagnosis]:
    rows = Diagnosis.objects.filter(patient__in=patient_ids).order_by("recorded_at", "id")
    return {row.patient_id: row for row in rows}  # the newest holds


def _courses_of(patient_ids: Collection[UUID]) -> dict[UUID, list[SteroidExposure]]:
    courses: dict[UUID, list[SteroidExposure]] = {patient_id: [] for patient_id in patient_ids}
    for row in _standing_courses().filter(patient__in=patient_ids):
        courses[row.patient_id].append(row)
    return courses


def diagnosis_of(*, patient: Patient) -> Diagnosis | None:
    rows = Diagnosis.objects.filter(patient=patient).select_related("recorded_by")
    return rows.order_by("-recorded_at", "-id").first()


def diagnosis_known_on(*, patient: Patient, on: date) -> Diagnosis | None:
    """Return the diagnosis that held on that day; None where none was known by then.

    A confirmed one holds from the day it was confirmed on, anything else from the day it was
    recorded on. A confirmation recorded anew replaces the one before, on earlier days, too.
    """
    rows = list(Diagnosis.objects.filter(patient=patient).order_by("-recorded_at", "-id"))
    confirmed = [row for row in rows if row.status == DiagnosisStatus.CONFIRMED]
    standing = (row for row in rows if row not in confirmed[1:])
    return next((row for row in standing if _held_from(row, patient) <= on), None)


def _held_from(row: Diagnosis, patient: Patient) -> date:
    return row.confirmed_on or today_in(patient.time_zone, at=row.recorded_at)


def _standing_courses() -> "QuerySet[SteroidExposure]":
    """Courses as they now stand: not corrected since, and not entered in error."""
    rows = SteroidExposure.objects.filter(replaced_by__isnull=True)
    return rows.exclude(change=Change.IN_ERROR)


def exposures_of(*, patient: Patient, every_version: bool = False) -> list[SteroidExposure]:
    """Return the courses, newest first; on request with what they replaced.

    One of unknown start is the oldest.
    """
    rows = SteroidExposure.objects.all() if every_version else _standing_courses()
    rows = rows.filter(patient=patient).select_related("recorded_by")
    return list(rows.order_by(F("started_on").desc(nulls_last=True), "-recorded_at", "-id"))


def current_exposure(*, patient: Patient, on: date) -> SteroidExposure | None:
    return current_exposures_for(patient_ids=[patient.pk], on=on).get(patient.pk)


def current_exposures_for(
    *, patient_ids: Iterable[UUID], on: date | Mapping[UUID, date]
) -> dict[UUID, SteroidExposure]:
    """Return the course each patient is on that day, the latest started; in one query.

    *on* may be a day for each patient: today is not the same day everywhere.
    """
    rows = (
        _standing_courses()
        .filter(patient_id__in=list(patient_ids))
        .order_by(F("started_on").asc(nulls_first=True), "recorded_at", "id")
    )
    return {
        row.patient_id: row
        for row in rows
        if _runs_on(row, on if isinstance(on, date) else on[row.patient_id])
    }


def exposure_days_before(*, patient: Patient, on: date) -> int | None:
    """Return for how many days without a gap the patient was treated before *on*.

    None when no course runs up to that day, or when it is not known when one of them began.
    """
    return exposure_days_in(exposures_of(patient=patient), on=on)


def exposure_days_in(every_course: Sequence[SteroidExposure], *, on: date) -> int | None:
    """The same, of courses that were read already."""
    courses = [course for course in every_course if _reaches(course, on)]
    running = [course for course in courses if _runs_up_to(course, on)]
    if not running:
        return None
    began = _unbroken_since(running, courses)
    return (on - began).days if began is not None else None


def _unbroken_since(
    running: Sequence[SteroidExposure], courses: Sequence[SteroidExposure]
) -> date | None:
    """Walk back from course to course as long as each touches the one after it."""
    began = _first_start(running)
    while began is not None:
        touching = [course for course in courses if _runs_up_to(course, began)]
        earlier = _first_start(touching) if touching else began
        if earlier == began:
            return began
        began = earlier
    return None


def _first_start(courses: Sequence[SteroidExposure]) -> date | None:
    starts = [course.started_on for course in courses]
    known = [start for start in starts if start is not None]
    return min(known) if len(known) == len(starts) else None


def _reaches(course: SteroidExposure, on: date) -> bool:
    """A course with a dose that began before *on*, as far as is known."""
    dosed = course.daily_mg > 0 or (course.alternate_daily_mg or 0) > 0
    return dosed and (course.started_on is None or course.started_on < on)


def _runs_up_to(course: SteroidExposure, on: date) -> bool:
    began_before = course.started_on is None or course.started_on <= on
    return began_before and (course.ended_on is None or course.ended_on >= on)


def _runs_on(course: SteroidExposure, on: date) -> bool:
    began = course.started_on is None or course.started_on <= on
    return began and (course.ended_on is None or course.ended_on > on)
