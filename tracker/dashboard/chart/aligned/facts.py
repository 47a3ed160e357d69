"""What one of several panels on a shared time axis draws: points, steps, bands and events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise


@dataclass(frozen=True)
class Point:
    """A reading on its day. No value: it was tried and could not be done, never 0.

    `filled` when the rater is that of the baseline; hollow where it is another or not known.
    """

    day: date
    value: Decimal | None
    says: str
    filled: bool = True
    is_baseline: bool = False


@dataclass(frozen=True)
class Wedge:
    """Between two values on each day: where average IBM would be."""

    day: date
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Trace:
    """Readings that may be compared. `missed` are days on which this was not measured."""

    name: str
    points: tuple[Point, ...]
    missed: frozenset[date] = frozenset()
    error: tuple[Decimal, Decimal] | None = None
    natural: tuple[Wedge, ...] = ()

    @property
    def stretches(self) -> tuple[tuple[Point, ...], ...]:
        """Points to be joined: what is unable or was missed stays a gap."""
        stretches: list[list[Point]] = [[]]
        for before, point in pairwise((None, *self.points)):
            if point is None:
                continue
            if point.value is None or (before and self._missed_between(before.day, point.day)):
                stretches.append([])
            if point.value is not None:
                stretches[-1].append(point)
        return tuple(tuple(each) for each in stretches if len(each) > 1)

    def _missed_between(self, begins_on: date, ends_on: date) -> bool:
        return any(begins_on < day < ends_on for day in self.missed)


@dataclass(frozen=True)
class StepLine:
    """A value that holds over [begins_on, ends_on); several of a kind make a step function."""

    kind: str
    begins_on: date
    ends_on: date
    value: Decimal


@dataclass(frozen=True)
class Strip:
    """Days marked at the foot of a panel."""

    begins_on: date
    ends_on: date


@dataclass(frozen=True)
class Event:
    day: date
    lane: str
    says: str
    until: date | None = None


@dataclass(frozen=True)
class Level:
    """A horizontal line with its name."""

    value: Decimal
    name: str


@dataclass(frozen=True)
class PanelFacts:
    """`zero`: the axis begins at 0; `log`: multiples on a logarithmic axis; `low_is_better`: as a
    time is, so that what could not be done stands at the top."""

    key: str
    title: str
    traces: tuple[Trace, ...] = ()
    steps: tuple[StepLine, ...] = ()
    line: tuple[tuple[date, Decimal], ...] = ()
    strips: tuple[Strip, ...] = ()
    events: tuple[Event, ...] = ()
    levels: tuple[Level, ...] = ()
    maximum: Decimal | None = None
    zero: bool = False
    log: bool = False
    low_is_better: bool = False

    @property
    def lanes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(event.lane for event in self.events))

    @property
    def has_unable(self) -> bool:
        return any(point.value is None for trace in self.traces for point in trace.points)

    @property
    def values(self) -> list[Decimal]:
        """Everything that must fit between the ends of the axis."""
        found = [each.value for each in self.steps] + [value for _, value in self.line]
        found += [level.value for level in self.levels]
        for trace in self.traces:
            found += [point.value for point in trace.points if point.value is not None]
            found += trace.error or ()
            found += [value for each in trace.natural for value in (each.low, each.high)]
        return found


@dataclass(frozen=True)
class TimeAxis:
    """The days that all panels share. `cuts` are the days on which the dose changed."""

    first: date
    last: date
    as_of: date
    as_of_name: str
    cuts: Sequence[date] = ()
