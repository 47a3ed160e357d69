"""The panels of the course page: where a reading stands, and where its name."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tracker.dashboard.chart.aligned import Level, PanelFacts, Point, TimeAxis, Trace, drawings_of

MONDAY, LATER = date(2026, 3, 2), date(2026, 4, 27)
TIME = TimeAxis(first=date(2026, 2, 23), last=date(2026, 5, 4), as_of=LATER, as_of_name="Today")
LINE = 15


def points(*values: str | None) -> tuple[Point, ...]:
    days = (MONDAY, date(2026, 3, 30), LATER)
    return tuple(
        Point(day, Decimal(value) if value else None, value or "unable")
        for day, value in zip(days, values, strict=False)
    )


@pytest.mark.parametrize(
    "values", [("15.1", "17.9", None), ("15", "20", None), ("12", "19.9", None)]
)
def test_a_walk_that_could_not_be_done_stands_beyond_the_slowest(values):
    panel = PanelFacts("tug", "TUG", (Trace("TUG", points(*values)),), low_is_better=True)

    for drawing in drawings_of(panel, time=TIME):
        [trace] = drawing.traces
        assert trace.unable[0].y < drawing.top + 15
        assert trace.unable[0].y < min(marker.y for marker in trace.markers)


@pytest.mark.parametrize("values", [("62", "55", None), ("62", "50.5", None), ("70", "60", None)])
def test_a_strength_that_could_not_be_tested_stands_below_the_weakest(values):
    panel = PanelFacts("mmt8", "MMT8", (Trace("MMT8", points(*values)),))

    for drawing in drawings_of(panel, time=TIME):
        [trace] = drawing.traces
        assert trace.unable[0].y > max(marker.y for marker in trace.markers)


@pytest.mark.parametrize("last", ["0.5", "0.9", "1", "1.1", "1.4", "3", "40"])
def test_the_name_of_a_line_never_lies_on_that_of_the_limit(last):
    ck = Trace("CK", points("2", "900" if last == "0.5" else "2", last))
    panel = PanelFacts("ck", "CK", (ck,), levels=(Level(Decimal(1), "upper limit"),), log=True)

    for drawing in drawings_of(panel, time=TIME):
        [trace], [level] = drawing.traces, drawing.levels
        assert trace.label_at is not None
        assert abs(trace.label_at[1] - level.text_y) >= LINE
        assert trace.label_at[1] <= drawing.floor + 4


def test_the_names_of_several_lines_stand_apart_and_in_the_order_of_the_lines():
    lines = [Trace(name, points("9", value)) for name, value in zip("abc", "775", strict=True)]
    [drawing, _] = drawings_of(PanelFacts("muscles", "Muscles", tuple(lines)), time=TIME)

    feet = [trace.label_at[1] for trace in drawing.traces if trace.label_at]
    assert feet == sorted(feet)
    assert all(after - before >= LINE for before, after in zip(feet, feet[1:], strict=False))


def test_of_crosses_that_stand_close_only_the_last_has_its_word():
    days = (MONDAY, LATER - timedelta(days=8), LATER)
    values = (Decimal(300), None, None)
    walked = tuple(Point(day, value, "said") for day, value in zip(days, values, strict=True))
    panel = PanelFacts("walk", "Walk", (Trace("Walk", walked),))

    wide, narrow = drawings_of(panel, time=TIME)

    assert [cross.has_word for cross in narrow.traces[0].unable] == [False, True]
    assert [cross.has_word for cross in wide.traces[0].unable] == [True, True]
