"""Geometry of the dose curve: pure arithmetic from days and mg to points of a drawing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from patients.presenters import words
from tapers.domain.dose import from_prednisone_mg, mg_text
from tapers.domain.plan import Plan
from tapers.domain.schedule import LINE_MG

Points = Sequence[tuple[date, Decimal]]


@dataclass(frozen=True)
class Scale:
    """Maps [low, high] linearly onto the drawing's [start, end]."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        span = self.high - self.low or 1.0
        return round(self.start + (value - self.low) / span * (self.end - self.start), 1)

    def on(self, day: date) -> float:
        return self.at(day.toordinal())


def step_path(points: Points, *, x: Scale, y: Scale, until: date) -> str:
    """Return the path of a step function: each value holds until the next day, the last to *until*.

    Two points on one day draw a vertical line: the fall from a first to a second value.
    """
    if not points:
        return ""
    (first_day, first_mg), *rest = points
    parts = [f"M{x.on(first_day)} {y.at(float(first_mg))}"]
    parts += [f"H{x.on(day)}V{y.at(float(mg))}" for day, mg in rest]
    return "".join([*parts, f"H{x.on(until)}"])


def fill_path(points: Points, *, x: Scale, y: Scale, until: date) -> str:
    if not points:
        return ""
    outline = step_path(points, x=x, y=y, until=until)
    return f"{outline}V{y.at(0)}H{x.on(points[0][0])}Z"


def plan_points(plan: Plan) -> tuple[tuple[date, Decimal], ...]:
    """The start dose on the first day, then every step: so that the first fall is drawn."""
    steps = tuple((step.starts_on, step.daily_mg) for step in plan.steps)
    return ((plan.starts_on, plan.start_daily_mg), *steps)


def nice_top(highest: Decimal) -> tuple[int, float]:
    """Return the top of a dose axis and its tick, so that there are at most five ticks."""
    for tick in (1.0, 2.5, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0):
        count = -(-float(highest) // tick)
        if count <= 5:
            return int(max(count, 1)), tick
    return 5, float(highest) / 5


@dataclass(frozen=True)
class Tick:
    at: float
    label: str

    @property
    def text_at(self) -> float:
        """Where the letters stand so that their middle lies on the tick."""
        return self.at + 4


@dataclass(frozen=True)
class Curve:
    """A plan's doses drawn once: large with axes, or small as one of several."""

    width: int
    height: int
    line: str
    fill: str
    ten_mg_at: float | None
    left: float
    right: float
    floor: float
    doses: tuple[Tick, ...]
    days: tuple[Tick, ...]
    title: str
    description: str

    @property
    def day_text_at(self) -> float:
        return self.floor + 18


def curve_of(
    plan: Plan, *, width: int = 720, height: int = 220, longest_days: int = 0, small: bool = False
) -> Curve:
    """Draw *plan*; several with the same *longest_days* share one time axis."""
    left, right, top, bottom = (2, 2, 4, 4) if small else (40, 12, 12, 26)
    days = max(plan.duration_days, longest_days, 7)
    first = plan.starts_on.toordinal()
    count, tick = nice_top(max(plan.start_daily_mg, *(s.daily_mg for s in plan.steps)))
    x = Scale(first, first + days * 1.04, left, width - right)
    y = Scale(0, count * tick, height - bottom, top)
    until = date.fromordinal(min(int(x.high), date.max.toordinal()))
    points = plan_points(plan)
    line_mg = from_prednisone_mg(drug=plan.drug, prednisone_mg=LINE_MG)
    return Curve(
        width=width,
        height=height,
        line=step_path(points, x=x, y=y, until=until),
        fill=fill_path(points, x=x, y=y, until=until),
        ten_mg_at=y.at(float(line_mg)) if float(line_mg) <= y.high else None,
        left=left,
        right=width - right,
        floor=y.start,
        doses=()
        if small
        else tuple(Tick(y.at(n * tick), mg_text(Decimal(str(n * tick)))) for n in range(count + 1)),
        days=() if small else _week_ticks(plan, x),
        title=f"Dose of {plan.drug.label.lower()} by day",
        description=_description(plan),
    )


def _week_ticks(plan: Plan, x: Scale) -> tuple[Tick, ...]:
    weeks = int((x.high - x.low) // 7)
    every = next(n for n in (1, 2, 4, 8, 13, 26, 52, 520) if weeks / n <= 8)
    days = (date.fromordinal(int(x.low) + 7 * n) for n in range(0, weeks + 1, every))
    return tuple(Tick(x.on(day), words.short_day(day)) for day in days)


def _description(plan: Plan) -> str:
    doses = ", then ".join(
        f"{mg_text(step.daily_mg)} mg a day from {words.day(step.starts_on)}" for step in plan.steps
    )
    return f"From {mg_text(plan.start_daily_mg)} mg a day: {doses}."
