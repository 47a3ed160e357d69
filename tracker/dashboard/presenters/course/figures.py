"""The figures of the course page: each a panel, its legend, its sentences and its table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from patients.instruments.catalogue import measure_for
from patients.instruments.measure import Direction, MeasureDomain
from patients.presenters import words
from tapers.domain.history import number_of
from tapers.domain.record import DatedReading
from tapers.domain.side_by_side import SeriesAside, SideBySide, band_from, error_limits
from tracker.dashboard.chart.aligned import (
    Drawing,
    Level,
    PanelFacts,
    Point,
    TimeAxis,
    Trace,
    Wedge,
    drawings_of,
    style_of,
)
from tracker.dashboard.chart.aligned.shapes import SHAPES
from tracker.dashboard.presenters.course.series import (
    PanelKey,
    missed_days,
    names_in,
    panels_of,
    rater_words,
    readings_like,
    title_of,
    trace_name,
    value_words,
)
from tracker.dashboard.presenters.course.words import limit_words

CK_NOTE = (
    "A CK that falls or becomes normal does not predict better strength in IBM. It has no good or "
    "bad colour here."
)
MUSCLE_NOTE = "One muscle alone is too noisy to act on. Grades of another scale stand apart."
BEFORE_THE_TAPER = timedelta(days=182)
WITHOUT_A_TAPER = timedelta(days=730)


@dataclass(frozen=True)
class LegendItem:
    name: str
    marker: str
    dash: str


@dataclass(frozen=True)
class Row:
    """One line of a table twin."""

    day: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Figure:
    """`heads` are the columns of the table after the day."""

    key: str
    title: str
    drawings: tuple[Drawing, ...]
    legend: tuple[LegendItem, ...]
    notes: tuple[str, ...]
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    has_error: bool = False
    has_band: bool = False


def time_axis(course: SideBySide, *, is_today: bool, shows_all: bool) -> TimeAxis:
    """From half a year before the taper, or the first known day, to the end of what is planned."""
    known = first_known_day(course)
    taper = course.facts.taper
    since = taper.begins_on - BEFORE_THE_TAPER if taper else course.as_of - WITHOUT_A_TAPER
    first = known if shows_all else max(known, since)
    ends = [course.as_of]
    if taper is not None and taper.is_active:
        ends.append(taper.first_zero_on or taper.plan.steps[-1].starts_on)
    pad = timedelta(days=max((max(ends) - first).days // 40, 3))
    return TimeAxis(
        first=first - pad,
        last=max(ends) + pad,
        as_of=course.as_of,
        as_of_name="Today" if is_today else words.day(course.as_of)[4:],
        cuts=[each.on for each in taper.changes] if taper else (),
    )


def first_known_day(course: SideBySide) -> date:
    days = [each.on for each in course.facts.readings] + [each.on for each in course.facts.symptoms]
    days += [course.exposure_begins_on] if course.exposure_begins_on else []
    return min(days, default=course.as_of)


def measure_figures(course: SideBySide, time: TimeAxis) -> tuple[Figure, ...]:
    return tuple(
        _measure_figure(course, key, asides, time) for key, asides in panels_of(course).items()
    )


def _measure_figure(
    course: SideBySide, key: PanelKey, asides: Sequence[SeriesAside], time: TimeAxis
) -> Figure:
    alone = len(asides) == 1
    in_limits = key.measure.domain is MeasureDomain.CK
    panel = PanelFacts(
        key=key.ident,
        title=title_of(key),
        traces=tuple(
            _trace(course, each, time, name=name, alone=alone)
            for each, name in zip(asides, names_in(asides), strict=True)
        ),
        levels=(Level(Decimal(1), "upper limit"),) if in_limits else (),
        maximum=None if in_limits else key.measure.maximum_on(key.scale),
        log=in_limits,
        low_is_better=key.measure.direction is Direction.LOW_IS_BETTER,
    )
    return Figure(
        key=panel.key,
        title=panel.title,
        drawings=drawings_of(panel, time=time),
        legend=legend_of(panel),
        notes=_notes(key, asides),
        heads=("What", "Value", "Measured by"),
        rows=_reading_rows(course, asides),
        has_error=any(trace.error for trace in panel.traces),
        has_band=any(trace.natural for trace in panel.traces),
    )


def legend_of(panel: PanelFacts) -> tuple[LegendItem, ...]:
    items = []
    for number, trace in enumerate(panel.traces):
        shape, dash = style_of(number)
        items.append(LegendItem(trace.name, SHAPES[shape], dash))
    return tuple(items)


def _trace(
    course: SideBySide, aside: SeriesAside, time: TimeAxis, *, name: str, alone: bool
) -> Trace:
    shown = [each for each in readings_like(course, aside) if each.on >= time.first]
    return Trace(
        name=name,
        points=tuple(_point(each, aside) for each in shown if _is_drawn(each)),
        missed=missed_days(course, aside),
        error=_error(aside) if alone else None,
        natural=_wedge(aside, time) if alone else (),
    )


def _is_drawn(dated: DatedReading) -> bool:
    return number_of(dated) is not None or dated.reading.state is not None


def _point(dated: DatedReading, aside: SeriesAside) -> Point:
    baseline = aside.baseline
    return Point(
        day=dated.on,
        value=_drawn_value(dated),
        says=f"{trace_name(aside)} {value_words(dated)}, {rater_words(dated, baseline)}",
        filled=baseline is not None and (dated == baseline or dated.same_rater_as(baseline)),
        is_baseline=dated == baseline,
    )


def _drawn_value(dated: DatedReading) -> Decimal | None:
    """CK as a multiple of the limit of its own laboratory, all else as it was measured."""
    value = number_of(dated)
    if value is None or measure_for(dated.reading.code).domain is not MeasureDomain.CK:
        return value
    return value / dated.reading.upper_limit if dated.reading.upper_limit else None


def _error(aside: SeriesAside) -> tuple[Decimal, Decimal] | None:
    limits = error_limits(aside)
    value = _drawn_value(aside.baseline) if aside.baseline else None
    if limits is None or value is None:
        return None
    measure = measure_for(aside.code)
    if measure.domain is MeasureDomain.CK:
        share = aside.error.high_percent / 100
        return value * (1 - share), value * (1 + share)
    low, high = value - limits[1], value + limits[1]
    highest = measure.maximum_on(aside.series.key.scale)
    return max(low, measure.minimum or Decimal(0)), min(high, highest or high)


def _wedge(aside: SeriesAside, time: TimeAxis) -> tuple[Wedge, ...]:
    if aside.baseline is None or aside.natural is None:
        return ()
    days = (max(aside.baseline.on, time.first), time.last)
    bands = [(day, band_from(aside.baseline, on=day)) for day in days]
    return tuple(Wedge(day, band.low, band.high) for day, band in bands if band is not None)


def _notes(key: PanelKey, asides: Sequence[SeriesAside]) -> tuple[str, ...]:
    if key.measure.is_graded:
        return (MUSCLE_NOTE,)
    notes = [f"Test error between two readings: {limit_words(asides[0])}."]
    if key.measure.domain is MeasureDomain.CK:
        return (CK_NOTE, *notes)
    return tuple(notes)


def _reading_rows(course: SideBySide, asides: Sequence[SeriesAside]) -> tuple[Row, ...]:
    found = [(each, aside) for aside in asides for each in readings_like(course, aside)]
    found.sort(key=lambda pair: pair[0].on, reverse=True)
    return tuple(
        Row(
            words.day(dated.on),
            (trace_name(aside), value_words(dated), rater_words(dated, aside.baseline)),
        )
        for dated, aside in found
    )
