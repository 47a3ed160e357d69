"""Where patients stand in their tapers; the same few queries for five patients or fifty."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from patients.clock import today_in
from patients.models import Patient
from patients.selectors import current_exposures_for
from tapers.domain.course import DoseInForce, Outcome, Report, late_step, next_step
from tapers.domain.dose import Drug
from tapers.domain.plan import DoseStep, Plan
from tapers.domain.states import RUNNING, Status
from tapers.models import PlanRevision, Taper
from tapers.selectors.plans import dose_of, left_open_in, plans_of, reports_of

ENDED = (Status.COMPLETED, Status.REVOKED)


@dataclass(frozen=True)
class Course:
    """A taper as it stands on *on*: the running one of a patient, else the one that ended last.

    `dose_now` is in mg of the drug; before the plan it is the start dose without a step. Unless
    the taper is active there is no next step and nothing is late. `frozen_on` is the day whose
    dose stays in force during a hold; to say since when it is on hold there is `held_on`.
    """

    taper_id: UUID
    patient_id: UUID
    status: Status
    revision: int
    drug: Drug
    plan: Plan
    reports: tuple[Report, ...]
    on: date
    held_on: date | None
    frozen_on: date | None
    dose_now: DoseInForce
    next_step: DoseStep | None
    late: tuple[DoseStep, int] | None
    starts_on: date
    first_zero_on: date
    ended_on: date | None

    @property
    def daily_mg(self) -> Decimal:
        return self.dose_now.daily_mg


@dataclass(frozen=True)
class CurrentDose:
    """What a patient takes today, in mg of the drug; confirmed when a person said so."""

    drug: Drug
    daily_mg: Decimal
    confirmed: bool


def courses_for(*, patient_ids: Iterable[UUID], at: datetime) -> dict[UUID, Course]:
    """Return the course of each patient who has one, on the patient's own day; three queries."""
    tapers = _latest_tapers(patient_ids)
    return _courses_of(tapers, at=at)


def course_of(taper: Taper, *, at: datetime) -> Course:
    return _courses_of([_rows().get(pk=taper.pk)], at=at)[taper.patient_id]


def step_to_report(course: Course) -> int | None:
    """Return the number of the step to be asked about next.

    One whose report was taken back behind a later one, else the late one, else the following.
    """
    if course.status is Status.ACTIVE:
        taper = Taper.objects.get(pk=course.taper_id)
        left_open = left_open_in(taper=taper, plan=course.plan, reports=course.reports)
        if left_open is not None:
            return left_open.number
    if course.late is not None:
        return course.late[0].number
    return course.next_step.number if course.next_step is not None else None


def doses_for(*, patients: Sequence[Patient], at: datetime) -> dict[UUID, CurrentDose]:
    """Return today's dose of each patient of whom it is known: by taper, else by exposure."""
    courses = courses_for(patient_ids=[patient.pk for patient in patients], at=at)
    others = [patient for patient in patients if patient.pk not in courses]
    return doses_by_course(courses) | doses_by_exposure(others, at=at)


def doses_by_course(courses: dict[UUID, Course]) -> dict[UUID, CurrentDose]:
    return {
        pk: CurrentDose(course.drug, course.daily_mg, course.dose_now.confirmed)
        for pk, course in courses.items()
    }


def doses_by_exposure(patients: Sequence[Patient], *, at: datetime) -> dict[UUID, CurrentDose]:
    """Return the dose of those who are on a recorded course today, by their own day; one query."""
    days = {patient.pk: today_in(patient.time_zone, at=at) for patient in patients}
    doses: dict[UUID, CurrentDose] = {}
    for pk, row in current_exposures_for(patient_ids=days, on=days).items():
        if row.drug in set(Drug):
            mg = row.daily_mg
            if row.alternate_daily_mg is not None:
                mg = (row.daily_mg + row.alternate_daily_mg) / 2
            doses[pk] = CurrentDose(Drug(row.drug), mg, confirmed=False)
    return doses


def _latest_tapers(patient_ids: Iterable[UUID]) -> list[Taper]:
    rows = (
        _rows()
        .filter(patient_id__in=list(patient_ids), status__in=[*RUNNING, *ENDED])
        .order_by("ended_on", "ended_at", "created_at")
    )
    latest: dict[UUID, Taper] = {}
    for row in rows:
        held = latest.get(row.patient_id)
        if held is None or row.is_running or not held.is_running:
            latest[row.patient_id] = row
    return list(latest.values())


def _rows() -> QuerySet[Taper]:
    """Tapers with the first step that people are still asked about."""
    current = PlanRevision.objects.filter(taper=OuterRef("pk"), number=OuterRef("revision"))
    return Taper.objects.select_related("patient").annotate(
        asks_from_step=Subquery(current.values("asks_from_step")[:1])
    )


def _courses_of(tapers: Sequence[Taper], *, at: datetime) -> dict[UUID, Course]:
    plans, reports = plans_of(tapers), reports_of(tapers)
    return {
        taper.patient_id: _course(taper, plans[taper.pk], reports[taper.pk], at=at)
        for taper in tapers
    }


def _course(taper: Taper, plan: Plan, reports: tuple[Report, ...], *, at: datetime) -> Course:
    on = today_in(taper.patient.time_zone, at=at)
    is_active = taper.status == Status.ACTIVE
    return Course(
        taper_id=taper.pk,
        patient_id=taper.patient_id,
        status=Status(taper.status),
        revision=taper.revision,
        drug=taper.drug_taken,
        plan=plan,
        reports=reports,
        on=on,
        held_on=taper.held_on,
        frozen_on=taper.frozen_on,
        dose_now=dose_of(taper=taper, plan=plan, reports=reports, on=on),
        next_step=next_step(plan=plan, reports=reports, on=on) if is_active else None,
        late=_late(taper, plan, reports, on) if is_active else None,
        starts_on=taper.starts_on,
        first_zero_on=taper.first_zero_on,
        ended_on=taper.ended_on,
    )


def _late(
    taper: Taper, plan: Plan, reports: tuple[Report, ...], on: date
) -> tuple[DoseStep, int] | None:
    """The first step nobody confirmed; what a revision or a hold settled counts as taken."""
    settled = (taper.asks_from_step or 1) - 1  # type: ignore[attr-defined]
    if settled:
        reports = (*reports, Report(step_number=settled, outcome=Outcome.TAKEN, on=on))
    return late_step(plan=plan, reports=reports, on=on)
