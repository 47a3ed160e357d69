"""From a regimen to a plan, and every regimen of the protocol that fits a start dose.

The protocol of the taper brief (sources.BRIEF): above 10 mg lower by 5 to 10 mg, from 10 mg
by 2.5 mg, every one to two weeks, all of it in four to eight weeks. All in prednisone mg;
converted once into the drug's own mg, so that nothing is ever rounded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise, product

from tapers.domain.dose import Drug, check_daily_mg, check_mg, from_prednisone_mg
from tapers.domain.errors import DoseRises, OutOfRange
from tapers.domain.plan import Plan, WindowAppliesTo, days_after, plan_from_steps

__all__ = [
    "STANDARD_REGIMENS",
    "START_WITHIN_YEARS",
    "WINDOW_DAYS",
    "Candidate",
    "Conforming",
    "Ladder",
    "Regimen",
    "Window",
    "WindowAppliesTo",
    "check_never_rises",
    "conforming_regimens",
    "ladder_for",
    "plan_for",
    "window_days_of",
    "window_of",
]

LINE_MG = Decimal(10)  # above it the larger steps, from it down the smaller ones
LOW_STEP_MG = Decimal("2.5")
DECREMENT_MG = (Decimal(5), Decimal(10))
INTERVAL_DAYS = (7, 14)
HOLD_DAYS = (0, 56)
WINDOW_DAYS = (28, 56)  # both ends lie inside
START_WITHIN_YEARS = 5
DECREMENT_DECIMALS = 2


@dataclass(frozen=True)
class Regimen:
    """What the prescriber chooses. The decrement is in prednisone mg and for doses above 10 mg.

    `interval_days` is the wait at doses above 10 mg, `interval_days_from_10_mg` the wait at
    10 mg and below; `hold_days` is spent at the present dose before the first reduction.
    """

    decrement_mg: Decimal
    interval_days: int
    interval_days_from_10_mg: int
    hold_days: int = 0

    def __post_init__(self) -> None:
        low, high = DECREMENT_MG
        if not self.decrement_mg.is_finite() or not low <= self.decrement_mg <= high:
            raise OutOfRange("decrement_mg", low, high, "mg")
        check_mg(self.decrement_mg, field="decrement_mg", decimals=DECREMENT_DECIMALS)
        _check_days("interval_days", self.interval_days, INTERVAL_DAYS)
        _check_days("interval_days_from_10_mg", self.interval_days_from_10_mg, INTERVAL_DAYS)
        _check_days("hold_days", self.hold_days, HOLD_DAYS)


def _check_days(field: str, days: int, allowed: tuple[int, int]) -> None:
    low, high = allowed
    if not low <= days <= high:
        raise OutOfRange(field, low, high, "days")


STANDARD_REGIMENS = tuple(
    Regimen(decrement_mg=decrement, interval_days=upper, interval_days_from_10_mg=lower)
    for decrement, upper, lower in product(DECREMENT_MG, INTERVAL_DAYS, INTERVAL_DAYS)
)


@dataclass(frozen=True)
class Ladder:
    """A regimen in the drug's own mg: which dose comes next, and how long to wait at a dose."""

    line_mg: Decimal
    decrement_mg: Decimal
    low_step_mg: Decimal
    interval_days: int
    interval_days_from_10_mg: int

    def next_mg(self, daily_mg: Decimal) -> Decimal:
        """Above the line: lower by the decrement, landing on the line. From it: down the grid."""
        if daily_mg > self.line_mg:
            return max(self.line_mg, daily_mg - self.decrement_mg)
        whole, rest = divmod(daily_mg, self.low_step_mg)
        return whole * self.low_step_mg if rest else (whole - 1) * self.low_step_mg

    def wait_days(self, daily_mg: Decimal) -> int | None:
        """Return the least days at *daily_mg* before the next reduction; none at 0 mg."""
        if not daily_mg:
            return None
        return self.interval_days if daily_mg > self.line_mg else self.interval_days_from_10_mg

    def below(self, daily_mg: Decimal) -> Iterator[Decimal]:
        """Yield the doses that follow *daily_mg*, down to and with 0."""
        while daily_mg:
            daily_mg = self.next_mg(daily_mg)
            yield daily_mg


def ladder_for(*, drug: Drug, regimen: Regimen) -> Ladder:
    return Ladder(
        line_mg=from_prednisone_mg(drug=drug, prednisone_mg=LINE_MG),
        decrement_mg=from_prednisone_mg(drug=drug, prednisone_mg=regimen.decrement_mg),
        low_step_mg=from_prednisone_mg(drug=drug, prednisone_mg=LOW_STEP_MG),
        interval_days=regimen.interval_days,
        interval_days_from_10_mg=regimen.interval_days_from_10_mg,
    )


def plan_for(*, drug: Drug, daily_mg: Decimal, regimen: Regimen, starts_on: date) -> Plan:
    """Return the plan from the present dose to 0. A hold is its first step, at the present dose."""
    check_daily_mg(drug=drug, daily_mg=daily_mg)
    ladder = ladder_for(drug=drug, regimen=regimen)
    doses = list(ladder.below(daily_mg))
    waits = [ladder.wait_days(dose) for dose in doses]
    if regimen.hold_days:
        doses.insert(0, daily_mg)
        waits.insert(0, regimen.hold_days)
    starts = [starts_on]
    for wait in waits[:-1]:
        starts.append(days_after(starts[-1], wait or 0))
    plan = plan_from_steps(
        drug=drug,
        start_daily_mg=daily_mg,
        steps=list(zip(starts, doses, strict=True)),
        wait_days=waits,
    )
    check_never_rises(plan)
    return plan


def check_never_rises(plan: Plan) -> None:
    """Raise DoseRises where a step lies above the dose before it; a generated plan has none."""
    doses = [plan.start_daily_mg, *(step.daily_mg for step in plan.steps)]
    for step, (before, after) in zip(plan.steps, pairwise(doses), strict=True):
        if after > before:
            raise DoseRises(step.starts_on, before, after)


class Window(StrEnum):
    WITHIN = "WITHIN"
    SHORT = "SHORT"
    LONG = "LONG"


def window_days_of(*, plan: Plan, applies_to: WindowAppliesTo = WindowAppliesTo.TOTAL) -> int:
    """Return the days the window is held against: the whole plan, or until 10 mg is reached."""
    if applies_to is WindowAppliesTo.TOTAL:
        return plan.duration_days
    line = from_prednisone_mg(drug=plan.drug, prednisone_mg=LINE_MG)
    reached = plan.first_day_at_or_below(line)
    return plan.duration_days if reached is None else (reached - plan.starts_on).days


def window_of(*, plan: Plan, applies_to: WindowAppliesTo = WindowAppliesTo.TOTAL) -> Window:
    return _window(window_days_of(plan=plan, applies_to=applies_to))


def _window(days: int) -> Window:
    shortest, longest = WINDOW_DAYS
    if days < shortest:
        return Window.SHORT
    return Window.LONG if days > longest else Window.WITHIN


@dataclass(frozen=True)
class Candidate:
    regimen: Regimen
    plan: Plan
    preselected: bool

    @property
    def duration_days(self) -> int:
        return self.plan.duration_days

    @property
    def cumulative_prednisone_mg(self) -> Decimal:
        return self.plan.cumulative_prednisone_mg()


@dataclass(frozen=True)
class Conforming:
    """The standard regimens that fit the window, best first.

    `shortest_days` and `longest_days` are over all eight, whether they fit or not.
    """

    candidates: tuple[Candidate, ...]
    shortest_days: int
    longest_days: int

    @property
    def preselected(self) -> Candidate | None:
        return self.candidates[0] if self.candidates else None


def conforming_regimens(
    *,
    drug: Drug,
    daily_mg: Decimal,
    starts_on: date,
    hold_days: int = 0,
    applies_to: WindowAppliesTo = WindowAppliesTo.TOTAL,
) -> Conforming:
    """Try the eight standard regimens; keep those inside the window, identical plans once.

    Of identical plans the smaller decrement, then the shorter upper interval stays. A
    long-acting drug has no automatic ladder, so nothing is offered for it.
    """
    plans = {
        regimen: plan_for(drug=drug, daily_mg=daily_mg, regimen=regimen, starts_on=starts_on)
        for regimen in _held(hold_days)
    }
    days = {each: window_days_of(plan=plan, applies_to=applies_to) for each, plan in plans.items()}
    fitting = [] if drug.is_long_acting else _fitting(plans, days)
    return Conforming(
        candidates=tuple(
            Candidate(regimen=regimen, plan=plans[regimen], preselected=place == 0)
            for place, regimen in enumerate(sorted(fitting, key=lambda each: _rank(each, plans)))
        ),
        shortest_days=min(days.values()),
        longest_days=max(days.values()),
    )


def _held(hold_days: int) -> Iterator[Regimen]:
    for each in STANDARD_REGIMENS:
        yield Regimen(
            decrement_mg=each.decrement_mg,
            interval_days=each.interval_days,
            interval_days_from_10_mg=each.interval_days_from_10_mg,
            hold_days=hold_days,
        )


def _fitting(plans: dict[Regimen, Plan], days: dict[Regimen, int]) -> list[Regimen]:
    """Those inside the window, each plan once; STANDARD_REGIMENS is in the order of preference."""
    first_with: dict[Plan, Regimen] = {}
    for regimen, plan in plans.items():
        if _window(days[regimen]) is Window.WITHIN:
            first_with.setdefault(plan, regimen)
    return list(first_with.values())


def _rank(regimen: Regimen, plans: dict[Regimen, Plan]) -> tuple[int, int, Decimal, int]:
    """Gentlest where the adrenal axis is vulnerable, then longest, then smaller and shorter."""
    return (
        -regimen.interval_days_from_10_mg,
        -plans[regimen].duration_days,
        regimen.decrement_mg,
        regimen.interval_days,
    )
