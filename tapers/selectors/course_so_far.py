"""The part of a plan that has really come to pass, as far as it was said: what a revision keeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tapers.domain.course import Outcome, Report, dose_in_force
from tapers.domain.plan import Plan, plan_from_steps
from tapers.models import Taper
from tapers.selectors.plans import taken_steps


@dataclass(frozen=True)
class CourseSoFar:
    """*plan* ends, open, with step *number*; number 0 when no step has begun yet."""

    plan: Plan
    number: int


def course_so_far(
    *, taper: Taper, plan: Plan, reports: Sequence[Report], until: date
) -> CourseSoFar:
    """Return the course up to the dose in force on *until*.

    Left out is what was planned but said not to be taken, and what a hold kept from happening: a
    revision must not record such doses as given. A step taken early begins on the day it was
    taken. A problem with a step says nothing of whether it was taken, so that step stays.
    """
    said = [each for each in reports if each.outcome is not Outcome.PROBLEM]
    dose = dose_in_force(plan=plan, reports=said, on=until, held_on=taper.frozen_on)
    taken = taken_steps(reports)
    number = max([dose.step_number or 0 if dose else 0, *taken])
    if number == 0:
        nothing_yet = plan_from_steps(
            drug=plan.drug, start_daily_mg=plan.start_daily_mg, steps=[(until, Decimal(0))]
        )
        return CourseSoFar(nothing_yet, 0)
    begun = plan.steps[:number]
    return CourseSoFar(
        plan_from_steps(
            drug=plan.drug,
            start_daily_mg=plan.start_daily_mg,
            steps=[
                (min(step.starts_on, taken.get(step.number, step.starts_on)), step.daily_mg)
                for step in begun
            ],
            wait_days=[step.wait_days for step in begun],
        ),
        number,
    )
