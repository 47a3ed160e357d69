"""The dated laboratory checks of a steroid-sparing drug: due, done, overdue, missed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise

from tapers.domain.plan import days_after
from tapers.domain.record import DatedReading, Test, TestDone, last_result
from tapers.domain.sparing import Agent, SparingCourse, checks_of

EARLY_DAYS = 7  # so much before its day a check counts for it: proposal
BASELINE_EARLY_DAYS = 90
SCREENING_EARLY_DAYS = 365  # so old the tests before the first dose may be: proposal
AHEAD_DAYS = 400  # so far ahead checks are listed and reminded of; the list has no end


@dataclass(frozen=True)
class Part:
    """A part of a blood test: each measure by name, with the codes of which any one is enough."""

    name: str
    measures: tuple[tuple[str, tuple[str, ...]], ...]


def _single(name: str, *codes: str) -> Part:
    return Part(name, ((name, codes),))


BLOOD_COUNT = Part(
    "blood count",
    (
        ("white cells", ("WHITE_CELLS",)),
        ("neutrophils", ("NEUTROPHILS",)),
        ("platelets", ("PLATELETS",)),
    ),
)
LIVER_ENZYMES = _single("liver enzymes", "ALT", "AST")
# What a check consists of: every measure of every part. Sources: LAB_METHOTREXATE,
# AZATHIOPRINE_COUNTS. An eGFR that a laboratory reports is its creatinine.
PARTS: dict[Agent, tuple[Part, ...]] = {
    Agent.METHOTREXATE: (
        BLOOD_COUNT,
        LIVER_ENZYMES,
        _single("creatinine", "CREATININE", "CREATININE_MG", "EGFR"),
        _single("albumin", "ALBUMIN"),
    ),
    Agent.AZATHIOPRINE: (BLOOD_COUNT, LIVER_ENZYMES),
}
MEASURED = frozenset(
    code
    for parts in PARTS.values()
    for part in parts
    for _, codes in part.measures
    for code in codes
)
# What is asked for once, before the first dose, and recorded as facts. Source: LAB_METHOTREXATE.
# One of which the result is not recorded is not done; nor is HBsAg or anti-HBc by a hepatitis B
# of which it is not recorded which of the two it was. That result is shown beside them.
SCREENING: dict[Agent, tuple[Test, ...]] = {
    Agent.METHOTREXATE: (Test.HBSAG, Test.ANTI_HBC, Test.HEPATITIS_C, Test.CHEST_FILM),
}
NO_RESULT = "(result not recorded)"


class CheckKind(StrEnum):
    """SCREENING: the tests asked for once, before the first dose."""

    BLOOD_TEST = "BLOOD_TEST"
    SCREENING = "SCREENING"


class CheckState(StrEnum):
    """MISSED: a later check has taken its place, or the drug was ended."""

    DONE = "DONE"
    AHEAD = "AHEAD"
    DUE = "DUE"
    OVERDUE = "OVERDUE"
    MISSED = "MISSED"


@dataclass(frozen=True)
class LabCheck:
    """One check: the day it falls due, the day its last part was done, what is there and missing.

    Of a part of which nothing was measured `missing` holds the name of the part. `results` is what
    came of the tests before the first dose, in words: "HBsAg negative".
    """

    due_on: date
    state: CheckState
    done_on: date | None
    missing: tuple[str, ...]
    is_baseline: bool = False
    kind: CheckKind = CheckKind.BLOOD_TEST
    measured: tuple[str, ...] = ()
    results: tuple[str, ...] = ()

    @property
    def is_partly_done(self) -> bool:
        return bool(self.measured and self.missing)

    def overdue_on(self, *, overdue_days: int) -> date:
        return days_after(self.due_on, overdue_days)


@dataclass(frozen=True)
class _Results:
    """On which day each measure of a check was first done; None where it was not."""

    days: dict[str, date | None]
    missing: tuple[str, ...]

    @property
    def measured(self) -> tuple[str, ...]:
        return tuple(name for name, day in self.days.items() if day is not None)

    @property
    def done_on(self) -> date | None:
        done = [day for day in self.days.values() if day is not None]
        return None if self.missing else max(done)


def lab_checks(
    *,
    course: SparingCourse,
    readings: Sequence[DatedReading],
    tests: Sequence[TestDone],
    as_of: date,
    overdue_days: int,
    ahead_days: int = AHEAD_DAYS,
) -> tuple[LabCheck, ...]:
    """Return every check up to *ahead_days* after *as_of*, as known on *as_of*.

    First the baseline and the blood tests that follow, by their days. One counts from 7 days before
    its day (the baseline: 90), but not before the day after the one due before it, and until the
    next one is overdue. Overdue is the last one of which that is true; an earlier one without all
    results is past mending. Last come the tests before the first dose, where the drug has any: they
    count for a year, with a result, and stay overdue until they are done.
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
    blood = tuple(
        _check(course, day, close, _measured(course, known, begin, close), as_of, overdue_days)
        for day, begin, close in zip(days, begins, closes, strict=True)
    )
    return (*blood, *_screening(course, tests, as_of, overdue_days))


def overdue_checks(checks: Iterable[LabCheck]) -> tuple[LabCheck, ...]:
    """Return what is overdue: at most the tests before the first dose, and one blood test."""
    return tuple(check for check in checks if check.state is CheckState.OVERDUE)


def _screening(
    course: SparingCourse, tests: Sequence[TestDone], as_of: date, overdue_days: int
) -> tuple[LabCheck, ...]:
    wanted = SCREENING.get(course.agent, ())
    if not wanted:
        return ()
    first = days_after(course.starts_on, -SCREENING_EARLY_DAYS)
    counting = [each for each in tests if first <= each.on <= as_of]
    days = {test.label: _first_result_on(counting, test) for test in wanted}
    missing = (_not_done(counting, test) for test in wanted if days[test.label] is None)
    results = _Results(days, tuple(missing))
    check = _check(course, course.starts_on, date.max, results, as_of, overdue_days)
    last = (last_result(counting, test) for test in (*wanted, Test.HEPATITIS_B))
    return (
        replace(
            check,
            kind=CheckKind.SCREENING,
            results=tuple(each.in_words for each in last if each is not None),
        ),
    )


def _first_result_on(tests: Iterable[TestDone], test: Test) -> date | None:
    return min((each.on for each in tests if each.test is test and each.result), default=None)


def _not_done(tests: Iterable[TestDone], test: Test) -> str:
    """Name a test that is missing; one that was done says that its result is."""
    done = any(each.test is test for each in tests)
    return f"{test.label} {NO_RESULT}" if done else test.label


def _check(
    course: SparingCourse,
    due_on: date,
    close: date,
    results: _Results,
    as_of: date,
    overdue_days: int,
) -> LabCheck:
    state = CheckState.DONE
    if results.missing:
        state = _without_results(course, due_on, close, as_of, overdue_days)
    return LabCheck(
        due_on=due_on,
        state=state,
        done_on=results.done_on,
        missing=results.missing,
        is_baseline=due_on == course.starts_on,
        measured=results.measured,
    )


def _measured(
    course: SparingCourse, known: Sequence[DatedReading], begin: date, close: date
) -> _Results:
    inside = [each for each in known if begin <= each.on < close]
    days = {
        name: _first_day(codes, inside)
        for part in PARTS[course.agent]
        for name, codes in part.measures
    }
    missing = (name for part in PARTS[course.agent] for name in _missing_of(part, days))
    return _Results(days, tuple(missing))


def _missing_of(part: Part, days: dict[str, date | None]) -> tuple[str, ...]:
    missing = tuple(name for name, _ in part.measures if days[name] is None)
    return (part.name,) if len(missing) == len(part.measures) else missing


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
