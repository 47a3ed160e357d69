"""What the chart draws, and what is known of each day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tapers.domain.dose import mg_text


@dataclass(frozen=True)
class Reading:
    """One value of one measure on a day; `share` places it, `text` says it."""

    day: date
    share: Decimal
    text: str
    rater: str = ""


@dataclass(frozen=True)
class Series:
    """One measure over time, in percent of its full score.

    error: how far one reading may be off by chance, in the same percent; None is unknown.
    yearly_loss: the slowest and the fastest published average loss a year, same percent.
    """

    name: str
    readings: tuple[Reading, ...]
    error: Decimal | None = None
    yearly_loss: tuple[Decimal, Decimal] | None = None


@dataclass(frozen=True)
class Hold:
    from_on: date
    to_on: date | None


@dataclass(frozen=True)
class Revision:
    number: int
    day: date
    text: str


@dataclass(frozen=True)
class ChartFacts:
    """What is drawn. Doses are in mg of the drug; `line_mg` equals 10 mg of prednisone.

    `before` is the dose recorded before the plan; nobody confirmed it day by day.
    """

    today: date
    drug: str = ""
    before: tuple[tuple[date, Decimal], ...] = ()
    planned: tuple[tuple[date, Decimal], ...] = ()
    taken: tuple[tuple[date, Decimal], ...] = ()
    line_mg: Decimal = Decimal(10)
    holds: tuple[Hold, ...] = ()
    revisions: tuple[Revision, ...] = ()
    strength: Series | None = None
    function: Series | None = None
    ck: tuple[Reading, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.planned or self.visit_days)

    @property
    def visit_days(self) -> list[date]:
        series = [each.readings for each in (self.strength, self.function) if each]
        return sorted({reading.day for readings in [*series, self.ck] for reading in readings})


def lines_of(day: date, facts: ChartFacts) -> list[str]:
    """Return what is known of *day*, a sentence each."""
    lines = []
    planned = value_on(facts.planned, day)
    if planned is not None:
        lines.append(f"Planned: {mg_text(planned)} mg a day")
    taken = taken_on(facts, day)
    if taken is not None:
        lines.append(f"Taken: {mg_text(taken)} mg a day")
    for series in (facts.strength, facts.function):
        lines += [each.text for each in series.readings if each.day == day] if series else []
    return lines + [each.text for each in facts.ck if each.day == day]


def taken_on(facts: ChartFacts, day: date) -> Decimal | None:
    """Return the confirmed dose of *day*; the last point of the line ends what is known."""
    if not facts.taken or day > facts.taken[-1][0]:
        return None
    known = day < facts.taken[-1][0] or day == facts.today
    return value_on(facts.taken, day) if known else None


def value_on(points: Sequence[tuple[date, Decimal]], day: date) -> Decimal | None:
    """Return the value of a step function on *day*; None before its first point."""
    reached = [mg for start, mg in points if start <= day]
    return reached[-1] if reached else None
