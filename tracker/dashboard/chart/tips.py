"""What the pointer, the keyboard and the screen reader are told."""

from collections.abc import Sequence
from datetime import date

from patients.presenters import words
from tapers.domain.dose import mg_text
from tracker.dashboard.chart.axes import Axes
from tracker.dashboard.chart.facts import ChartFacts, Reading, lines_of
from tracker.dashboard.chart.hits import hits_along
from tracker.dashboard.chart.shapes import Hit, Tip

LETTER = 6.6  # width of a letter in the tip, in units of the drawing
LINE = 17


def hits_of(facts: ChartFacts, axes: Axes) -> tuple[Hit, ...]:
    days = {day for day, _ in facts.planned} | set(facts.visit_days) | {facts.today}
    return hits_along(
        {day: [_title(day, facts), *lines_of(day, facts)] for day in days},
        x=axes.x,
        left=axes.layout.left,
        right=axes.layout.width - axes.layout.right,
        tip=lambda x, lines: _tip(x, lines, axes),
    )


def _title(day: date, facts: ChartFacts) -> str:
    return words.day(day) + (" (today)" if day == facts.today else "")


def _tip(x: float, lines: Sequence[str], axes: Axes) -> Tip:
    width = round(max(len(line) for line in lines) * LETTER + 20, 1)
    height = LINE * len(lines) + 12.0
    layout = axes.layout
    right_of = x + 10 + width <= layout.width
    left = x + 10 if right_of else max(x - 10 - width, 0.0)
    top = float(layout.top) + 4
    texts = tuple((top + 18 + LINE * n, line) for n, line in enumerate(lines))
    return Tip(round(left, 1), top, width, height, texts)


def description_of(facts: ChartFacts) -> str:
    parts = []
    if facts.planned:
        (first, first_mg), (last, last_mg) = facts.planned[0], facts.planned[-1]
        parts.append(
            f"The planned dose falls from {mg_text(first_mg)} mg a day on {words.day(first)} "
            f"to {mg_text(last_mg)} mg on {words.day(last)}."
        )
    for series in (facts.strength, facts.function):
        if series and series.readings:
            parts.append(_course(series.readings))
    if facts.ck:
        parts.append(_course(facts.ck))
    return " ".join([*parts, "The table below the chart holds every value."])


def _course(readings: Sequence[Reading]) -> str:
    first, last = readings[0], readings[-1]
    if first is last:
        return f"{first.text} on {words.day(first.day)}."
    return f"{first.text} on {words.day(first.day)}, {last.text} on {words.day(last.day)}."
