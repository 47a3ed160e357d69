"""What the SVG template prints: numbers and words, nothing to work out."""

from dataclasses import dataclass

from tapers.presenters.curve import Tick


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
        return self.left if self.side_labels else 0

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
