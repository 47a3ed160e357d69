"""Panels under each other on one time axis, each a drawing of its own, so that paper can break
between them. Pure: facts in, coordinates out."""

from tracker.dashboard.chart.aligned.drawing import drawings_of, style_of
from tracker.dashboard.chart.aligned.facts import (
    Event,
    Level,
    PanelFacts,
    Point,
    StepLine,
    Strip,
    TimeAxis,
    Trace,
    Wedge,
)
from tracker.dashboard.chart.aligned.shapes import Drawing
from tracker.dashboard.chart.aligned.tips import lines_by_day

__all__ = [
    "Drawing",
    "Event",
    "Level",
    "PanelFacts",
    "Point",
    "StepLine",
    "Strip",
    "TimeAxis",
    "Trace",
    "Wedge",
    "drawings_of",
    "lines_by_day",
    "style_of",
]
