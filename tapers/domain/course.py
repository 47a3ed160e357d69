"""What was really taken, as far as it was said: planned and actual dose as step functions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from tapers.domain.dose import to_prednisone_mg
from tapers.domain.plan import DoseStep, Plan


class Outcome(StrEnum):
    TAKEN = "TAKEN"
    NOT_YET = "NOT_YET"
    PROBLEM = "PROBLEM"


@dataclass(frozen=True)
class Report:
    """What a patient or a nurse said of a step. `on` is the day it was taken, or was said."""

    step_number: int
    outcome: Outcome
    on: date


@dataclass(frozen=True)
class DoseInForce:
    """The dose of a day, in mg of the drug. No step: still the dose before the plan.

    `confirmed` when that step was reported taken; otherwise the dose is an estimate.
    """

    daily_mg: Decimal
    step_number: int | None
    confirmed: bool


@dataclass(frozen=True)
class DosePeriod:
    """A dose in force from `begins_on` to before `ends_on`; None: until further notice."""

    begins_on: date
    ends_on: date | None
    dose: DoseInForce


@dataclass(frozen=True)
class DoseLines:
    """Points of two step functions for a chart, (day, mg of the drug), each dose until the next.

    `taken` ends where nothing is confirmed any more; empty when nothing was reported taken.
    """

    planned: tuple[tuple[date, Decimal], ...]
    taken: tuple[tuple[date, Decimal], ...]


@dataclass(frozen=True)
class _Stretch:
    """A dose in force from `begins_on` until the next stretch begins."""

    begins_on: date
    dose: DoseInForce


def dose_in_force(
    *, plan: Plan, reports: Sequence[Report], on: date, held_on: date | None = None
) -> DoseInForce | None:
    """Return the dose of that day; None before the plan.

    It is the planned step of the day, but never past a step that was reported not yet taken or
    a problem, nor, while the taper is on hold, past the step in force on *held_on*.
    """
    begun = [each for each in _stretches(plan, reports, held_on) if each.begins_on <= on]
    return begun[-1].dose if begun else None


def cumulative_prednisone_mg(
    *,
    plan: Plan,
    reports: Sequence[Report],
    from_on: date,
    to_on: date,
    held_on: date | None = None,
) -> Decimal:
    """Return prednisone mg over [from_on, to_on): actual where confirmed, otherwise planned.

    A sum over days of a step function; days before the plan count nothing.
    """
    stretches = _stretches(plan, reports, held_on)
    ends = [*(each.begins_on for each in stretches[1:]), to_on]
    taken = Decimal(0)
    for stretch, end in zip(stretches, ends, strict=True):
        days = (min(end, to_on) - max(stretch.begins_on, from_on)).days
        taken += max(days, 0) * stretch.dose.daily_mg
    return to_prednisone_mg(drug=plan.drug, mg=taken)


def dose_periods(
    *, plan: Plan, reports: Sequence[Report], held_on: date | None = None
) -> tuple[DosePeriod, ...]:
    """Return the whole course in the order of its days, one period a dose."""
    stretches = _stretches(plan, reports, held_on)
    ends = [*(each.begins_on for each in stretches[1:]), None]
    return tuple(
        DosePeriod(each.begins_on, end, each.dose)
        for each, end in zip(stretches, ends, strict=True)
    )


def next_step(
    *, plan: Plan, reports: Sequence[Report], on: date, held_on: date | None = None
) -> DoseStep | None:
    """Return the step after the dose in force; its day may lie in the past when it is late."""
    dose = dose_in_force(plan=plan, reports=reports, on=on, held_on=held_on)
    following = (dose.step_number or 0) + 1 if dose else 1
    return plan.step(following) if following <= len(plan.steps) else None


def late_step(*, plan: Plan, reports: Sequence[Report], on: date) -> tuple[DoseStep, int] | None:
    """Return the first step due by *on* that nobody confirmed, and for how many days (0: today).

    A step followed by one reported taken is past. A step that changes nothing, as a hold, has
    nothing to confirm.
    """
    last_taken = max(_taken_on(plan, reports), default=0)
    for step in plan.steps[last_taken:]:
        if step.starts_on <= on and plan.changes_dose(step.number):
            return step, (on - step.starts_on).days
    return None


def step_left_open(
    *,
    plan: Plan,
    reports: Sequence[Report],
    taken_back: Collection[int],
    asks_from_step: int = 1,
) -> DoseStep | None:
    """Return the first step whose report was taken back while a later one stands as taken.

    What was taken in it is not known, until the step is reported anew or is said, on the day of the
    later one or since, not to have been taken.
    """
    taken = _taken_on(plan, reports)
    for step in plan.steps[asks_from_step - 1 :]:
        later = [on for number, on in taken.items() if number > step.number]
        if not later or step.number in taken or step.number not in taken_back:
            continue
        if plan.changes_dose(step.number) and step.number not in _passed_over(reports, min(later)):
            return step
    return None


def unreported_before(
    *,
    plan: Plan,
    reports: Sequence[Report],
    number: int,
    on: date,
    asks_from_step: int = 1,
    taken_back: Collection[int] = (),
) -> DoseStep | None:
    """Return the first step of which must be said what became of it before *number* can be taken.

    Two reductions are never merged by leaving one out: each earlier step was taken, or is said on
    the day *on* or later not to have been, and was passed over. Not asked about: what comes before
    a step that was taken or before *asks_from_step*, and a step that changes nothing; but a step of
    *taken_back*, of which what was said was taken back, is, also before one that was taken.
    """
    left_open = step_left_open(
        plan=plan, reports=reports, taken_back=taken_back, asks_from_step=asks_from_step
    )
    if left_open is not None and left_open.number < number:
        return left_open
    taken = [each for each in _taken_on(plan, reports) if each < number]
    passed_over = _passed_over(reports, on)
    first = max(max(taken, default=0) + 1, asks_from_step)
    for step in plan.steps[first - 1 : number - 1]:
        if plan.changes_dose(step.number) and step.number not in passed_over:
            return step
    return None


def _passed_over(reports: Sequence[Report], on: date) -> set[int]:
    """Steps said on that day or later not to have been taken."""
    return {
        each.step_number for each in reports if each.outcome is Outcome.NOT_YET and each.on >= on
    }


def dose_points(
    *, plan: Plan, reports: Sequence[Report], until: date, held_on: date | None = None
) -> DoseLines:
    """Return both lines of the dose chart; the taken one reaches to *until* at most."""
    stretches = _stretches(plan, reports, held_on)
    confirmed = [place for place, each in enumerate(stretches) if each.dose.confirmed]
    known = stretches[: confirmed[-1] + 2] if confirmed else []
    points = [(each.begins_on, each.dose.daily_mg) for each in known if each.begins_on <= until]
    if known and len(points) > confirmed[-1] + 1:
        points[-1] = (points[-1][0], points[-2][1])  # the end of what is known, not a new dose
    elif points and points[-1][0] < until:
        points.append((until, points[-1][1]))
    return DoseLines(
        planned=tuple((step.starts_on, step.daily_mg) for step in plan.steps),
        taken=tuple(points),
    )


def _stretches(plan: Plan, reports: Sequence[Report], held_on: date | None) -> list[_Stretch]:
    """The course in the order of its days, as far as it may go by reports and hold."""
    taken = _taken_on(plan, reports)
    before = DoseInForce(daily_mg=plan.start_daily_mg, step_number=None, confirmed=False)
    stretches = [_Stretch(min([plan.starts_on, *taken.values()]), before)]
    for step in _passable(plan, reports):
        begins_on = taken.get(step.number, max(step.starts_on, stretches[-1].begins_on))
        later = [on for number, on in taken.items() if number > step.number]
        stretches.append(
            _Stretch(
                min([begins_on, *later]),
                DoseInForce(step.daily_mg, step.number, confirmed=step.number in taken),
            )
        )
    allowed = [
        each
        for place, each in enumerate(stretches)
        if held_on is None or each.begins_on <= held_on or place == 0  # held before it began
    ]
    ended_at_once = {
        place
        for place, (each, following) in enumerate(pairwise(allowed))
        if each.begins_on == following.begins_on
    }
    return [each for place, each in enumerate(allowed) if place not in ended_at_once]


def _passable(plan: Plan, reports: Sequence[Report]) -> list[DoseStep]:
    """The steps up to the first one that is blocked; those before a taken one are past."""
    last_taken = max(_taken_on(plan, reports), default=0)
    blocked = _blocked(plan, reports)
    passable = []
    for step in plan.steps:
        if step.number > last_taken and step.number in blocked:
            break
        if step.number >= last_taken or step.number not in blocked:
            passable.append(step)
    return passable


def _latest(reports: Sequence[Report]) -> dict[int, Report]:
    """The last word on each step; of two on one day the later in the sequence."""
    ordered = sorted(reports, key=lambda report: report.on)
    return {report.step_number: report for report in ordered}


def _taken_on(plan: Plan, reports: Sequence[Report]) -> dict[int, date]:
    return {
        number: report.on
        for number, report in _latest(reports).items()
        if report.outcome is Outcome.TAKEN and number <= len(plan.steps)
    }


def _blocked(plan: Plan, reports: Sequence[Report]) -> set[int]:
    """Steps said not to be taken. A word from before the step's present day is out of date:
    since then the plan was resumed or revised, or it was too early to be a refusal."""
    return {
        number
        for number, report in _latest(reports).items()
        if report.outcome is not Outcome.TAKEN
        and number <= len(plan.steps)
        and report.on >= plan.step(number).starts_on
    }
