"""Where pointer, keyboard and screen reader meet a day of a drawing."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from tapers.presenters.curve import Scale
from tracker.dashboard.chart.shapes import Hit, Tip

Texts = Sequence[str]


def hits_along(
    said: Mapping[date, Texts],
    *,
    x: Scale,
    left: float,
    right: float,
    tip: Callable[[float, Texts], Tip],
) -> tuple[Hit, ...]:
    """Return one target a day of *said*, each reaching halfway to its neighbours.

    The first text of a day is its title; *tip* places the texts beside the point.
    """
    days = sorted(said)
    xs = [x.on(day) for day in days]
    edges = [left, *((a + b) / 2 for a, b in zip(xs, xs[1:], strict=False))]
    return tuple(
        Hit(
            x=at,
            left=round(begin, 1),
            width=max(round(end - begin, 1), 1.0),
            says=". ".join(said[day]),
            tip=tip(at, said[day]),
        )
        for day, at, begin, end in zip(days, xs, edges, [*edges[1:], right], strict=False)
    )
