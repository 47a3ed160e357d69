"""The dated laboratory checks of a steroid-sparing drug: due, done, overdue, missed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from tapers.domain.plan import days_after
from tapers.domain.record import DatedReading
from tapers.domain.sparing import Agent, SparingCourse, checks_of

EARLY_DAYS = 7  # so much before its day a check counts for it: proposal
BASELINE_EARLY_DAYS = 90
AHEAD_DAYS = 400  # so far ahead checks are listed and reminded of; the list has no end
# What a check consists of: any one measure of each part is enough.
PARTS: dict[Agent, tuple[tuple[str, tuple[str, ...]], ...]] = {
    Agent.METHOTREXATE: (
        ("blood count", ("WHITE_CELLS", "NEUTROPHILS", "PLATELETS")),
        ("liver enzymes", ("ALT", "AST")),
        ("creatinine", ("CREATININE", "CREATININE_MG", "EGFR")),
        ("albumin", ("ALBUMIN",)),
    ),
    Agent.AZATHIOPRINE: (
        ("blood count", ("WHITE_CELLS", "NEUTROPHILS", "PLATELETS")),
        ("liver enzymes", ("ALT", "AST")),
    ),
}
MEASURED = frozenset(code for parts in PARTS.values() for _, codes in parts for code in codes)


class CheckState(StrEnum):
    """MISSED: a later check has taken its place, or the drug was ended."""

    DONE = "DONE"
    AHEAD = "AHEAD"
    DUE = "DUE"
    OVERDUE = "OVERDUE"
    MISSED = "MISSED"


@dataclass(frozen=True)
class LabCheck:
    """One check: the day it falls due, the day its last part was measured, what is missing."""

    due_on: date
    state: CheckState
    done_on: date | None
    missing: tuple[str, ...]
    is_baseline: bool = False

    def overdue_on(self, *, overdue_days: int) -> date:
        return days_after(self.due_on, overdue_days)


def lab_checks(
    *,
    course: SparingCourse,
    readings: Sequence[DatedReading],
    as_of: date,
    overdue_days: int,
    ahead_days: int = AHEAD_DAYS,
) -> tuple[LabCheck, ...]:
    """Return the baseline and every check up to *ahead_days* after *as_of*, as known on *as_of*.

    A check counts from 7 days before its day (the baseline: 90), but not before the day after the
    one due before it, and until the next one is overdue. Overdue is the last one of which that is
    true; an earlier one without results is past mending.
    """
    if course.scheme is None:
        return ()
    ends = days_after(max(as_of, course.starts_on), ahead_days)
    days = [course.starts_on, *checks_of(course, until=ends)]
    begins = [days_after(course.starts_on, -BASELINE_EARLY_DAYS)] + [
        max(days_after(day, -EARLY_DAYS), days_after(before, 1)) for before, day in pairwise(days)
    ]
    closes = [days_after(day, overdue_days) for day in days[1:]] + [date.max]
    known = [each for each in readings if each.on <= as_of]
    return tuple(
        _check(course, day, (begin, close), known, as_of, overdue_days)
        for day, begin, close in zip(days, begins, closes, strict=True)
    )


def overdue_check(checks: Iterable[LabCheck]) -> LabCheck | None:
    return next((check for check in checks if check.state is CheckState.OVERDUE), None)


def _check(
    course: SparingCourse,
    due_on: date,
    window: tuple[date, date],
    readings: Sequence[DatedReading],
    as_of: date,
    overdue_days: int,
) -> LabCheck:
    begin, close = window
    inside = [each for each in readings if begin <= each.on < close]
    days = {name: _first_day(codes, inside) for name, codes in PARTS[course.agent]}
    missing = tuple(name for name, day in days.items() if day is None)
    done_on = None if missing else max(day for day in days.values() if day is not None)
    state = CheckState.DONE
    if missing:
        state = _without_results(course, due_on, close, as_of, overdue_days)
    return LabCheck(due_on, state, done_on, missing, is_baseline=due_on == course.starts_on)


def _first_day(codes: tuple[str, ...], readings: Iterable[DatedReading]) -> date | None:
    return min((each.on for each in readings if each.reading.code in codes), default=None)


def _without_results(
    course: SparingCourse, due_on: date, close: date, as_of: date, overdue_days: int
) -> CheckState:
    if course.ended_on is not None and course.ended_on <= as_of:
        return CheckState.MISSED
    if as_of < due_on:
        return CheckState.AHEAD
    if (as_of - due_on).days < overdue_days:
        return CheckState.DUE
    return CheckState.OVERDUE if as_of < close else CheckState.MISSED
