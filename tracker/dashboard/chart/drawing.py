"""From facts to the drawing."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from patients.presenters import words
from tapers.domain.dose import mg_text
from tapers.presenters.curve import fill_path, step_path
from tracker.dashboard.chart.axes import WIDE, Axes, Layout, axes_of, ck_at, day_ticks, within
from tracker.dashboard.chart.facts import ChartFacts, Hold, Reading, Revision, Series
from tracker.dashboard.chart.shapes import Chart, Dot, Line, Mark, Panel, Span
from tracker.dashboard.chart.tips import LINE, description_of, hits_of

ABOVE_THE_MARKS = 30.0  # "today" and the revisions stand between the first title and its panel


def chart_of(facts: ChartFacts, layout: Layout = WIDE) -> Chart:
    """Lay *facts* out. Raise ValueError when there is nothing to draw."""
    axes = axes_of(facts, layout)
    strength = _line(facts.strength, axes)
    function = _line(facts.function, axes)
    today_x = axes.x.on(facts.today)
    return Chart(
        key=layout.key,
        width=layout.width,
        height=layout.height,
        left=layout.left,
        right=layout.width - layout.right,
        title="Dose, strength and function, and CK on one time axis",
        description=description_of(facts),
        dose=Panel(
            f"Dose, mg {facts.drug} a day".replace("  ", " "),
            *layout.panel(0),
            axes.dose_ticks,
            ABOVE_THE_MARKS,
        ),
        measures=Panel(
            "Strength and function, % of full score", *layout.panel(1), axes.share_ticks
        ),
        ck=Panel("CK, multiples of the upper limit", *layout.panel(2), axes.ck_ticks),
        days=day_ticks(axes.x),
        today_x=today_x,
        today_label_at=min(max(today_x, layout.left + 20.0), layout.width - 24.0),
        before=_before(facts, axes),
        planned=step_path(facts.planned, x=axes.x, y=axes.dose, until=axes.until),
        planned_fill=fill_path(facts.planned, x=axes.x, y=axes.dose, until=axes.until),
        taken=_taken(facts, axes),
        line_mg_at=within(axes.dose, float(facts.line_mg)) if facts.planned else None,
        line_mg_label=f"{mg_text(facts.line_mg)} mg",
        holds=tuple(_span(hold, axes, facts.today) for hold in facts.holds),
        revisions=tuple(_revision(each, axes) for each in facts.revisions),
        strength=strength,
        function=_apart(function, strength),
        raters=_rater_changes(facts.strength, axes),
        ck_line=_ck_line(facts.ck, axes),
        ck_one_at=ck_at(axes, 1.0),
        hits=hits_of(facts, axes),
        side_labels=layout.labels,
    )


def _before(facts: ChartFacts, axes: Axes) -> str:
    """Drawn from the edge where the treatment is older than the chart."""
    if not facts.before or not facts.planned:
        return ""
    first = date.fromordinal(int(axes.x.low))
    points = [(max(day, first), mg) for day, mg in facts.before]
    return step_path(points, x=axes.x, y=axes.dose, until=facts.planned[0][0])


def _taken(facts: ChartFacts, axes: Axes) -> str:
    if not facts.taken:
        return ""
    return step_path(facts.taken, x=axes.x, y=axes.dose, until=facts.taken[-1][0])


def _span(hold: Hold, axes: Axes, today: date) -> Span:
    start = axes.x.on(hold.from_on)
    end = axes.x.on(hold.to_on or max(today, hold.from_on))
    until = f" to {words.day(hold.to_on)}" if hold.to_on else ", still on hold"
    return Span(
        start, max(round(end - start, 1), 2.0), f"On hold from {words.day(hold.from_on)}{until}"
    )


def _revision(revision: Revision, axes: Axes) -> Mark:
    return Mark(axes.x.on(revision.day), str(revision.number), revision.text)


def _line(series: Series | None, axes: Axes) -> Line | None:
    if series is None or not series.readings:
        return None
    dots = tuple(_dot(reading, series.error, axes) for reading in series.readings)
    return Line(
        path=_polyline(dots),
        dots=dots,
        band=_loss_band(series, axes),
        label=series.name,
        label_at=(dots[-1].x + 12, dots[-1].y + 4),
    )


def _dot(reading: Reading, error: Decimal | None, axes: Axes) -> Dot:
    share = float(reading.share)
    if error is None:
        return Dot(axes.x.on(reading.day), axes.share.at(share))
    low = max(share - float(error), axes.share.low)
    high = min(share + float(error), axes.share.high)
    return Dot(
        axes.x.on(reading.day), axes.share.at(share), axes.share.at(low), axes.share.at(high)
    )


def _polyline(dots: Sequence[Dot]) -> str:
    return "M" + "L".join(f"{dot.x} {dot.y}" for dot in dots)


def _loss_band(series: Series, axes: Axes) -> str:
    """The published average course from the first reading on: between slow and fast loss."""
    first = series.readings[0]
    if series.yearly_loss is None or first.day >= axes.until:
        return ""
    years = (axes.until - first.day).days / 365.25
    start = float(first.share)
    ends = [max(start - float(loss) * years, axes.share.low) for loss in series.yearly_loss]
    left, right = axes.x.on(first.day), axes.x.on(axes.until)
    top = axes.share.at(start)
    return f"M{left} {top}L{right} {axes.share.at(ends[0])}V{axes.share.at(ends[1])}Z"


def _apart(line: Line | None, other: Line | None) -> Line | None:
    """Move the label of *line* when it would lie on that of *other*."""
    if line is None or other is None:
        return line
    (x, y), (_, taken) = line.label_at, other.label_at
    if abs(y - taken) >= LINE:
        return line
    y = taken + LINE if y >= taken else taken - LINE
    return Line(line.path, line.dots, line.band, line.label, (x, y))


def _rater_changes(series: Series | None, axes: Axes) -> tuple[Mark, ...]:
    if series is None:
        return ()
    pairs = zip(series.readings, series.readings[1:], strict=False)
    return tuple(
        Mark(axes.x.on(after.day), "", f"Another rater from {words.day(after.day)}: {after.rater}")
        for before, after in pairs
        if after.rater != before.rater
    )


def _ck_line(readings: Sequence[Reading], axes: Axes) -> Line | None:
    if not readings:
        return None
    dots = tuple(Dot(axes.x.on(each.day), ck_at(axes, float(each.share))) for each in readings)
    return Line(_polyline(dots), dots, "", "CK", (dots[-1].x + 12, dots[-1].y + 4))
