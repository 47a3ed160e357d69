"""Since the baseline, and around each change of dose: the same numbers as in REST, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from patients.presenters import words
from patients.presenters.measures import value_of
from tapers.domain.dose import mg_text
from tapers.domain.history import AroundCut, Change
from tapers.domain.record import DatedReading
from tapers.domain.side_by_side import SeriesAside, SideBySide
from tracker.dashboard.presenters.course.series import (
    panels_of,
    readings_like,
    title_of,
    trace_name,
)
from tracker.dashboard.presenters.course.words import (
    beyond_words,
    change_percent,
    change_points,
    limit_words,
    natural_words,
    rater_word,
)


@dataclass(frozen=True)
class ChangeRow:
    """One change, with what is needed to read it; `change` is the value both page and REST tell."""

    name: str
    first: str
    first_on: str
    last: str
    last_on: str
    points: str
    percent: str
    limit: str
    beyond: str
    natural: str
    same_rater: str
    change: Change


@dataclass(frozen=True)
class CutRow:
    """Changes of dose that lie between the same two readings stand in one row."""

    doses: tuple[str, ...]
    row: ChangeRow | None


@dataclass(frozen=True)
class CutTable:
    title: str
    name: str
    rows: tuple[CutRow, ...]


def baseline_rows(course: SideBySide) -> tuple[ChangeRow, ...]:
    """A result that is no number, such as unable, stands beside the last number it followed."""
    return tuple(
        _baseline_row(_name(title_of(key), trace_name(aside), len(asides)), course, aside, change)
        for key, asides in panels_of(course).items()
        for aside in asides
        if (change := aside.change) is not None
    )


def _baseline_row(name: str, course: SideBySide, aside: SeriesAside, change: Change) -> ChangeRow:
    row = _row(name, aside, change)
    return replace(row, last=row.last + _without_a_number_since(course, aside, change))


def _without_a_number_since(course: SideBySide, aside: SeriesAside, change: Change) -> str:
    later = [each for each in readings_like(course, aside) if each.on > change.after.on]
    return f"; {_value(later[-1])} on {words.day(later[-1].on)}" if later else ""


def cut_tables(course: SideBySide) -> tuple[CutTable, ...]:
    """One table a series, single muscles left out; none where no reading follows a cut."""
    return tuple(
        CutTable(title_of(key), trace_name(aside), _cut_rows(aside))
        for key, asides in panels_of(course).items()
        for aside in asides
        if not key.measure.is_graded and any(cut.change for cut in aside.cuts)
    )


def also_measured(course: SideBySide) -> tuple[DatedReading, ...]:
    """Return what no panel draws, newest first: vital signs, laboratory, grades such as 4+."""
    drawn = {aside.series.key for asides in panels_of(course).values() for aside in asides}
    listed = [aside for aside in course.series if aside.series.key not in drawn]
    readings = [each for aside in listed for each in aside.series.readings]
    return tuple(
        sorted((*readings, *course.without_a_number), key=lambda each: each.on, reverse=True)
    )


def _name(title: str, trace: str, number: int) -> str:
    return trace if number > 1 else title


def _cut_rows(aside: SeriesAside) -> tuple[CutRow, ...]:
    return tuple(
        CutRow(
            tuple(_cut_words(cut) for cut in cuts),
            _row("", aside, change) if change is not None else None,
        )
        for change, cuts in _by_change(aside.cuts)
    )


def _by_change(cuts: Sequence[AroundCut]) -> Iterable[tuple[Change | None, tuple[AroundCut, ...]]]:
    for change, group in groupby(cuts, key=lambda cut: cut.change):
        yield change, tuple(group)


def _cut_words(cut: AroundCut) -> str:
    return f"{mg_text(cut.from_mg)} to {mg_text(cut.to_mg)} mg, {words.day(cut.on)}"


def _row(name: str, aside: SeriesAside, change: Change) -> ChangeRow:
    return ChangeRow(
        name=name,
        first=_value(change.before),
        first_on=words.day(change.before.on),
        last=_value(change.after),
        last_on=words.day(change.after.on),
        points=change_points(change),
        percent=change_percent(change),
        limit=limit_words(aside),
        beyond=beyond_words(change, aside.error),
        natural=natural_words(aside),
        same_rater=rater_word(change),
        change=change,
    )


def _value(dated: DatedReading) -> str:
    return value_of(dated.reading)
