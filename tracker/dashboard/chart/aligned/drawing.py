"""From the facts of a panel to its drawing; all panels of a page get the same time axis."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from math import inf

from patients.presenters import words
from tapers.presenters.curve import Scale
from tracker.dashboard.chart.aligned.facts import (
    PanelFacts,
    Point,
    StepLine,
    TimeAxis,
    Trace,
)
from tracker.dashboard.chart.aligned.scale import Across, axis_of, layout_of, time_scale
from tracker.dashboard.chart.aligned.shapes import (
    DASHES,
    SHAPES,
    Bar,
    Cross,
    Drawing,
    DrawnLevel,
    DrawnSteps,
    DrawnTrace,
    Lane,
    Marker,
)
from tracker.dashboard.chart.aligned.tips import hits_of
from tracker.dashboard.chart.axes import day_ticks

LINE = 15.0
LABEL_DROP = 4.0  # from a marker to the foot of the letters beside it
UNABLE_INSIDE = 12.0  # from the worst end of the axis, towards its middle
UNABLE_WORD = 56.0  # from a cross to the end of the word beside it
LANE_HEIGHT = 22


def drawings_of(panel: PanelFacts, *, time: TimeAxis) -> tuple[Drawing, Drawing]:
    """Draw *panel* for a wide page and for a phone."""
    return _drawing(panel, time, "wide"), _drawing(panel, time, "narrow")


def style_of(number: int) -> tuple[str, str]:
    """Return the marker and the dash of the n-th trace, told apart without colour."""
    return tuple(SHAPES)[number % len(SHAPES)], DASHES[number % len(DASHES)]


def _drawing(panel: PanelFacts, time: TimeAxis, name: str) -> Drawing:
    layout = layout_of(name, lanes=len(panel.lanes))
    x = time_scale(time, layout)
    across = axis_of(panel, layout)
    as_of_x = x.on(time.as_of)
    levels = tuple(DrawnLevel(across.at(each.value), each.name) for each in panel.levels)
    return Drawing(
        key=panel.key,
        layout=name,
        width=layout.width,
        height=layout.height,
        left=layout.left,
        right=layout.width - layout.right,
        top=layout.top,
        floor=layout.floor,
        title=panel.title,
        description=_description(panel),
        ticks=across.ticks,
        days=day_ticks(x),
        cuts=tuple(x.on(day) for day in time.cuts if time.first <= day <= time.last),
        as_of_x=as_of_x,
        as_of_name=time.as_of_name,
        as_of_anchor="end" if as_of_x > layout.width - layout.right - 60 else "middle",
        traces=_labelled(
            [_trace(each, n, panel, time, x, across) for n, each in enumerate(panel.traces)],
            floor=layout.floor,
            beside=[level.text_y for level in levels],
        ),
        steps=_steps(panel.steps, time, x, across),
        line=_line(panel.line, time, x, across),
        strips=tuple(_bar(each.begins_on, each.ends_on, time, x) for each in panel.strips),
        lanes=_lanes(panel, time, x, layout.top),
        levels=levels,
        hits=hits_of(panel, time=time, x=x, layout=layout),
        side_labels=layout.labels,
    )


def _trace(
    trace: Trace, number: int, panel: PanelFacts, time: TimeAxis, x: Scale, across: Across
) -> DrawnTrace:
    shape, dash = style_of(number)
    shown = [point for point in trace.points if time.first <= point.day <= time.last]
    markers = tuple(
        Marker(x.on(point.day), across.at(point.value), point.filled, point.is_baseline)
        for point in shown
        if point.value is not None
    )
    worst = across.top + UNABLE_INSIDE if panel.low_is_better else across.floor - UNABLE_INSIDE
    return DrawnTrace(
        name=trace.name,
        shape=shape,
        dash=dash,
        path="".join(
            "M"
            + "L".join(
                f"{x.on(p.day)} {across.at(p.value)}" for p in stretch if p.value is not None
            )
            for stretch in trace.stretches
        ),
        markers=markers,
        unable=_crosses([x.on(point.day) for point in shown if point.value is None], worst),
        natural=_wedge(trace, x, across),
        error_at=((across.at(trace.error[0]), across.at(trace.error[1])) if trace.error else None),
        label_at=(markers[-1].x + 12, markers[-1].y + LABEL_DROP) if markers else None,
    )


def _crosses(xs: Sequence[float], y: float) -> tuple[Cross, ...]:
    """One a day; of those that stand close only the last has its word, so that both can be read."""
    return tuple(
        Cross(at, y, has_word=after - at > UNABLE_WORD) for at, after in pairwise((*xs, inf))
    )


def _joined(stretch: Sequence[Point], x: Scale, across: Across) -> str:
    ends = (f"{x.on(p.day)} {across.at(p.value)}" for p in stretch if p.value is not None)
    return f"M{'L'.join(ends)}"


def _wedge(trace: Trace, x: Scale, across: Across) -> str:
    if len(trace.natural) < 2:
        return ""
    upper = "L".join(f"{x.on(each.day)} {across.at(each.high)}" for each in trace.natural)
    lower = "L".join(f"{x.on(each.day)} {across.at(each.low)}" for each in trace.natural[::-1])
    return f"M{upper}L{lower}Z"


def _labelled(
    traces: Sequence[DrawnTrace], *, floor: float, beside: Sequence[float]
) -> tuple[DrawnTrace, ...]:
    """Move the names apart where they would lie on each other or on those of the levels."""
    named = sorted(
        (each.label_at[1], number) for number, each in enumerate(traces) if each.label_at
    )
    places = [y for y, _ in named]
    least = float("-inf")
    for place, y in enumerate(places):
        places[place] = _free(max(y, least), beside, LINE)
        least = places[place] + LINE
    most = floor + LABEL_DROP
    for place, y in reversed(list(enumerate(places))):
        places[place] = _free(min(y, most), beside, -LINE)
        most = places[place] - LINE
    at = {number: y for (_, number), y in zip(named, places, strict=True)}
    return tuple(
        replace(each, label_at=(each.label_at[0], at[number])) if each.label_at else each
        for number, each in enumerate(traces)
    )


def _free(y: float, taken: Sequence[float], step: float) -> float:
    """Return the first line from y on, in the direction of the step, on which nothing stands."""
    for other in sorted(taken, reverse=step < 0):
        if abs(other - y) < LINE:
            y = other + step
    return y


def _steps(
    steps: Sequence[StepLine], time: TimeAxis, x: Scale, across: Across
) -> tuple[DrawnSteps, ...]:
    """One path a kind; neighbours of one kind are joined by their riser."""
    kinds = tuple(dict.fromkeys(each.kind for each in steps))
    return tuple(
        DrawnSteps(kind, _path([s for s in steps if s.kind == kind], time, x, across))
        for kind in kinds
    )


def _path(steps: Sequence[StepLine], time: TimeAxis, x: Scale, across: Across) -> str:
    path, last = "", None
    for step in steps:
        begins_on, ends_on = max(step.begins_on, time.first), min(step.ends_on, time.last)
        if begins_on >= ends_on:
            continue
        joins = last == begins_on
        path += f"{'V' if joins else f'M{x.on(begins_on)} '}{across.at(step.value)}"
        path += f"H{x.on(ends_on)}"
        last = ends_on
    return path


def _line(points: Sequence[tuple[date, Decimal]], time: TimeAxis, x: Scale, across: Across) -> str:
    shown = [(day, value) for day, value in points if time.first <= day <= time.last]
    if len(shown) < 2:
        return ""
    return "M" + "L".join(f"{x.on(day)} {across.at(value)}" for day, value in shown)


def _bar(begins_on: date, ends_on: date, time: TimeAxis, x: Scale) -> Bar:
    start = x.on(max(begins_on, time.first))
    end = x.on(min(ends_on, time.last))
    return Bar(start, round(max(end - start, 0.0), 1))


def _lanes(panel: PanelFacts, time: TimeAxis, x: Scale, top: float) -> tuple[Lane, ...]:
    return tuple(
        Lane(
            name=name,
            y=top + LANE_HEIGHT * (number + 0.5),
            markers=tuple(
                x.on(each.day)
                for each in panel.events
                if each.lane == name and time.first <= each.day <= time.last
            ),
            bars=tuple(
                _bar(each.day, each.until, time, x)
                for each in panel.events
                if each.lane == name and each.until is not None
            ),
        )
        for number, name in enumerate(panel.lanes)
    )


def _description(panel: PanelFacts) -> str:
    parts = []
    for trace in panel.traces:
        if not trace.points:
            continue
        first, last = trace.points[0], trace.points[-1]
        parts.append(f"{words.day(first.day)}: {first.says}.")
        if last is not first:
            parts.append(f"{words.day(last.day)}: {last.says}.")
    if panel.events:
        parts.append(f"{words.counted(len(panel.events), 'event')}: {', '.join(panel.lanes)}.")
    return " ".join([*parts, "The table below holds every value."])
