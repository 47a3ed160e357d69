"""What the template of a panel prints: coordinates and words, nothing to work out."""

from dataclasses import dataclass

from tapers.presenters.curve import Tick
from tracker.dashboard.chart.shapes import Hit

SHAPES = {
    "circle": "M-5 0A5 5 0 1 0 5 0A5 5 0 1 0 -5 0Z",
    "diamond": "M0 -6.5L6.5 0L0 6.5L-6.5 0Z",
    "square": "M-4.5 -4.5H4.5V4.5H-4.5Z",
    "triangle": "M0 -6L6 5H-6Z",
}
DASHES = ("", "7 4", "2 3", "9 3 2 3")


@dataclass(frozen=True)
class Marker:
    x: float
    y: float
    filled: bool
    is_baseline: bool


@dataclass(frozen=True)
class Cross:
    """A day on which it was tried and could not be done."""

    x: float
    y: float
    has_word: bool = True  # False where the next cross would stand in its word

    @property
    def text_x(self) -> float:
        return self.x + 8

    @property
    def text_y(self) -> float:
        return self.y + 4


@dataclass(frozen=True)
class DrawnTrace:
    name: str
    shape: str
    dash: str
    path: str
    markers: tuple[Marker, ...]
    unable: tuple[Cross, ...]
    natural: str
    error_at: tuple[float, float] | None
    label_at: tuple[float, float] | None

    @property
    def marker(self) -> str:
        return SHAPES[self.shape]


@dataclass(frozen=True)
class DrawnSteps:
    kind: str
    path: str


@dataclass(frozen=True)
class Bar:
    x: float
    width: float


@dataclass(frozen=True)
class Lane:
    name: str
    y: float
    markers: tuple[float, ...]
    bars: tuple[Bar, ...]

    @property
    def text_y(self) -> float:
        return self.y + 4

    @property
    def bar_y(self) -> float:
        return self.y - 4


@dataclass(frozen=True)
class DrawnLevel:
    y: float
    name: str

    @property
    def text_y(self) -> float:
        return self.y + 4


@dataclass(frozen=True)
class Drawing:
    """One panel for one width of page."""

    key: str
    layout: str
    width: int
    height: int
    left: float
    right: float
    top: float
    floor: float
    title: str
    description: str
    ticks: tuple[Tick, ...]
    days: tuple[Tick, ...]
    cuts: tuple[float, ...]
    as_of_x: float
    as_of_name: str
    as_of_anchor: str
    traces: tuple[DrawnTrace, ...]
    steps: tuple[DrawnSteps, ...]
    line: str
    strips: tuple[Bar, ...]
    lanes: tuple[Lane, ...]
    levels: tuple[DrawnLevel, ...]
    hits: tuple[Hit, ...]
    side_labels: bool

    @property
    def ident(self) -> str:
        return f"{self.key}-{self.layout}"

    @property
    def tick_x(self) -> float:
        return self.left - 8

    @property
    def side_x(self) -> float:
        return self.right + 10

    @property
    def day_text_at(self) -> float:
        return self.floor + 18

    @property
    def as_of_text_at(self) -> float:
        return self.top - 6

    @property
    def strip_y(self) -> float:
        return self.floor - 7

    @property
    def hit_height(self) -> float:
        return self.floor - self.top
