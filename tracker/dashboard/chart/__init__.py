"""The patient's chart: three panels on one time axis, as numbers for one SVG template.

Pure: facts in, coordinates out. Dose over strength and function over CK, aligned day by day,
so that a fall in strength can be read against the dose of that day.
"""

from tracker.dashboard.chart.axes import NARROW, WIDE
from tracker.dashboard.chart.drawing import chart_of
from tracker.dashboard.chart.facts import (
    ChartFacts,
    Hold,
    Reading,
    Revision,
    Series,
    lines_of,
    taken_on,
    value_on,
)

__all__ = [
    "NARROW",
    "WIDE",
    "ChartFacts",
    "Hold",
    "Reading",
    "Revision",
    "Series",
    "chart_of",
    "lines_of",
    "taken_on",
    "value_on",
]
