"""Tablets as words and as a drawing: one small picture a tablet, halves cut."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tapers.domain.dose import TabletCount, TabletStrength, mg_text, tablets_for

CANNOT_BE_MADE = "Cannot be made from the stocked tablets"
MOST_DRAWN = 12
HALF = Decimal("0.5")


@dataclass(frozen=True)
class Pill:
    """One tablet or half a tablet; `label` is its strength in mg."""

    label: str
    half: bool
    radius: int

    @property
    def size(self) -> int:
        return 2 * self.radius + 2

    @property
    def middle(self) -> int:
        return self.radius + 1

    @property
    def baseline(self) -> int:
        return self.middle + 4

    @property
    def half_path(self) -> str:
        """The left half of the circle, from top to bottom."""
        m, r = self.middle, self.radius
        return f"M{m} {m - r}A{r} {r} 0 0 0 {m} {m + r}Z"

    @property
    def cut_path(self) -> str:
        m, r = self.middle, self.radius
        return f"M{m} {m - r}A{r} {r} 0 0 1 {m} {m + r}"


@dataclass(frozen=True)
class Tablets:
    """What makes up a day's dose. `possible` is False when it cannot be made."""

    words: str
    pills: tuple[Pill, ...]
    possible: bool


def tablets_of(daily_mg: Decimal, strengths: Sequence[TabletStrength]) -> Tablets:
    if not strengths:
        return Tablets("", (), possible=True)
    counts = tablets_for(daily_mg=daily_mg, strengths=strengths)
    if counts is None:
        return Tablets(CANNOT_BE_MADE, (), possible=False)
    if not counts:
        return Tablets("No tablet", (), possible=True)
    pills = tuple(_pills(counts))
    return Tablets(in_words(counts), pills if len(pills) <= MOST_DRAWN else (), possible=True)


def in_words(counts: Iterable[TabletCount]) -> str:
    """Return "1 × 5 mg and 1 × 2.5 mg"; halves as "1½ × 5 mg"."""
    parts = [f"{_count(each.count)} × {mg_text(each.strength_mg)} mg" for each in counts]
    *others, last = parts
    return f"{', '.join(others)} and {last}" if others else last


def _count(count: Decimal) -> str:
    whole, half = divmod(count, 1)
    return f"{int(whole) or ''}{'½' if half else ''}"


def _pills(counts: Iterable[TabletCount]) -> list[Pill]:
    pills = []
    for each in counts:
        whole, half = divmod(each.count, 1)
        radius = 12 + min(int(each.strength_mg // 10), 4)
        label = mg_text(each.strength_mg)
        pills += [Pill(label, half=False, radius=radius)] * int(whole)
        pills += [Pill(label, half=True, radius=radius)] * (half == HALF)
    return pills
