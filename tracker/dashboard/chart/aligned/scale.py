"""Where a panel lies and what its axis spans."""

from dataclasses import dataclass
from decimal import Decimal
from math import floor, log10

from patients.presenters import words
from tapers.presenters.curve import Scale, Tick
from tracker.dashboard.chart.aligned.facts import PanelFacts, TimeAxis
from tracker.dashboard.chart.axes import CK_FLOOR, CK_TICKS

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0, 20.0, 25.0, 50.0, 100.0)
MOST_TICKS = 5
UNABLE_ROOM = 0.16  # of the axis: the cross with its word, and half a marker
LEAST_SPAN = 2.0  # so that one point of a score does not fill the panel


@dataclass(frozen=True)
class Layout:
    width: int
    left: float
    right: float
    inner: float
    labels: bool
    top: float = 22.0
    foot: float = 26.0

    @property
    def floor(self) -> float:
        return self.top + self.inner

    @property
    def height(self) -> int:
        return int(self.floor + self.foot)


@dataclass(frozen=True)
class Across:
    """The value axis of a panel."""

    scale: Scale
    ticks: tuple[Tick, ...]
    log: bool

    @property
    def floor(self) -> float:
        return self.scale.start

    @property
    def top(self) -> float:
        return self.scale.end

    def at(self, value: Decimal) -> float:
        number = float(value)
        return self.scale.at(log10(max(number, CK_FLOOR)) if self.log else number)


def layout_of(name: str, *, lanes: int) -> Layout:
    """All panels of one width share their left and right edge, so that days lie under days."""
    inner = lanes * 22.0 if lanes else 0.0
    if name == "wide":
        return Layout(960, 52.0, 148.0, inner or 132.0, labels=True)
    return Layout(340, 34.0, 8.0, inner or 116.0, labels=False)


def time_scale(time: TimeAxis, layout: Layout) -> Scale:
    return Scale(
        time.first.toordinal(),
        max(time.last.toordinal(), time.first.toordinal() + 7),
        layout.left,
        layout.width - layout.right,
    )


def axis_of(panel: PanelFacts, layout: Layout) -> Across:
    if panel.log:
        return _logarithmic(panel, layout)
    values = [float(value) for value in panel.values]
    if not values:
        return Across(Scale(0, 1, layout.floor, layout.top), (), log=False)
    low = 0.0 if panel.zero else min(values)
    high = max(*values, low + LEAST_SPAN)
    every = _tick(high - low)
    low, high = _with_room(low, high, every, panel)
    if panel.maximum is not None:
        high = min(high, float(panel.maximum))
    scale = Scale(low, max(high, low + every), layout.floor, layout.top)
    count = int((scale.high - low) / every + 1e-9)
    marks = [low + n * every for n in range(count + 1)]
    return Across(
        scale,
        tuple(Tick(scale.at(mark), words.number(Decimal(str(round(mark, 2))))) for mark in marks),
        log=False,
    )


def _with_room(low: float, high: float, every: float, panel: PanelFacts) -> tuple[float, float]:
    """Round to ticks, with room beyond the worst value where "unable" stands."""
    at_the_top = panel.low_is_better
    if low % every == 0 and not at_the_top:
        low -= every
    least = max(floor(low / every) * every, 0.0)
    most = -(-high // every) * every
    room = UNABLE_ROOM * (most - least) if panel.has_unable else 0.0
    if at_the_top and most - high < room:
        most += every
    if not at_the_top and low - least < room:
        least = max(least - every, 0.0)
    return least, most


def _tick(span: float) -> float:
    """At most five ticks, at round numbers."""
    size = 1.0
    while span / (STEPS[-1] * size) > MOST_TICKS:
        size *= 10
    return next(step * size for step in (*STEPS, 1000.0) if span / (step * size) <= MOST_TICKS)


def _logarithmic(panel: PanelFacts, layout: Layout) -> Across:
    highest = max((float(value) for value in panel.values), default=2.0)
    upper = next((tick for tick in CK_TICKS if tick >= max(highest, 5)), highest)
    scale = Scale(log10(CK_FLOOR), log10(upper), layout.floor, layout.top)
    marks = [tick for tick in CK_TICKS if tick <= upper]
    return Across(
        scale, tuple(Tick(scale.at(log10(mark)), f"{mark:g}") for mark in marks), log=True
    )
