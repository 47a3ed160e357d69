"""What else happened, beside the measurements, in lanes under the dose."""

from patients.presenters import words
from tapers.domain.side_by_side import SideBySide
from tracker.dashboard.chart.aligned import Event, PanelFacts, TimeAxis, drawings_of
from tracker.dashboard.presenters.course.figures import Figure, Row


def event_figure(course: SideBySide, time: TimeAxis) -> Figure | None:
    """None while nothing is recorded."""
    found = course.annotations
    if not found:
        return None
    panel = PanelFacts(
        key="events",
        title="What else was recorded",
        events=tuple(Event(each.on, each.lane, each.says, each.until_on) for each in found),
    )
    return Figure(
        key=panel.key,
        title=panel.title,
        drawings=drawings_of(panel, time=time),
        legend=(),
        notes=(),
        heads=("Kind", "What"),
        rows=tuple(Row(words.day(each.on), (each.lane, each.says)) for each in reversed(found)),
    )
