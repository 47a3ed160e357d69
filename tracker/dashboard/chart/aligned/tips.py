"""What pointer, keyboard and screen reader are told of a day in a panel."""

from collections.abc import Sequence
from datetime import date

from patients.presenters import words
from tapers.domain.dose import mg_text
from tapers.presenters.curve import Scale
from tracker.dashboard.chart.aligned.facts import PanelFacts, TimeAxis
from tracker.dashboard.chart.aligned.scale import Layout
from tracker.dashboard.chart.hits import hits_along
from tracker.dashboard.chart.shapes import Hit, Tip

LETTER = 6.4
LINE = 16
KINDS = {"planned": "planned", "confirmed": "taken, confirmed", "estimate": "as planned, estimated"}


def hits_of(panel: PanelFacts, *, time: TimeAxis, x: Scale, layout: Layout) -> tuple[Hit, ...]:
    said = lines_by_day(panel)
    return hits_along(
        {
            day: [words.day(day), *lines]
            for day, lines in said.items()
            if time.first <= day <= time.last
        },
        x=x,
        left=layout.left,
        right=layout.width - layout.right,
        tip=lambda at, lines: _tip(at, lines, layout),
    )


def lines_by_day(panel: PanelFacts) -> dict[date, list[str]]:
    """Return what the panel says of each day on which something is drawn."""
    said: dict[date, list[str]] = {}
    for trace in panel.traces:
        for point in trace.points:
            said.setdefault(point.day, []).append(point.says)
    for step in panel.steps:
        said.setdefault(step.begins_on, []).append(
            f"{mg_text(step.value)} mg a day, {KINDS[step.kind]}"
        )
    for day, value in panel.line:
        said.setdefault(day, []).append(f"{words.number(round(value, 1))} mg in all")
    for event in panel.events:
        said.setdefault(event.day, []).append(event.says)
    return said


def _tip(x: float, lines: Sequence[str], layout: Layout) -> Tip:
    most = int((layout.width - 20) / LETTER)
    shown = [line if len(line) <= most else f"{line[: most - 1]}…" for line in lines]
    width = round(max(len(line) for line in shown) * LETTER + 20, 1)
    left = x + 10 if x + 10 + width <= layout.width else max(x - 10 - width, 0.0)
    top = layout.top + 2
    texts = tuple((top + 16 + LINE * n, line) for n, line in enumerate(shown))
    return Tip(round(left, 1), top, width, LINE * len(shown) + 10.0, texts)
