"""What a patient or the team says of a step: taken, not yet, or a problem."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from patients import audit
from patients.access import Actor, PatientByLink, Permission, check, user_of
from patients.errors import BadInput
from patients.selectors.trail import done_by
from patients.services.tasks import close_calls, open_task
from patients.vocabulary import Event, TaskKind
from tapers.domain.changes import shift_late_step
from tapers.domain.course import Outcome, Report
from tapers.domain.plan import Plan, days_after
from tapers.domain.states import Action
from tapers.errors import AlreadyReported, EarlierStepUnreported, PlanChanged
from tapers.models import StepReport, Taper
from tapers.selectors.plans import (
    current_revision,
    earlier_unreported,
    plan_of,
    reports_for,
    standing_reports,
    steps_taken_back,
    taken_steps,
)
from tapers.selectors.reminders import steps_source
from tapers.services.alerts import store_findings
from tapers.services.changing import complete
from tapers.services.course_alerts import evaluate_course
from tapers.services.revisions import (
    check_day,
    check_not_ahead,
    locked,
    status_after,
    store_revision,
    today_of,
    words,
)
from tapers.services.schedule import ask_for_monitoring, ask_for_reminders
from tapers.vocabulary import Origin, ReportedBy

FIRST_STEP_EARLY_DAYS = 14
ANSWERED = "Step {step} was answered for: {outcome}. No call is needed for that."
SAID = {Outcome.TAKEN: "taken", Outcome.NOT_YET: "not yet taken", Outcome.PROBLEM: "a problem"}


@transaction.atomic
def report_step(
    *,
    actor: Actor,
    taper: Taper,
    step_number: int,
    outcome: Outcome | str,
    taken_on: date | None,
    reported_by: ReportedBy | str,
    note: str = "",
    revision: int | None = None,
    at: datetime,
) -> StepReport:
    """Store what was said of a step.

    A step is taken after the ones before it: while it is not known what became of one of them, it
    raises EarlierStepUnreported. Not taken is an answer, and it is the team's to give.

    Taken late, it moves itself and all later steps by its delay, in a revision of their own; taken
    early, it moves nothing; taken at 0 mg, it completes the taper. A problem opens a task. With
    *revision*, what was said of another revision raises PlanChanged.
    """
    check(actor, Permission.REPORT_STEP, taper.patient)
    taper = locked(taper)
    status_after(taper, Action.REPORT_STEP)
    outcome, reported_by = _outcome(outcome), _reporter(reported_by)
    note = words("note", note, blank=True)
    plan = plan_of(taper)
    plan.step(step_number)
    if revision not in (None, taper.revision):
        raise PlanChanged
    if isinstance(actor, PatientByLink):
        said_before = _said_today(taper, step_number, outcome, note, at=at)
        if said_before is not None:
            return said_before
    reports = reports_for(taper)
    taken = taken_steps(reports)
    _check_said(taper, taken, step_number, outcome, taken_on, at=at)
    if taken_on is not None:
        _check_earlier_known(actor, taper, plan, reports, step_number, taken_on, at=at)
        _check_in_order(plan, taken, step_number, taken_on)
    report = _store(
        StepReport(
            taper=taper,
            revision_number=taper.revision,
            step_number=step_number,
            outcome=outcome,
            taken_on=taken_on,
            reported_on=today_of(taper, at=at),
            reported_by=reported_by,
            note=note,
            recorded_by=user_of(actor),
            recorded_at=at,
        )
    )
    audit.record(
        Event.STEP_REPORTED,
        patient=taper.patient,
        actor=actor,
        at=at,
        subject=report,
        taper=str(taper.pk),
        step=step_number,
        outcome=outcome,
        taken_on=taken_on.isoformat() if taken_on else None,
        reported_by=reported_by,
    )
    close_calls(
        actor=actor,
        patient=taper.patient,
        about=steps_source(taper.pk),
        until=plan.step(step_number).starts_on,
        note=ANSWERED.format(step=step_number, outcome=SAID[outcome]),
        at=at,
    )
    _follow_up(actor, taper, plan, report, later_taken=max(taken, default=0) > step_number, at=at)
    evaluate_course(patient=taper.patient, actor=actor, cause=report, at=at)
    return report


def _follow_up(
    actor: Actor, taper: Taper, plan: Plan, report: StepReport, *, later_taken: bool, at: datetime
) -> None:
    """Move the plan, ask for its reminders, call a person, or complete, as the report demands."""
    if report.outcome == Outcome.PROBLEM:
        _call_for_help(actor, taper, report, at=at)
    planned = plan.step(report.step_number).starts_on
    if report.taken_on is not None and report.taken_on > planned and not later_taken:
        plan = _move(actor, taper, plan, report.step_number, report.taken_on, at=at)
    if report.taken_on is not None and report.step_number == len(plan.steps):
        complete(actor, taper, status_after(taper, Action.COMPLETE), report.taken_on, at=at)
        return
    ask_for_reminders(taper, plan, at)


def _move(
    actor: Actor, taper: Taper, plan: Plan, step_number: int, taken_on: date, *, at: datetime
) -> Plan:
    """Store the plan moved by the delay as the next revision; what it brings up never blocks."""
    last, ends_before = current_revision(taper), taper.first_zero_on
    moved = shift_late_step(plan=plan, step_number=step_number, taken_on=taken_on)
    revision = store_revision(
        actor=actor,
        taper=taper,
        plan=moved,
        origin=Origin.LATE_STEP,
        edited_from_step=last.edited_from_step,
        asks_from_step=last.asks_from_step,
        at=at,
    )
    taper.save(update_fields=["revision", "starts_on", "first_zero_on"])
    store_findings(actor=actor, taper=taper, plan=moved, revision=revision, at=at)
    ask_for_monitoring(taper.patient, at)
    audit.record(
        Event.PLAN_REVISED,
        patient=taper.patient,
        actor=actor,
        at=at,
        subject=taper,
        revision=revision.number,
        origin=revision.origin,
        step=step_number,
        days=(taken_on - plan.step(step_number).starts_on).days,
        first_zero_on={"before": str(ends_before), "after": str(taper.first_zero_on)},
    )
    return moved


def _call_for_help(actor: Actor, taper: Taper, report: StepReport, *, at: datetime) -> None:
    open_task(
        clinic=taper.patient.clinic,
        patient=taper.patient,
        kind=TaskKind.STEP_PROBLEM,
        key=f"step-problem:{taper.pk}:{report.step_number}",
        text=f"A problem was reported with step {report.step_number} of the taper.",
        actor=actor,
        at=at,
    )


def _said_today(
    taper: Taper, step_number: int, outcome: Outcome, note: str, *, at: datetime
) -> StepReport | None:
    """A button pressed twice is one answer; that a step was taken is refused further down."""
    rows = StepReport.objects.filter(
        taper=taper,
        revision_number=taper.revision,
        step_number=step_number,
        outcome__in=[Outcome.NOT_YET.value, Outcome.PROBLEM.value],
        reported_on=today_of(taper, at=at),
        recorded_by__isnull=True,
    )
    last = rows.order_by("recorded_at").last()
    return last if last is not None and (last.outcome, last.note) == (outcome, note) else None


# What is refused ---------------------------------------------------------------------------------


def _outcome(word: Outcome | str) -> Outcome:
    try:
        return Outcome(word)
    except ValueError:
        raise BadInput("outcome", f"This is one of {', '.join(Outcome)}.") from None


def _reporter(word: ReportedBy | str) -> ReportedBy:
    try:
        return ReportedBy(word)
    except ValueError:
        raise BadInput("reported_by", f"This is one of {', '.join(ReportedBy.values)}.") from None


def _check_said(
    taper: Taper,
    taken: dict[int, date],
    step_number: int,
    outcome: Outcome,
    taken_on: date | None,
    *,
    at: datetime,
) -> None:
    if outcome is not Outcome.TAKEN:
        if taken_on is not None:
            raise BadInput("taken_on", "Only a step that was taken has a day it was taken on.")
        if outcome is Outcome.NOT_YET and step_number in taken:
            raise AlreadyReported(step_number, _taken_by(taper, step_number))
        return
    if step_number in taken:
        raise AlreadyReported(step_number, _taken_by(taper, step_number))
    if taken_on is None:
        raise BadInput("taken_on", "Give the day the step was taken on.")
    check_day(taper, taken_on, field="taken_on", at=at)
    check_not_ahead(taper, taken_on, field="taken_on", at=at)


def _check_earlier_known(
    actor: Actor,
    taper: Taper,
    plan: Plan,
    reports: tuple[Report, ...],
    number: int,
    taken_on: date,
    *,
    at: datetime,
) -> None:
    """The patient is asked about one step after the other; that one was passed over, staff say.

    What was taken in a step whose report was taken back is the team's to say, too.
    """
    taken_back = frozenset[int]()
    if isinstance(actor, PatientByLink):
        reports = tuple(each for each in reports if each.outcome is Outcome.TAKEN)
    else:
        taken_back = steps_taken_back(taper)
    said_from = min(taken_on, today_of(taper, at=at))
    earlier = earlier_unreported(
        taper=taper,
        plan=plan,
        reports=reports,
        number=number,
        on=said_from,
        taken_back=taken_back,
    )
    if earlier is not None:
        raise EarlierStepUnreported(number, earlier)


def _check_in_order(plan: Plan, taken: dict[int, date], number: int, taken_on: date) -> None:
    """A step follows the one before it, and comes before a later one that was taken."""
    first = _earliest(plan, taken, number)
    if taken_on < first:
        raise BadInput("taken_on", f"Step {number} cannot be taken before {first.isoformat()}.")
    later = [on for other, on in taken.items() if other > number]
    if later and taken_on >= min(later):
        raise BadInput(
            "taken_on",
            f"A later step was taken on {min(later).isoformat()}; give a day before it.",
        )


def _earliest(plan: Plan, taken: dict[int, date], number: int) -> date:
    if number == 1:
        return days_after(plan.starts_on, -FIRST_STEP_EARLY_DAYS)
    before = plan.step(number - 1)
    return days_after(taken.get(before.number, before.starts_on), 1)


def _taken_by(taper: Taper, step_number: int) -> str:
    """Say who reported it and when, for whoever comes second."""
    report = (
        standing_reports()
        .filter(taper=taper, step_number=step_number, outcome=Outcome.TAKEN)
        .first()
    )
    if report is None:
        return ""
    return done_by(patient=taper.patient, subject=report, events=(Event.STEP_REPORTED,))


def _store(report: StepReport) -> StepReport:
    """Two people may report the same step in one moment; the constraint lets one of them win."""
    try:
        with transaction.atomic():
            report.save(force_insert=True)
    except IntegrityError:
        raise AlreadyReported(report.step_number) from None
    return report
