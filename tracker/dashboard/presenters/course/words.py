"""Changes, limits and bands as the course page writes them. The sign stands with every change."""

from decimal import Decimal

from patients.instruments.catalogue import measure_for
from patients.presenters import words
from patients.presenters.measures import unit_words
from tapers.domain.history import Change, ErrorBand
from tapers.domain.side_by_side import SeriesAside, error_limits

MINUS = "−"  # noqa: RUF001


def signed(value: Decimal, places: int = 2) -> str:
    text = words.number(round(abs(value), places))
    if text == "0":
        return "0"
    return f"{MINUS if value < 0 else '+'}{text}"


def change_points(change: Change) -> str:
    measure = measure_for(change.key.code)
    unit = "" if measure.is_graded else f" {unit_words(measure)}"
    return f"{signed(change.points)}{unit}"


def change_percent(change: Change) -> str:
    """Of the scale of a score, else of the first value; a raw grade has no percentage."""
    if measure_for(change.key.code).is_graded:
        return ""
    if change.percent_of_scale is not None:
        return f"{signed(change.percent_of_scale)} % of the scale"
    if change.percent is not None:
        return f"{signed(change.percent, 1)} % of the first value"
    return ""


def limit_words(aside: SeriesAside) -> str:
    """Return "7 % of the scale (5.6 points)"; a sentence where no figure is known."""
    error = aside.error
    if not error.known:
        return "not known for IBM"
    return f"{_range(error.low_percent, error.high_percent)} % of {_whole(error)}{_points(aside)}"


def beyond_words(change: Change, error: ErrorBand) -> str:
    """Say how a change compares with the error of the test, without saying what it means."""
    size = change.percent_of_scale if error.of_scale else change.percent
    if not error.known or size is None:
        return "cannot be told"
    if abs(size) > error.high_percent:
        return "larger than test error"
    return "at test error" if abs(size) >= error.low_percent else "within test error"


def rater_word(change: Change) -> str:
    return "yes" if change.same_rater else "no, or not known"


def natural_words(aside: SeriesAside) -> str:
    if aside.natural is None:
        return ""
    low, high = (words.number(round(each, 1)) for each in (aside.natural.low, aside.natural.high))
    return low if low == high else f"{low} to {high}"


def _whole(error: ErrorBand) -> str:
    return "the scale" if error.of_scale else "the value"


def _points(aside: SeriesAside) -> str:
    limits = error_limits(aside)
    if limits is None:
        return ""
    return f" ({_range(*limits)} {unit_words(measure_for(aside.code))})"


def _range(low: Decimal, high: Decimal) -> str:
    first, last = (words.number(round(each, 1)) for each in (low, high))
    return first if first == last else f"{first} to {last}"
