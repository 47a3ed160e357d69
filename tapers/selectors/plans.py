"""Plans, revisions and reports of stored tapers, as domain values."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from patients.errors import NotFound
from tapers.domain.course import (
    DoseInForce,
    Outcome,
    Report,
    dose_in_force,
    step_left_open,
    unreported_before,
)
from tapers.domain.plan import DoseStep as PlannedStep
from tapers.domain.plan import Plan
from tapers.models import DoseStep, PlanRevision, StepReport, Taper
from tapers.vocabulary import Origin


def plan_of(taper: Taper) -> Plan:
    return plans_of([taper])[taper.pk]


def plans_of(tapers: Iterable[Taper]) -> dict[UUID, Plan]:
    """Return the current plan of each taper, in one query."""
    by_id = {taper.pk: taper for taper in tapers}
    steps: dict[UUID, list[DoseStep]] = defaultdict(list)
    rows = (
        DoseStep.objects.filter(
            revision__taper__in=list(by_id), revision__number=F("revision__taper__revision")
        )
        .annotate(taper_id=F("revision__taper_id"))
        .order_by("number")
    )
    for row in rows:
        steps[row.taper_id].append(row)
    return {pk: _plan(by_id[pk], rows_of_one) for pk, rows_of_one in steps.items()}


def plan_of_revision(revision: PlanRevision) -> Plan:
    """Return the plan as it stood; *revision* has its taper and steps prefetched."""
    return _plan(revision.taper, sorted(revision.steps.all(), key=lambda step: step.number))


def _plan(taper: Taper, steps: Sequence[DoseStep]) -> Plan:
    return Plan(
        drug=taper.drug_taken,
        start_daily_mg=taper.start_daily_mg,
        steps=tuple(step.to_domain() for step in steps),
    )


def revisions_of(taper: Taper) -> tuple[PlanRevision, ...]:
    """Return every revision, oldest first, with its steps and who made it."""
    return tuple(
        PlanRevision.objects.filter(taper=taper)
        .select_related("created_by", "taper")
        .prefetch_related("steps")
        .order_by("number")
    )


def current_revision(taper: Taper) -> PlanRevision:
    return PlanRevision.objects.get(taper=taper, number=taper.revision)


def asking_from_of(tapers: Iterable[Taper]) -> dict[UUID, int]:
    """Return the number of the first step people are still asked about, for each; in one query."""
    rows = PlanRevision.objects.filter(
        taper__in=[taper.pk for taper in tapers], number=F("taper__revision")
    )
    return dict(rows.values_list("taper", "asks_from_step"))


def reports_of(tapers: Iterable[Taper]) -> dict[UUID, tuple[Report, ...]]:
    """Return what still counts of what was reported, for each taper; in one query."""
    ids = [taper.pk for taper in tapers]
    rows: dict[UUID, list[StepReport]] = defaultdict(list)
    for row in _with_supersession(standing_reports().filter(taper__in=ids)):
        rows[row.taper_id].append(row)
    return {pk: counting_reports(rows[pk]) for pk in ids}


def reports_for(taper: Taper) -> tuple[Report, ...]:
    return reports_of([taper])[taper.pk]


def standing_reports() -> QuerySet[StepReport]:
    """Return the reports that nobody has taken back."""
    return StepReport.objects.filter(taken_back_at__isnull=True)


def step_reports_of(taper: Taper) -> tuple[StepReport, ...]:
    """Return every report as it was made, oldest first, with those taken back."""
    return tuple(
        StepReport.objects.filter(taper=taper)
        .select_related("recorded_by", "taken_back_by")
        .order_by("recorded_at", "id")
    )


def step_report_for(*, taper: Taper, report_id: UUID) -> StepReport:
    """Return a report of that taper, or raise NotFound."""
    report = StepReport.objects.filter(taper=taper, pk=report_id).first()
    if report is None:
        raise NotFound
    return report


def _with_supersession(reports: QuerySet[StepReport]) -> QuerySet[StepReport]:
    decided_since = PlanRevision.objects.filter(
        taper=OuterRef("taper"),
        number__gt=OuterRef("revision_number"),
        origin__in=[Origin.REVISED, Origin.RESUMED],
    )
    return reports.annotate(superseded=Exists(decided_since)).order_by("recorded_at", "id")


def counting_reports(rows: Sequence[StepReport]) -> tuple[Report, ...]:
    """Keep what says where the patient stands now.

    That a step was taken stays true whatever was said of it before or after. "Not yet" and
    "a problem" count until the step is taken or the prescriber revises or resumes the plan; that
    a step was passed over, said when a later one had been taken, stays true too.
    """
    taken = {row.step_number: row.taken_on for row in rows if row.outcome == Outcome.TAKEN}
    return tuple(
        row.to_domain()
        for row in rows
        if row.outcome == Outcome.TAKEN
        or (
            row.step_number not in taken
            and (not getattr(row, "superseded", False) or is_passed_over(row, taken))
        )
    )


def is_passed_over(row: StepReport, taken: Mapping[int, date | None]) -> bool:
    """Tell whether it says that a step was not taken on a day by which a later one was."""
    later = [on for number, on in taken.items() if number > row.step_number and on is not None]
    return row.outcome == Outcome.NOT_YET and any(on <= row.reported_on for on in later)


def taken_steps(reports: Iterable[Report]) -> dict[int, date]:
    return {each.step_number: each.on for each in reports if each.outcome is Outcome.TAKEN}


def earlier_unreported(
    *,
    taper: Taper,
    plan: Plan,
    reports: Sequence[Report],
    number: int,
    on: date,
    taken_back: Collection[int],
) -> PlannedStep | None:
    """Return the step to be reported before step *number* can be reported taken on that day."""
    return unreported_before(
        plan=plan,
        reports=reports,
        number=number,
        on=on,
        asks_from_step=current_revision(taper).asks_from_step,
        taken_back=taken_back,
    )


def left_open_in(*, taper: Taper, plan: Plan, reports: Sequence[Report]) -> PlannedStep | None:
    """Return the first step whose report was taken back behind one that stands as taken."""
    return step_left_open(
        plan=plan,
        reports=reports,
        taken_back=steps_taken_back(taper),
        asks_from_step=current_revision(taper).asks_from_step,
    )


def steps_taken_back(taper: Taper) -> frozenset[int]:
    """Return the steps of which a report was taken back."""
    rows = StepReport.objects.filter(taper=taper, taken_back_at__isnull=False)
    return frozenset(rows.values_list("step_number", flat=True))


def dose_of(*, taper: Taper, plan: Plan, reports: Sequence[Report], on: date) -> DoseInForce:
    """Return the dose of that day, by plan, reports, hold and end; before the plan its start dose.

    A completed taper is at 0 mg; a stopped one stays, unconfirmed, at the dose of its last day.
    """
    if taper.status == "COMPLETED" and taper.ended_on is not None and on >= taper.ended_on:
        return DoseInForce(daily_mg=plan.steps[-1].daily_mg, step_number=None, confirmed=True)
    ended = taper.ended_on is not None and on > taper.ended_on
    day = taper.ended_on if ended and taper.ended_on else on
    dose = dose_in_force(plan=plan, reports=reports, on=day, held_on=taper.frozen_on)
    if dose is None:
        return DoseInForce(daily_mg=plan.start_daily_mg, step_number=None, confirmed=False)
    if taper.status == "REVOKED":
        return DoseInForce(dose.daily_mg, dose.step_number, confirmed=False)
    return dose
