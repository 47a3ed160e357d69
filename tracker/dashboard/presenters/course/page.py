"""The course page put together: how it stood, what was measured, what the rules said."""

from dataclasses import dataclass
from datetime import date

from patients.presenters import words
from patients.presenters.measures import name_of
from tapers.domain.rules.rule import Finding
from tapers.domain.rules.rulebook import VERSION
from tapers.domain.side_by_side import SideBySide
from tapers.presenters.findings import FindingRow, finding_row
from tapers.presenters.values import value_rows
from tracker.dashboard.presenters.course.doses import (
    at_least,
    cumulative_figure,
    dose_figure,
    dose_words,
    mg,
)
from tracker.dashboard.presenters.course.events import event_figure
from tracker.dashboard.presenters.course.figures import (
    Figure,
    Row,
    first_known_day,
    measure_figures,
    time_axis,
)
from tracker.dashboard.presenters.course.pattern import Pattern, pattern_of
from tracker.dashboard.presenters.course.series import value_words
from tracker.dashboard.presenters.course.tables import (
    ChangeRow,
    CutTable,
    also_measured,
    baseline_rows,
    cut_tables,
)
from tracker.dashboard.presenters.follow_up import FollowUpRow, due_rows

DUE_CODES = ("STEP_LATE", "ASSESS_OVERDUE", "ASSESS_DUE", "LAB_OVERDUE")


@dataclass(frozen=True)
class Fact:
    name: str
    value: str


@dataclass(frozen=True)
class CourseFinding:
    """A finding with the values that it used."""

    row: FindingRow
    message: str
    values: tuple[Fact, ...]


@dataclass(frozen=True)
class CoursePage:
    as_of: date
    day: str
    is_today: bool
    is_before_all: bool
    facts: tuple[Fact, ...]
    due: tuple[CourseFinding, ...]
    findings: tuple[CourseFinding, ...]
    figures: tuple[Figure, ...]
    baseline: tuple[ChangeRow, ...]
    cuts: tuple[CutTable, ...]
    pattern: Pattern
    also: tuple[Row, ...]
    shows_since: str
    follow_up: tuple[FollowUpRow, ...]
    rulebook: str = VERSION

    @property
    def is_empty(self) -> bool:
        return not (self.baseline or self.also or any(each.rows for each in self.figures))


def course_page(course: SideBySide, *, today: date, shows_all: bool) -> CoursePage:
    is_today = course.as_of == today
    time = time_axis(course, is_today=is_today, shows_all=shows_all)
    findings = tuple(_finding(each) for each in course.findings)
    figures = [
        dose_figure(course, time),
        cumulative_figure(course, time),
        event_figure(course, time),
        *measure_figures(course, time),
    ]
    return CoursePage(
        as_of=course.as_of,
        day=words.full_day(course.as_of).partition(" ")[2],
        is_today=is_today,
        is_before_all=course.facts.knows_nothing and not is_today,
        facts=_standing(course),
        due=tuple(each for each in findings if each.row.code in DUE_CODES),
        findings=tuple(each for each in findings if each.row.code not in DUE_CODES),
        figures=tuple(each for each in figures if each is not None),
        baseline=baseline_rows(course),
        cuts=cut_tables(course),
        pattern=pattern_of(course),
        also=tuple(
            Row(words.day(each.on), (name_of(each.reading), value_words(each), each.rater))
            for each in also_measured(course)
        ),
        shows_since=words.day(time.first) if first_known_day(course) < time.first else "",
        follow_up=due_rows(course),
    )


def _standing(course: SideBySide) -> tuple[Fact, ...]:
    facts = [Fact("Dose", _dose(course))]
    exposure = course.exposure
    if exposure is not None:
        least = at_least(exposure)
        facts.append(Fact("Cumulative dose", f"{least}{mg(exposure.cumulative_mg)}"))
        facts.append(Fact("Days above 10 mg", f"{least}{exposure.days_above_10_mg}"))
    late, upcoming = course.late_step, course.next_step
    if late is not None:
        facts.append(Fact(f"Step {late.step.number}", words.late_by(late.days_late)))
    if upcoming is not None:
        when = words.from_today(upcoming.starts_on, today=course.as_of)
        facts.append(Fact("Next step", f"{words.day(upcoming.starts_on)}, {when}"))
    return tuple(facts)


def _dose(course: SideBySide) -> str:
    dose = course.dose
    if dose is None:
        return "not known"
    return f"{dose_words(dose)}, {'confirmed' if dose.confirmed else 'not confirmed'}"


def _finding(finding: Finding) -> CourseFinding:
    return CourseFinding(
        row=finding_row(finding),
        message=words.with_days(finding.message),
        values=tuple(Fact(*row) for row in value_rows(finding.code, finding.values)),
    )
