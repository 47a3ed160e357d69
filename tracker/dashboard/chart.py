"""The patient's chart: three panels on one time axis, as numbers for one SVG template.

Pure: facts in, coordinates out. Dose over strength and function over CK, aligned day by day,
so that a fall in strength can be read against the dose of that day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from math import log10

from patients.presenters import words
from tapers.domain.dose import mg_text
from tapers.presenters.curve import Scale, Tick, fill_path, nice_top, step_path

CK_FLOOR = 0.5
CK_TICKS = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
LETTER = 6.6  # width of a letter in the tip, in units of the drawing
LINE = 17
ABOVE_THE_MARKS = 30.0  # "today" and the revisions stand between the first title and its panel


@dataclass(frozen=True)
class Reading:
    """One value of one measure on a day; `share` places it, `text` says it."""

    day: date
    share: Decimal
    text: str
    rater: str = ""


@dataclass(frozen=True)
class Series:
    """One measure over time, in percent of its full score.

    error: how far one reading may be off by chance, in the same percent; None is unknown.
    yearly_loss: the slowest and the fastest published average loss a year, same percent.
    """

    name: str
    readings: tuple[Reading, ...]
    error: Decimal | None = None
    yearly_loss: tuple[Decimal, Decimal] | None = None


@dataclass(frozen=True)
class Hold:
    from_on: date
    to_on: date | None


@dataclass(frozen=True)
class Revision:
    number: int
    day: date
    text: str


@dataclass(frozen=True)
class ChartFacts:
    """What is drawn. Doses are in mg of the drug; `line_mg` equals 10 mg of prednisone.

    `before` is the dose recorded before the plan; nobody confirmed it day by day.
    """

    today: date
    drug: str = ""
    before: tuple[tuple[date, Decimal], ...] = ()
    planned: tuple[tuple[date, Decimal], ...] = ()
    taken: tuple[tuple[date, Decimal], ...] = ()
    line_mg: Decimal = Decimal(10)
    holds: tuple[Hold, ...] = ()
    revisions: tuple[Revision, ...] = ()
    strength: Series | None = None
    function: Series | None = None
    ck: tuple[Reading, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.planned or self.visit_days)

    @property
    def visit_days(self) -> list[date]:
        series = [each.readings for each in (self.strength, self.function) if each]
        return sorted({reading.day for readings in [*series, self.ck] for reading in readings})


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Panel:
    title: str
    top: float
    floor: float
    ticks: tuple[Tick, ...]
    title_gap: float = 18

    @property
    def title_at(self) -> float:
        return self.top - self.title_gap

    @property
    def inside(self) -> float:
        return self.top + 20

    @property
    def middle(self) -> float:
        return (self.top + self.floor) / 2


@dataclass(frozen=True)
class Line:
    path: str
    dots: tuple[Dot, ...]
    band: str
    label: str
    label_at: tuple[float, float]


@dataclass(frozen=True)
class Span:
    x: float
    width: float
    label: str

    @property
    def text_x(self) -> float:
        return self.x + 6


@dataclass(frozen=True)
class Mark:
    x: float
    label: str
    title: str


@dataclass(frozen=True)
class Tip:
    x: float
    y: float
    width: float
    height: float
    lines: tuple[tuple[float, str], ...]

    @property
    def text_x(self) -> float:
        return self.x + 10


@dataclass(frozen=True)
class Hit:
    """What the pointer or the keyboard lands on: all that is known of one day."""

    x: float
    left: float
    width: float
    says: str
    tip: Tip


@dataclass(frozen=True)
class Chart:
    key: str
    width: int
    height: int
    left: float
    right: float
    title: str
    description: str
    dose: Panel
    measures: Panel
    ck: Panel
    days: tuple[Tick, ...]
    today_x: float
    today_label_at: float
    before: str
    planned: str
    planned_fill: str
    taken: str
    line_mg_at: float | None
    line_mg_label: str
    holds: tuple[Span, ...]
    revisions: tuple[Mark, ...]
    strength: Line | None
    function: Line | None
    raters: tuple[Mark, ...]
    ck_line: Line | None
    ck_one_at: float
    hits: tuple[Hit, ...]
    side_labels: bool

    @property
    def bottom(self) -> float:
        return self.ck.floor

    @property
    def has_measures(self) -> bool:
        return bool(self.strength or self.function)

    @property
    def dose_height(self) -> float:
        return self.dose.floor - self.dose.top

    @property
    def hit_height(self) -> float:
        return self.bottom - self.dose.top

    @property
    def day_text_at(self) -> float:
        return self.bottom + 20

    @property
    def tick_x(self) -> float:
        return self.left - 8

    @property
    def panel_title_x(self) -> float:
        return 0 if self.key == NARROW.key else self.left

    @property
    def left_inside(self) -> float:
        return self.left + 12

    @property
    def side_x(self) -> float:
        return self.right + 12

    @property
    def line_mg_text_at(self) -> float:
        return (self.line_mg_at or 0) + 4

    @property
    def ck_one_text_at(self) -> float:
        return self.ck_one_at + 4

    @property
    def revision_text_at(self) -> float:
        return self.dose.top + 4

    @property
    def today_top(self) -> float:
        return self.dose.top - 8

    @property
    def today_text_at(self) -> float:
        return self.dose.top - 12


@dataclass(frozen=True)
class Layout:
    """Where the panels lie, for a wide page or a phone."""

    key: str
    width: int
    left: int
    right: int
    heights: tuple[int, int, int]
    gap: int = 46
    top: int = 48
    foot: int = 28
    labels: bool = True

    @property
    def height(self) -> int:
        return self.top + sum(self.heights) + 2 * self.gap + self.foot

    def panel(self, place: int) -> tuple[float, float]:
        top = self.top + sum(self.heights[:place]) + place * self.gap
        return float(top), float(top + self.heights[place])


WIDE = Layout("wide", 1200, 48, 110, (200, 150, 110))
NARROW = Layout("narrow", 360, 36, 10, (150, 120, 90), labels=False)


@dataclass(frozen=True)
class _Axes:
    layout: Layout
    x: Scale
    dose: Scale
    share: Scale
    ck: Scale
    dose_ticks: tuple[Tick, ...]
    share_ticks: tuple[Tick, ...]
    ck_ticks: tuple[Tick, ...]
    until: date = field(default=date.max)


def chart_of(facts: ChartFacts, layout: Layout = WIDE) -> Chart:
    """Lay *facts* out. Raise ValueError when there is nothing to draw."""
    axes = _axes(facts, layout)
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
        description=_description(facts),
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
        days=_day_ticks(axes),
        today_x=today_x,
        today_label_at=min(max(today_x, layout.left + 20.0), layout.width - 24.0),
        before=_before(facts, axes),
        planned=step_path(facts.planned, x=axes.x, y=axes.dose, until=axes.until),
        planned_fill=fill_path(facts.planned, x=axes.x, y=axes.dose, until=axes.until),
        taken=_taken(facts, axes),
        line_mg_at=_within(axes.dose, float(facts.line_mg)) if facts.planned else None,
        line_mg_label=f"{mg_text(facts.line_mg)} mg",
        holds=tuple(_span(hold, axes, facts.today) for hold in facts.holds),
        revisions=tuple(_revision(each, axes) for each in facts.revisions),
        strength=strength,
        function=_apart(function, strength),
        raters=_rater_changes(facts.strength, axes),
        ck_line=_ck_line(facts.ck, axes),
        ck_one_at=_ck_at(axes, 1.0),
        hits=_hits(facts, axes),
        side_labels=layout.labels,
    )


def _axes(facts: ChartFacts, layout: Layout) -> _Axes:
    first, last = _span_of(facts)
    x = Scale(first.toordinal(), last.toordinal(), layout.left, layout.width - layout.right)
    dose, dose_ticks = _dose_axis(facts, layout)
    share, share_ticks = _share_axis(facts, layout)
    ck, ck_ticks = _ck_axis(facts, layout)
    return _Axes(layout, x, dose, share, ck, dose_ticks, share_ticks, ck_ticks, until=last)


def _span_of(facts: ChartFacts) -> tuple[date, date]:
    days = [facts.today, *(day for day, _ in facts.planned), *(day for day, _ in facts.taken)]
    days += facts.visit_days
    first, last = min(days), max(days)
    pad = max((last - first).days // 30, 4)
    return (
        first - timedelta(days=min(pad, (first - date.min).days)),
        last + timedelta(days=min(pad + 3, (date.max - last).days)),
    )


def _dose_axis(facts: ChartFacts, layout: Layout) -> tuple[Scale, tuple[Tick, ...]]:
    top, floor = layout.panel(0)
    doses = (*facts.before, *facts.planned, *facts.taken)
    highest = max((mg for _, mg in doses), default=Decimal(10))
    count, tick = nice_top(max(highest, Decimal(1)))
    scale = Scale(0, count * tick, floor, top)
    marks = [n * tick for n in range(count + 1)]
    return scale, tuple(Tick(scale.at(mg), mg_text(Decimal(str(mg)))) for mg in marks)


def _share_axis(facts: ChartFacts, layout: Layout) -> tuple[Scale, tuple[Tick, ...]]:
    """From 100 % down to what is needed, in steps of 10 or 20: small falls must be visible."""
    top, floor = layout.panel(1)
    shares = [
        float(reading.share - (series.error or 0))
        for series in (facts.strength, facts.function)
        if series
        for reading in series.readings
    ]
    lowest = max(int(min(shares, default=0.0) // 10) * 10, 0)
    highest = max(100, *(int(-(-share // 10) * 10) for share in shares or [100.0]))
    tick = 10 if highest - lowest <= 50 else 20
    lowest -= lowest % tick
    scale = Scale(lowest, highest, floor, top)
    marks = range(lowest, highest + 1, tick)
    return scale, tuple(Tick(scale.at(mark), str(mark)) for mark in marks)


def _ck_axis(facts: ChartFacts, layout: Layout) -> tuple[Scale, tuple[Tick, ...]]:
    top, floor = layout.panel(2)
    highest = max((float(each.share) for each in facts.ck), default=2.0)
    upper = next((tick for tick in CK_TICKS if tick >= max(highest, 5)), highest)
    scale = Scale(log10(CK_FLOOR), log10(upper), floor, top)
    shown = [tick for tick in CK_TICKS if tick <= upper]
    kept = shown if len(shown) <= 5 else [tick for tick in shown if log10(tick) % 1 == 0]
    return scale, tuple(Tick(scale.at(log10(tick)), f"{tick:g}") for tick in kept)


def _ck_at(axes: _Axes, multiple: float) -> float:
    return axes.ck.at(log10(max(multiple, CK_FLOOR)))


def _within(scale: Scale, value: float) -> float | None:
    return scale.at(value) if scale.low <= value <= scale.high else None


def _day_ticks(axes: _Axes) -> tuple[Tick, ...]:
    first, last = date.fromordinal(int(axes.x.low)), date.fromordinal(int(axes.x.high))
    most = max(int((axes.x.end - axes.x.start) // 72), 2)
    days = (last - first).days
    if days <= 150:
        every = next(n for n in (7, 14, 28, 56, 91) if days / n <= most)
        monday = first + timedelta(days=-first.weekday() % 7)
        marks = [monday + timedelta(days=n) for n in range(0, (last - monday).days + 1, every)]
        return tuple(Tick(axes.x.on(mark), words.short_day(mark)) for mark in marks)
    months = [month for month in _months(first, last)]
    every = next((n for n in (1, 2, 3, 6, 12, 24, 60, 120) if len(months) / n <= most), 240)
    kept = [month for month in months if (month.year * 12 + month.month - 1) % every == 0]
    return tuple(Tick(axes.x.on(month), _month(month)) for month in kept)


def _months(first: date, last: date) -> Iterable[date]:
    for index in range(first.year * 12 + first.month, last.year * 12 + last.month):
        yield date(index // 12, index % 12 + 1, 1)


def _month(day: date) -> str:
    return f"{words.MONTHS[day.month - 1]} {day.year}"


def _before(facts: ChartFacts, axes: _Axes) -> str:
    """Drawn from the edge where the treatment is older than the chart."""
    if not facts.before or not facts.planned:
        return ""
    first = date.fromordinal(int(axes.x.low))
    points = [(max(day, first), mg) for day, mg in facts.before]
    return step_path(points, x=axes.x, y=axes.dose, until=facts.planned[0][0])


def _taken(facts: ChartFacts, axes: _Axes) -> str:
    if not facts.taken:
        return ""
    return step_path(facts.taken, x=axes.x, y=axes.dose, until=facts.taken[-1][0])


def _span(hold: Hold, axes: _Axes, today: date) -> Span:
    start = axes.x.on(hold.from_on)
    end = axes.x.on(hold.to_on or max(today, hold.from_on))
    until = f" to {words.day(hold.to_on)}" if hold.to_on else ", still on hold"
    return Span(
        start, max(round(end - start, 1), 2.0), f"On hold from {words.day(hold.from_on)}{until}"
    )


def _revision(revision: Revision, axes: _Axes) -> Mark:
    return Mark(axes.x.on(revision.day), str(revision.number), revision.text)


def _line(series: Series | None, axes: _Axes) -> Line | None:
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


def _dot(reading: Reading, error: Decimal | None, axes: _Axes) -> Dot:
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


def _loss_band(series: Series, axes: _Axes) -> str:
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


def _rater_changes(series: Series | None, axes: _Axes) -> tuple[Mark, ...]:
    if series is None:
        return ()
    pairs = zip(series.readings, series.readings[1:], strict=False)
    return tuple(
        Mark(axes.x.on(after.day), "", f"Another rater from {words.day(after.day)}: {after.rater}")
        for before, after in pairs
        if after.rater != before.rater
    )


def _ck_line(readings: Sequence[Reading], axes: _Axes) -> Line | None:
    if not readings:
        return None
    dots = tuple(Dot(axes.x.on(each.day), _ck_at(axes, float(each.share))) for each in readings)
    return Line(_polyline(dots), dots, "", "CK", (dots[-1].x + 12, dots[-1].y + 4))


def _hits(facts: ChartFacts, axes: _Axes) -> tuple[Hit, ...]:
    days = sorted({day for day, _ in facts.planned} | set(facts.visit_days) | {facts.today})
    xs = [axes.x.on(day) for day in days]
    edges = [axes.layout.left, *((a + b) / 2 for a, b in zip(xs, xs[1:], strict=False))]
    ends = [*edges[1:], axes.layout.width - axes.layout.right]
    return tuple(
        _hit(day, x, left, end, facts, axes)
        for day, x, left, end in zip(days, xs, edges, ends, strict=True)
    )


def _hit(day: date, x: float, left: float, end: float, facts: ChartFacts, axes: _Axes) -> Hit:
    lines = lines_of(day, facts)
    title = words.day(day) + (" (today)" if day == facts.today else "")
    return Hit(
        x=x,
        left=round(left, 1),
        width=max(round(end - left, 1), 1.0),
        says=". ".join([title, *lines]),
        tip=_tip(x, [title, *lines], axes),
    )


def lines_of(day: date, facts: ChartFacts) -> list[str]:
    """Return what is known of *day*, a sentence each."""
    lines = []
    planned = value_on(facts.planned, day)
    if planned is not None:
        lines.append(f"Planned: {mg_text(planned)} mg a day")
    taken = taken_on(facts, day)
    if taken is not None:
        lines.append(f"Taken: {mg_text(taken)} mg a day")
    for series in (facts.strength, facts.function):
        lines += [each.text for each in series.readings if each.day == day] if series else []
    return lines + [each.text for each in facts.ck if each.day == day]


def taken_on(facts: ChartFacts, day: date) -> Decimal | None:
    """Return the confirmed dose of *day*; the last point of the line ends what is known."""
    if not facts.taken or day > facts.taken[-1][0]:
        return None
    known = day < facts.taken[-1][0] or day == facts.today
    return value_on(facts.taken, day) if known else None


def value_on(points: Sequence[tuple[date, Decimal]], day: date) -> Decimal | None:
    """Return the value of a step function on *day*; None before its first point."""
    reached = [mg for start, mg in points if start <= day]
    return reached[-1] if reached else None


def _tip(x: float, lines: Sequence[str], axes: _Axes) -> Tip:
    width = round(max(len(line) for line in lines) * LETTER + 20, 1)
    height = LINE * len(lines) + 12.0
    layout = axes.layout
    right_of = x + 10 + width <= layout.width
    left = x + 10 if right_of else max(x - 10 - width, 0.0)
    top = float(layout.top) + 4
    texts = tuple((top + 18 + LINE * n, line) for n, line in enumerate(lines))
    return Tip(round(left, 1), top, width, height, texts)


def _description(facts: ChartFacts) -> str:
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
