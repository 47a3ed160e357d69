"""Drugs, doses in mg a day, prednisone equivalents, and the tablets that make a dose up."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from math import gcd

from tapers.domain.errors import (
    DoseNotANumber,
    DoseOutOfRange,
    OffGrid,
    OutOfRange,
    StrengthNotPossible,
    TooPrecise,
    UnknownDrug,
)

EQUIVALENCE_TABLE_VERSION = "2026-11"  # raise it whenever a number in _FACTS changes
MAX_PREDNISONE_MG = Decimal(200)
MG_GRID = Decimal("0.25")  # doses are entered in quarters of a milligram
LONG_ACTING_MG_GRID = Decimal("0.025")  # of dexamethasone 0.375 mg is a step of the ladder
MG_DECIMALS = 4  # every dose the domain makes is exact with so many digits
ENTERED_MG_DECIMALS = 3  # so that the mean of two entered doses still fits MG_DECIMALS
MIN_TABLET_MG = Decimal("0.1")
MAX_TABLET_MG = Decimal(100)
TABLET_GRID = Decimal("0.05")
_FIVE = Decimal(5)


class DurationClass(StrEnum):
    SHORT = "SHORT"
    INTERMEDIATE = "INTERMEDIATE"
    LONG = "LONG"


class Drug(StrEnum):
    PREDNISONE = "PREDNISONE"
    PREDNISOLONE = "PREDNISOLONE"
    METHYLPREDNISOLONE = "METHYLPREDNISOLONE"
    TRIAMCINOLONE = "TRIAMCINOLONE"
    DEXAMETHASONE = "DEXAMETHASONE"
    BETAMETHASONE = "BETAMETHASONE"
    HYDROCORTISONE = "HYDROCORTISONE"
    CORTISONE = "CORTISONE"
    DEFLAZACORT = "DEFLAZACORT"

    @property
    def label(self) -> str:
        return self.value.capitalize()

    @property
    def mg_equal_to_prednisone_5(self) -> Decimal:
        return _FACTS[self].mg_equal_to_prednisone_5

    @property
    def duration_class(self) -> DurationClass:
        return _FACTS[self].duration_class

    @property
    def is_long_acting(self) -> bool:
        return self.duration_class is DurationClass.LONG

    @property
    def physiologic_mg(self) -> Decimal:
        """mg a day of this drug at which the adrenal rules look at the plan.

        The middle of the adrenal guideline's own range where it names the drug (S_ADRENAL);
        for the others what equals 5 mg of prednisone.
        """
        return _FACTS[self].physiologic_mg or from_prednisone_mg(drug=self, prednisone_mg=_FIVE)

    @property
    def exposure_mg(self) -> Decimal:
        """Above so many mg a day, a day counts as steroid exposure: lower end of those ranges."""
        return _FACTS[self].exposure_mg or from_prednisone_mg(drug=self, prednisone_mg=Decimal(4))

    @property
    def entry_grid_mg(self) -> Decimal:
        """What a dose that a person enters is a multiple of; the ladder may go finer."""
        return LONG_ACTING_MG_GRID if self.is_long_acting else MG_GRID

    @property
    def max_daily_mg(self) -> Decimal:
        return from_prednisone_mg(drug=self, prednisone_mg=MAX_PREDNISONE_MG)


@dataclass(frozen=True)
class _DrugFacts:
    mg_equal_to_prednisone_5: Decimal
    duration_class: DurationClass
    physiologic_mg: Decimal | None = None
    exposure_mg: Decimal | None = None


# Anti-inflammatory equivalents of 5 mg of prednisone (sources.EQUIVALENCE); the last two columns
# from the adrenal guideline (sources.ADRENAL_GUIDELINE), because for dexamethasone the
# anti-inflammatory ratio would understate what it does to the adrenal axis.
_FACTS = {
    Drug.PREDNISONE: _DrugFacts(_FIVE, DurationClass.INTERMEDIATE, _FIVE, Decimal(4)),
    Drug.PREDNISOLONE: _DrugFacts(_FIVE, DurationClass.INTERMEDIATE, _FIVE, Decimal(4)),
    Drug.METHYLPREDNISOLONE: _DrugFacts(
        Decimal(4), DurationClass.INTERMEDIATE, Decimal(4), Decimal(3)
    ),
    Drug.TRIAMCINOLONE: _DrugFacts(Decimal(4), DurationClass.INTERMEDIATE),
    Drug.DEXAMETHASONE: _DrugFacts(
        Decimal("0.75"), DurationClass.LONG, Decimal("0.375"), Decimal("0.25")
    ),
    Drug.BETAMETHASONE: _DrugFacts(Decimal("0.75"), DurationClass.LONG),
    Drug.HYDROCORTISONE: _DrugFacts(Decimal(20), DurationClass.SHORT, Decimal(20), Decimal(15)),
    Drug.CORTISONE: _DrugFacts(Decimal(25), DurationClass.SHORT),
    Drug.DEFLAZACORT: _DrugFacts(Decimal(6), DurationClass.INTERMEDIATE),
}


def drug_called(text: str) -> Drug:
    """Return the drug of that name, in any letter case. Raise UnknownDrug."""
    try:
        return Drug(text.strip().upper())
    except ValueError:
        raise UnknownDrug(text, ", ".join(drug.label for drug in Drug)) from None


def to_prednisone_mg(*, drug: Drug, mg: Decimal) -> Decimal:
    """Return the equivalent in prednisone: exact where finite, otherwise 28 digits."""
    return mg * _FIVE / drug.mg_equal_to_prednisone_5


def from_prednisone_mg(*, drug: Drug, prednisone_mg: Decimal) -> Decimal:
    """Return mg of *drug*; always exact, as it divides by five only."""
    return prednisone_mg * drug.mg_equal_to_prednisone_5 / _FIVE


@dataclass(frozen=True)
class Dose:
    drug: Drug
    daily_mg: Decimal

    def __post_init__(self) -> None:
        check_mg(self.daily_mg, field="daily_mg")

    @property
    def prednisone_mg(self) -> Decimal:
        return to_prednisone_mg(drug=self.drug, mg=self.daily_mg)


def check_mg(mg: Decimal, *, field: str, decimals: int = MG_DECIMALS) -> None:
    """Refuse what is no amount of a drug: NaN, infinity, below 0, needlessly many digits."""
    if not mg.is_finite() or mg < 0:
        raise DoseNotANumber(field)
    if mg >= 1_000_000:
        raise OutOfRange(field, 0, 1_000_000, "mg")
    if mg != mg.quantize(Decimal(1).scaleb(-decimals)):
        raise TooPrecise(field, decimals)


def check_daily_mg(*, drug: Drug, daily_mg: Decimal, field: str = "daily_mg") -> None:
    """Refuse a present dose of 0 or less, or above 200 mg of prednisone equivalent."""
    if not daily_mg.is_finite() or not 0 < daily_mg <= drug.max_daily_mg:
        raise DoseOutOfRange(field, mg_text(drug.max_daily_mg), drug.label.lower())
    check_mg(daily_mg, field=field)


def check_entered_mg(*, drug: Drug, mg: Decimal, field: str) -> None:
    """Refuse a slip of the pen: a dose that is no multiple of the drug's entry grid."""
    check_mg(mg, field=field)
    if mg % drug.entry_grid_mg:
        raise OffGrid(field, mg_text(drug.entry_grid_mg))


def mean_of_alternate_days(*, daily_mg: Decimal, alternate_daily_mg: Decimal) -> Decimal:
    """Return the mean of two doses taken on alternate days: 25 and 0 mg make 12.5."""
    check_mg(daily_mg, field="daily_mg", decimals=ENTERED_MG_DECIMALS)
    check_mg(alternate_daily_mg, field="alternate_daily_mg", decimals=ENTERED_MG_DECIMALS)
    return (daily_mg + alternate_daily_mg) / 2


def mg_text(mg: Decimal) -> str:
    """Write *mg* for a reader: no exponent, no trailing zeros, at most four decimals."""
    rounded = mg.quantize(Decimal(1).scaleb(-MG_DECIMALS))
    text = f"{rounded:f}".rstrip("0").rstrip(".")
    return "0" if text in {"", "-0"} else text


@dataclass(frozen=True)
class TabletStrength:
    strength_mg: Decimal
    scored: bool = False

    def __post_init__(self) -> None:
        mg = self.strength_mg
        possible = mg.is_finite() and MIN_TABLET_MG <= mg <= MAX_TABLET_MG
        if not possible or mg % TABLET_GRID:
            raise StrengthNotPossible(
                mg_text(MIN_TABLET_MG), mg_text(MAX_TABLET_MG), mg_text(TABLET_GRID)
            )


@dataclass(frozen=True)
class TabletCount:
    strength_mg: Decimal
    count: Decimal  # in halves: 0.5, 1, 1.5 …


def tablets_for(
    *, daily_mg: Decimal, strengths: Iterable[TabletStrength]
) -> tuple[TabletCount, ...] | None:
    """Return the tablets that make up a day's dose, largest first; None when it cannot be made.

    Fewest pieces to swallow first (half a tablet is a piece), then fewest halves, then the
    larger strengths. Halves only of scored tablets. Nothing at all for 0 mg.
    """
    check_mg(daily_mg, field="daily_mg")
    pieces = _pieces_of(strengths)
    if not daily_mg:
        return ()
    unit = _unit_of(pieces)
    if not unit or daily_mg % unit:
        return None
    weights = tuple(int(piece.mg / unit) for piece in pieces)
    amount = int(daily_mg / unit)
    last_piece = _last_pieces(weights, tuple(piece.is_half for piece in pieces), _size_for(amount))
    return _counts(pieces, weights, last_piece, amount)


@dataclass(frozen=True)
class _Piece:
    strength_mg: Decimal
    is_half: bool

    @property
    def mg(self) -> Decimal:
        return self.strength_mg / 2 if self.is_half else self.strength_mg


def _pieces_of(strengths: Iterable[TabletStrength]) -> tuple[_Piece, ...]:
    """Whole tablets and halves that can be swallowed, largest first."""
    listed = tuple(strengths)
    wholes = {_Piece(each.strength_mg, is_half=False) for each in listed}
    halves = {_Piece(each.strength_mg, is_half=True) for each in listed if each.scored}
    return tuple(sorted(wholes | halves, key=lambda piece: (-piece.mg, piece.is_half)))


def _unit_of(pieces: tuple[_Piece, ...]) -> Decimal:
    """The largest amount of which every piece is a multiple; 0 without pieces."""
    smallest = TABLET_GRID / 2
    return gcd(*(int(piece.mg / smallest) for piece in pieces)) * smallest


def _size_for(amount: int) -> int:
    """The next power of two, so that the doses of one plan share a table or two."""
    return 1 << amount.bit_length()


@lru_cache(maxsize=128)
def _last_pieces(
    weights: tuple[int, ...], is_half: tuple[bool, ...], size: int
) -> tuple[int | None, ...]:
    """For each amount below *size*, the last piece of the best way to it: coin change, bottom up.

    Costs add up piece by piece, so the best way to an amount is the best way to a smaller one
    and one piece more. A cost is a number whose digits, in a base larger than any count, are
    pieces, halves, and minus the count of each piece, largest first.
    """
    base = 2 * size
    kinds = len(weights)
    prices = [
        base ** (kinds + 1) + half * base**kinds - base ** (kinds - 1 - place)
        for place, half in enumerate(is_half)
    ]
    costs: list[int | None] = [0]
    last: list[int | None] = [None]
    for amount in range(1, size):
        ways = [
            (before + price, place)
            for place, (weight, price) in enumerate(zip(weights, prices, strict=True))
            if weight <= amount and (before := costs[amount - weight]) is not None
        ]
        cost, place = min(ways, default=(None, None))
        costs.append(cost)
        last.append(place)
    return tuple(last)


def _counts(
    pieces: tuple[_Piece, ...],
    weights: tuple[int, ...],
    last_piece: tuple[int | None, ...],
    amount: int,
) -> tuple[TabletCount, ...] | None:
    """Walk back from *amount*, piece by piece; None where no way leads to it."""
    counts: dict[Decimal, Decimal] = {}
    while amount:
        place = last_piece[amount]
        if place is None:
            return None
        piece = pieces[place]
        tablets = counts.get(piece.strength_mg, Decimal(0))
        counts[piece.strength_mg] = tablets + piece.mg / piece.strength_mg
        amount -= weights[place]
    return tuple(
        TabletCount(strength_mg=strength, count=count)
        for strength, count in sorted(counts.items(), reverse=True)
    )
