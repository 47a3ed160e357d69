"""Side by side: what was measured, what IBM does on average, what the test can tell, the dose.

Nothing here decides; each number is given with what would be needed to read it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from patients.instruments.catalogue import measure_for
from patients.instruments.mmt import TRACE, Muscle, Scale, Side
from tapers.domain.plan import days_after
from tapers.domain.record import CourseFacts, DatedReading, TaperRecord

DAYS_A_YEAR = 365
MMT_PERCENT_A_YEAR = (Decimal("3.5"), Decimal("5.5"))  # of the scale; sources.LONGITUDINAL
IBMFRS_POINTS_A_YEAR = (Decimal(2), Decimal(6))
MMT_AVERAGE_PERCENT_A_YEAR = Decimal("5.2")  # at one year, the larger published mean
HIGH_MG, LOW_MG = Decimal(10), Decimal(5)  # prednisone: days above the one, from the other


@dataclass(frozen=True)
class SeriesKey:
    """Readings with the same key may be compared; no others."""

    code: str
    side: Side | None = None
    muscle: Muscle | None = None
    scale: Scale | None = None


@dataclass(frozen=True)
class Series:
    """Readings of one key in the order of their days."""

    key: SeriesKey
    readings: tuple[DatedReading, ...]

    def up_to(self, day: date) -> tuple[DatedReading, ...]:
        return tuple(each for each in self.readings if each.on <= day)


@dataclass(frozen=True)
class Change:
    """From one reading to a later one. Lower is negative, whatever is better.

    `percent_of_scale` where the measure is a score, `percent` of the first value otherwise, as
    far as that is not 0.
    """

    key: SeriesKey
    before: DatedReading
    after: DatedReading
    points: Decimal
    percent_of_scale: Decimal | None
    percent: Decimal | None
    same_rater: bool

    @property
    def days(self) -> int:
        return (self.after.on - self.before.on).days


@dataclass(frozen=True)
class Band:
    """What a value may be by then: between low and high, both in the measure's unit."""

    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class ErrorBand:
    """How far two readings may lie apart by error alone, in per cent of scale or value.

    `known` is False where no figure for IBM was found; then the band is empty.
    """

    low_percent: Decimal
    high_percent: Decimal
    of_scale: bool
    known: bool = True


@dataclass(frozen=True)
class Exposure:
    """Steroid over days of [from_on, to_on). Days of unknown dose are counted, never as 0 mg.

    `earlier_unknown` where a steroid was or may have been taken before `from_on`.
    """

    from_on: date
    to_on: date
    cumulative_mg: Decimal
    known_days: int
    unknown_days: int
    estimated_days: int
    days_above_10_mg: int
    days_from_5_mg: int
    days_on_steroid: int
    earlier_unknown: bool = False

    @property
    def is_complete(self) -> bool:
        """Otherwise each sum is the least that it can be."""
        return self.unknown_days == 0 and not self.earlier_unknown

    @property
    def mean_daily_mg(self) -> Decimal | None:
        """Over the days on which a steroid is known to have been taken; None without any."""
        return self.cumulative_mg / self.days_on_steroid if self.days_on_steroid else None


@dataclass(frozen=True)
class AroundCut:
    """The readings next to one change of dose; other changes may lie between them, too."""

    step_number: int
    on: date
    from_mg: Decimal
    to_mg: Decimal
    change: Change | None
    other_changes_between: int


def series_of(readings: Iterable[DatedReading]) -> tuple[Series, ...]:
    """Return readings that hold a number or a grade, by what may be compared."""
    counted = [each for each in readings if number_of(each) is not None]
    ordered = sorted(counted, key=lambda each: (_order(key_of(each)), each.on))
    return tuple(
        Series(key, tuple(group)) for key, group in groupby(ordered, key=lambda each: key_of(each))
    )


def series_called(
    readings: Iterable[DatedReading], code: str, *, muscle: Muscle | None = None
) -> tuple[Series, ...]:
    """Return the series of that measure, and of that muscle where one is named."""
    return tuple(
        series
        for series in series_of(readings)
        if series.key.code == code and (muscle is None or series.key.muscle is muscle)
    )


def key_of(dated: DatedReading) -> SeriesKey:
    reading = dated.reading
    return SeriesKey(reading.code, reading.side, reading.muscle, reading.scale)


def number_of(dated: DatedReading) -> Decimal | None:
    """The value, or a whole-number grade with trace as 0; None for unable and for 4+ and 4-."""
    reading = dated.reading
    if reading.grade == TRACE and reading.scale is Scale.KENDALL:
        return Decimal(0)
    return reading.value


def baseline_of(series: Series, *, starts_on: date | None) -> DatedReading | None:
    """Return the last reading up to the taper's first day; without one the first of all."""
    before = series.up_to(starts_on) if starts_on else ()
    if before:
        return before[-1]
    return series.readings[0] if series.readings else None


def change_between(before: DatedReading, after: DatedReading) -> Change | None:
    """Return the change of two readings of one series; None where they cannot be compared."""
    first, last = number_of(before), number_of(after)
    if key_of(before) != key_of(after) or first is None or last is None:
        return None
    measure = measure_for(before.reading.code)
    points = last - first
    whole = measure.maximum_on(before.reading.scale)
    is_score = measure.unit == "{score}" and not measure.is_graded
    return Change(
        key=key_of(before),
        before=before,
        after=after,
        points=points,
        percent_of_scale=points / whole * 100 if is_score and whole else None,
        percent=points / first * 100 if first else None,
        same_rater=before.same_rater_as(after),
    )


def change_since_baseline(series: Series, *, starts_on: date | None) -> Change | None:
    """Return the change from the baseline to the last reading; None without a later one."""
    baseline = baseline_of(series, starts_on=starts_on)
    if baseline is None or series.readings[-1].on <= baseline.on:
        return None
    return change_between(baseline, series.readings[-1])


def natural_band(
    *, code: str, value: Decimal, since: date, on: date, scale: Scale | None = None
) -> Band | None:
    """Return where average IBM would have taken that value by *on*; None for other measures.

    Estimates differ several-fold by method and stage, so it is a band and not a line.
    """
    measure = measure_for(code)
    years = Decimal((on - since).days) / DAYS_A_YEAR
    whole = measure.maximum_on(scale)
    if measure.is_strength_total and whole:
        slow, fast = (whole * rate / 100 * years for rate in MMT_PERCENT_A_YEAR)
    elif code == "IBMFRS":
        slow, fast = (rate * years for rate in IBMFRS_POINTS_A_YEAR)
    else:
        return None
    return Band(low=max(value - fast, Decimal(0)), high=max(value - slow, Decimal(0)))


def average_mmt_loss_percent(days: int) -> Decimal:
    """Return what average IBM loses in so many days, in per cent of the scale."""
    return MMT_AVERAGE_PERCENT_A_YEAR * days / DAYS_A_YEAR


# Half-widths between two readings. Strength: section on reliability, derived from the standard
# error of one pilot; IBMFRS likewise; dynamometer and CK as published ranges.
_ERROR: dict[str, ErrorBand] = {
    **{
        code: ErrorBand(Decimal(7), Decimal(7), of_scale=True)
        for code in ("MMT8", "MMT8_BILATERAL", "MMT24")
    },
    "IBMFRS": ErrorBand(Decimal("11.5"), Decimal("12.75"), of_scale=True),
    "KNEE_EXTENSION": ErrorBand(Decimal(23), Decimal(65), of_scale=False),
    "CK": ErrorBand(Decimal(42), Decimal(64), of_scale=False),
}
_NO_ERROR_KNOWN = ErrorBand(Decimal(0), Decimal(0), of_scale=False, known=False)


def error_band(code: str) -> ErrorBand:
    return _ERROR.get(code, _NO_ERROR_KNOWN)


def exposure_between(facts: CourseFacts, *, from_on: date, to_on: date) -> Exposure:
    """Add up the dose in force day by day, a step function, over [from_on, to_on)."""
    days = [
        facts.dose_on(from_on + timedelta(days=offset))
        for offset in range(max((to_on - from_on).days, 0))
    ]
    known = [dose for dose in days if dose is not None]
    return Exposure(
        from_on=from_on,
        to_on=to_on,
        cumulative_mg=sum((dose.prednisone_mg for dose in known), Decimal(0)),
        known_days=len(known),
        unknown_days=len(days) - len(known),
        estimated_days=sum(not dose.confirmed for dose in known),
        days_above_10_mg=sum(dose.prednisone_mg > HIGH_MG for dose in known),
        days_from_5_mg=sum(dose.prednisone_mg >= LOW_MG for dose in known),
        days_on_steroid=sum(dose.prednisone_mg > 0 for dose in known),
        earlier_unknown=facts.may_have_taken_before(from_on),
    )


def days_at_or_above(facts: CourseFacts, *, mg: Decimal, days: int, before: date) -> int:
    """Return on how many of the *days* days before *before* the known dose was *mg* or more."""
    doses = (facts.dose_on(days_after(before, -offset)) for offset in range(1, days + 1))
    return sum(dose is not None and dose.prednisone_mg >= mg for dose in doses)


def around_cuts(taper: TaperRecord, series: Series) -> tuple[AroundCut, ...]:
    """Return, for each change of dose so far, the last reading up to it and the first after."""
    days = [each.on for each in taper.changes]
    return tuple(
        AroundCut(
            step_number=each.step_number,
            on=each.on,
            from_mg=each.from_mg,
            to_mg=each.to_mg,
            change=(change := _change_around(series, each.on)),
            other_changes_between=_others_between(change, days),
        )
        for each in taper.changes
    )


def _change_around(series: Series, day: date) -> Change | None:
    before = series.up_to(day)
    after = series.readings[len(before) :]
    return change_between(before[-1], after[0]) if before and after else None


def _others_between(change: Change | None, days: Sequence[date]) -> int:
    if change is None:
        return 0
    between = [day for day in days if change.before.on <= day < change.after.on]
    return max(len(between) - 1, 0)


def _order(key: SeriesKey) -> tuple[str, str, str, str]:
    return (key.code, key.muscle or "", key.side or "", key.scale or "")
