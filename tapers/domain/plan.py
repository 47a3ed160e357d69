"""A plan: contiguous dose steps on calendar days, in mg of the drug that is taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from tapers.domain.dose import Drug, check_mg, to_prednisone_mg
from tapers.domain.errors import (
    DateOutOfRange,
    DayBeforePlan,
    NoSteps,
    NoSuchStep,
    StepsNotContiguous,
)

ZERO = Decimal(0)


class WindowAppliesTo(StrEnum):
    """What the protocol's 4 to 8 weeks are counted to: the end, or the first day at 10 mg."""

    TOTAL = "TOTAL"
    TO_10_MG = "TO_10_MG"


@dataclass(frozen=True)
class DoseStep:
    """One daily dose from `starts_on` to before `ends_on`; the last step has no end.

    `wait_days` is the planned minimum at this dose before the next reduction. A late step
    moves `ends_on`, never `wait_days`. None for a step that nothing follows.
    """

    number: int
    starts_on: date
    ends_on: date | None
    daily_mg: Decimal
    wait_days: int | None

    @property
    def days(self) -> int | None:
        return None if self.ends_on is None else (self.ends_on - self.starts_on).days


@dataclass(frozen=True)
class Plan:
    """A whole course from its first day. `start_daily_mg` is the dose when the plan is made."""

    drug: Drug
    start_daily_mg: Decimal
    steps: tuple[DoseStep, ...]

    def __post_init__(self) -> None:
        if not self.steps:
            raise NoSteps
        check_mg(self.start_daily_mg, field="daily_mg")
        for step in self.steps:
            check_mg(step.daily_mg, field="steps")
        if [step.number for step in self.steps] != list(range(1, len(self.steps) + 1)):
            raise StepsNotContiguous("Steps are numbered 1, 2, 3 … without a gap.")
        if any(not _follows(before, after) for before, after in pairwise(self.steps)):
            raise StepsNotContiguous
        if self.steps[-1].ends_on is not None:
            raise StepsNotContiguous("The last step of a plan has no end.")

    @property
    def starts_on(self) -> date:
        return self.steps[0].starts_on

    @property
    def first_zero_on(self) -> date | None:
        """The first day without steroid for good; None when the plan ends at a dose."""
        last = self.steps[-1]
        return None if last.daily_mg else last.starts_on

    @property
    def duration_days(self) -> int:
        """Days from the first day of the plan to the first day without steroid."""
        return (self.steps[-1].starts_on - self.starts_on).days

    def step(self, number: int) -> DoseStep:
        if not 1 <= number <= len(self.steps):
            raise NoSuchStep(number, len(self.steps))
        return self.steps[number - 1]

    def step_on(self, day: date) -> DoseStep:
        if day < self.starts_on:
            raise DayBeforePlan(day, self.starts_on)
        return next(step for step in reversed(self.steps) if step.starts_on <= day)

    def dose_on(self, day: date) -> Decimal:
        """Return the planned mg of the drug on *day*. Raise DayBeforePlan for an earlier day."""
        return self.step_on(day).daily_mg

    def dose_before(self, number: int) -> Decimal:
        """Return the dose that step *number* changes: the step before, or the start dose."""
        return self.step(number - 1).daily_mg if number > 1 else self.start_daily_mg

    def first_day_at_or_below(self, mg: Decimal) -> date | None:
        return next((step.starts_on for step in self.steps if step.daily_mg <= mg), None)

    def prednisone_mg(self, number: int) -> Decimal:
        return to_prednisone_mg(drug=self.drug, mg=self.step(number).daily_mg)

    def decrement_mg(self, number: int) -> Decimal:
        """Return what step *number* lowers the dose by, in prednisone mg; below 0 for a rise."""
        lowered = self.dose_before(number) - self.step(number).daily_mg
        return to_prednisone_mg(drug=self.drug, mg=lowered)

    def changes_dose(self, number: int) -> bool:
        """Tell whether there is anything to change on the first day of step *number*."""
        return self.dose_before(number) != self.step(number).daily_mg

    def cumulative_prednisone_mg(self) -> Decimal:
        """Return the prednisone mg of the whole course, days of a hold included."""
        taken = sum(((step.days or 0) * step.daily_mg for step in self.steps), ZERO)
        return to_prednisone_mg(drug=self.drug, mg=taken)


def _follows(before: DoseStep, after: DoseStep) -> bool:
    return before.ends_on == after.starts_on and before.starts_on < after.starts_on


def plan_from_steps(
    *,
    drug: Drug,
    start_daily_mg: Decimal,
    steps: Sequence[tuple[date, Decimal]],
    wait_days: Sequence[int | None] | None = None,
) -> Plan:
    """Number the steps, end each where the next begins. Without *wait_days*, waits are lengths.

    The order of days is checked, not the order of doses: a stored plan may hold a step back.
    """
    starts = [starts_on for starts_on, _ in steps]
    ends = [*starts[1:], None]
    lengths = [(end - start).days if end else None for start, end in zip(starts, ends, strict=True)]
    waits = list(wait_days) if wait_days is not None else lengths
    if len(waits) != len(starts):
        raise StepsNotContiguous("There is one wait for each step.")
    return Plan(
        drug=drug,
        start_daily_mg=start_daily_mg,
        steps=tuple(
            DoseStep(number=number, starts_on=start, ends_on=end, daily_mg=daily_mg, wait_days=wait)
            for number, ((start, daily_mg), end, wait) in enumerate(
                zip(steps, ends, waits, strict=True), start=1
            )
        ),
    )


def days_after(day: date, days: int) -> date:
    """Add days. Raise DateOutOfRange where the calendar ends."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise DateOutOfRange from None
