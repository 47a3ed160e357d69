"""Where the panels lie and what each axis spans."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from math import log10

from patients.presenters import words
from tapers.domain.dose import mg_text
from tapers.presenters.curve import Scale, Tick, nice_top
from tracker.dashboard.chart.facts import ChartFacts

CK_FLOOR = 0.5
CK_TICKS = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


@dataclass(frozen=True)
class Layout:
    """Where the panels lie, for a wide page or a phone."""

    key: str
    width: int
    left: int
    right: int
    heights: tuple[int, int, int]
    gap: int = 46
    top: int = 48
    foot: int = 28
    labels: bool = True

    @property
    def height(self) -> int:
        return self.top + sum(self.heights) + 2 * self.gap + self.foot

    def panel(self, place: int) -> tuple[float, float]:
        top = self.top + sum(self.heights[:place]) + place * self.gap
        return float(top), float(top + self.heights[place])


WIDE = Layout("wide", 1200, 48, 110, (200, 150, 110))
NARROW = Layout("narrow", 360, 36, 10, (150, 120, 90), labels=False)


@dataclass(frozen=True)
class Axes:
    layout: Layout
    x: Scale
    dose: Scale
    share: Scale
    ck: Scale
    dose_ticks: tuple[Tick, ...]
    share_ticks: tuple[Tick, ...]
    ck_ticks: tuple[Tick, ...]
    until: date = field(default=date.max)


def axes_of(facts: ChartFacts, layout: Layout) -> Axes:
    first, last = _span_of(facts)
    x = Scale(first.toordinal(), last.toordinal(), layout.left, layout.width - layout.right)
    dose, dose_ticks = _dose_axis(facts, layout)
    share, share_ticks = _share_axis(facts, layout)
    ck, ck_ticks = _ck_axis(facts, layout)
    return Axes(layout, x, dose, share, ck, dose_ticks, share_ticks, ck_ticks, until=last)


def _span_of(facts: ChartFacts) -> tuple[date, date]:
    days = [facts.today, *(day for day, _ in facts.planned), *(day for day, _ in facts.taken)]
    days += facts.visit_days
    first, last = min(days), max(days)
    pad = max((last - first).days // 30, 4)
    return (
        first - timedelta(days=min(pad, (first - date.min).days)),
        last + timedelta(days=min(pad + 3, (date.max - last).days)),
    )


def _dose_axis(facts: ChartFacts, layout: Layout) -> tuple[Scale, tuple[Tick, ...]]:
    top, floor = layout.panel(0)
    doses = (*facts.before, *facts.planned, *facts.taken)
    highest = max((mg for _, mg in doses), default=Decimal(10))
    count, tick = nice_top(max(highest, Decimal(1)))
    scale = Scale(0, count * tick, floor, top)
    marks = [n * tick for n in range(count + 1)]
    return scale, tuple(Tick(scale.at(mg), mg_text(Decimal(str(mg)))) for mg in marks)


def _share_axis(facts: ChartFacts, layout: Layout) -> tuple[Scale, tuple[Tick, ...]]:
    """From 100 % down to what is needed, in steps of 10 or 20: small falls must be visible."""
    top, floor = layout.panel(1)
    shares = [
        float(reading.share - (series.error or 0))
        for series in (facts.strength, facts.function)
        if series
        for reading in series.readings
    ]
    lowest = max(int(min(shares, default=0.0) // 10) * 10, 0)
    highest = max(100, *(int(-(-share // 10) * 10) for share in shares or [100.0]))
    tick = 10 if highest - lowest <= 50 else 20
    lowest -= lowest % tick
    scale = Scale(lowest, highest, floor, top)
    marks = range(lowest, highest + 1, tick)
    return scale, tuple(Tick(scale.at(mark), str(mark)) for mark in marks)


def _ck_axis(facts: ChartFacts, layout: Layout) -> tuple[Scale, tuple[Tick, ...]]:
    top, floor = layout.panel(2)
    highest = max((float(each.share) for each in facts.ck), default=2.0)
    upper = next((tick for tick in CK_TICKS if tick >= max(highest, 5)), highest)
    scale = Scale(log10(CK_FLOOR), log10(upper), floor, top)
    shown = [tick for tick in CK_TICKS if tick <= upper]
    kept = shown if len(shown) <= 5 else [tick for tick in shown if log10(tick) % 1 == 0]
    return scale, tuple(Tick(scale.at(log10(tick)), f"{tick:g}") for tick in kept)


def ck_at(axes: Axes, multiple: float) -> float:
    return axes.ck.at(log10(max(multiple, CK_FLOOR)))


def within(scale: Scale, value: float) -> float | None:
    return scale.at(value) if scale.low <= value <= scale.high else None


def day_ticks(x: Scale) -> tuple[Tick, ...]:
    first, last = date.fromordinal(int(x.low)), date.fromordinal(int(x.high))
    most = max(int((x.end - x.start) // 72), 2)
    days = (last - first).days
    if days <= 150:
        every = next(n for n in (7, 14, 28, 56, 91) if days / n <= most)
        monday = first + timedelta(days=-first.weekday() % 7)
        marks = [monday + timedelta(days=n) for n in range(0, (last - monday).days + 1, every)]
        return tuple(Tick(x.on(mark), words.short_day(mark)) for mark in marks)
    months = [month for month in _months(first, last)]
    every = next((n for n in (1, 2, 3, 6, 12, 24, 60, 120) if len(months) / n <= most), 240)
    kept = [month for month in months if (month.year * 12 + month.month - 1) % every == 0]
    return tuple(Tick(x.on(month), _month(month)) for month in kept)


def _months(first: date, last: date) -> Iterable[date]:
    for index in range(first.year * 12 + first.month, last.year * 12 + last.month):
        yield date(index // 12, index % 12 + 1, 1)


def _month(day: date) -> str:
    return f"{words.MONTHS[day.month - 1]} {day.year}"
