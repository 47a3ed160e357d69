"""What may become of a plan: late steps, a pause, a revision. Plan in, whole course out.

Numbers and days of steps that lie behind are kept; nothing here merges two reductions.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from tapers.domain.dose import check_mg, mg_text
from tapers.domain.errors import (
    DoseOutOfRange,
    DoseRises,
    NoSteps,
    NotLate,
    PlanDoesNotEndAtZero,
    RegimenOrSteps,
    ReviseBeforeTaken,
    StepAfterZero,
    StepsNotContiguous,
)
from tapers.domain.plan import DoseStep, Plan, days_after, plan_from_steps
from tapers.domain.schedule import Regimen, ladder_for

Steps = list[tuple[date, Decimal]]
Waits = list[int | None]


def shift_late_step(*, plan: Plan, step_number: int, taken_on: date) -> Plan:
    """Move the step and all after it by its delay; the dose before it lasts longer.

    Waits are least times, so lost days are never caught up. Raise NotLate when *taken_on* is
    not after the planned day.
    """
    step = plan.step(step_number)
    if taken_on <= step.starts_on:
        raise NotLate(step_number, step.starts_on)
    return _moved(plan, step_number, taken_on - step.starts_on)


def resume_plan(
    *,
    plan: Plan,
    in_force_number: int | None,
    on: date,
    wait_before_first_days: int | None = None,
) -> Plan:
    """Let the next reduction follow a full wait after *on*; the later ones keep their distances.

    *in_force_number* is the step whose dose was kept up during the pause; None when the first
    had not begun, then *wait_before_first_days* is waited (unless given, the plan's first wait).
    """
    if in_force_number is None:
        wait = wait_before_first_days
        wait = plan.steps[0].wait_days if wait is None else wait
    else:
        wait = plan.step(in_force_number).wait_days
    following = (in_force_number or 0) + 1
    if wait is None or following > len(plan.steps):
        return plan
    return _moved(plan, following, days_after(on, wait) - plan.step(following).starts_on)


def _moved(plan: Plan, first_number: int, by: timedelta) -> Plan:
    starts = [
        days_after(step.starts_on, by.days) if step.number >= first_number else step.starts_on
        for step in plan.steps
    ]
    return _rebuilt(
        plan,
        [(start, step.daily_mg) for start, step in zip(starts, plan.steps, strict=True)],
        [step.wait_days for step in plan.steps],
    )


def revise_remainder(
    *,
    plan: Plan,
    starts_on: date,
    daily_mg: Decimal | None = None,
    regimen: Regimen | None = None,
    steps: Sequence[tuple[date, Decimal]] | None = None,
    last_taken_number: int | None = None,
) -> Plan:
    """Replace what begins on or after *starts_on*; steps begun earlier stay, cut at that day.

    With a regimen: *daily_mg* from *starts_on*, for the regimen's hold or the full wait at that
    dose, then its ladder. With steps: as given; *daily_mg* may stand for the first of them.
    Only the first new step may lie above the dose before it; the last must be 0 mg.
    """
    if (regimen is None) == (steps is None):
        raise RegimenOrSteps
    if regimen is not None:
        new, waits = _ladder_from(plan, starts_on, daily_mg, regimen)
    else:
        new = _steps_from(starts_on, daily_mg, steps or ())
        waits = [*((after - before).days for (before, _), (after, _) in pairwise(new)), None]
    _check_new(plan, new)
    kept = _kept(plan, new[0][0], last_taken_number)
    return _rebuilt(
        plan,
        [*((step.starts_on, step.daily_mg) for step in kept), *new],
        [*(step.wait_days for step in kept), *waits],
    )


def _ladder_from(
    plan: Plan, starts_on: date, daily_mg: Decimal | None, regimen: Regimen
) -> tuple[Steps, Waits]:
    if daily_mg is None:
        raise NoSteps
    ladder = ladder_for(drug=plan.drug, regimen=regimen)
    _check_dose(plan, daily_mg)
    doses = [daily_mg, *ladder.below(daily_mg)]
    waits = [ladder.wait_days(dose) for dose in doses]
    if regimen.hold_days and daily_mg:
        waits[0] = regimen.hold_days
    starts = [starts_on]
    for wait in waits[:-1]:
        starts.append(days_after(starts[-1], wait or 0))
    return list(zip(starts, doses, strict=True)), waits


def _steps_from(
    starts_on: date, daily_mg: Decimal | None, steps: Sequence[tuple[date, Decimal]]
) -> Steps:
    """The steps as given, with the dose of the first day put before them where they begin later."""
    new = list(steps)
    if daily_mg is not None and (not new or new[0][0] > starts_on):
        new.insert(0, (starts_on, daily_mg))
    if not new:
        raise NoSteps
    if new[0][0] < starts_on or (daily_mg is not None and new[0][1] != daily_mg):
        raise StepsNotContiguous("The first step begins with the revision, at its dose.")
    return new


def _check_new(plan: Plan, new: Steps) -> None:
    for (day, dose), (next_day, next_dose) in pairwise(new):
        if next_day <= day:
            raise StepsNotContiguous("Each step begins on a later day than the one before it.")
        _check_dose(plan, dose)
        _check_dose(plan, next_dose)
        if next_dose > dose:
            raise DoseRises(next_day, dose, next_dose)
        if not dose:
            raise StepAfterZero
    _check_dose(plan, new[-1][1])
    if new[-1][1]:
        raise PlanDoesNotEndAtZero


def _check_dose(plan: Plan, daily_mg: Decimal) -> None:
    check_mg(daily_mg, field="daily_mg")
    if daily_mg > plan.drug.max_daily_mg:
        raise DoseOutOfRange("daily_mg", mg_text(plan.drug.max_daily_mg), plan.drug.label.lower())


def _kept(plan: Plan, cut_on: date, last_taken_number: int | None) -> list[DoseStep]:
    """Steps begun before the cut. Raise ReviseBeforeTaken when a taken one would go with it."""
    kept = [step for step in plan.steps if step.starts_on < cut_on]
    if last_taken_number is not None and len(kept) < last_taken_number:
        raise ReviseBeforeTaken(last_taken_number, plan.step(last_taken_number).starts_on)
    return kept


def is_step_back(*, before: Plan, after: Plan, on: date) -> bool:
    """Tell whether the revision that starts on that day raises the dose."""
    previous = before.start_daily_mg
    if on > before.starts_on:
        previous = before.dose_on(on - timedelta(days=1))
    return after.dose_on(on) > previous


def _rebuilt(plan: Plan, steps: Steps, waits: Waits) -> Plan:
    return plan_from_steps(
        drug=plan.drug, start_daily_mg=plan.start_daily_mg, steps=steps, wait_days=waits
    )
