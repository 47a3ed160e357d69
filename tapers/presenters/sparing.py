"""Steroid-sparing drugs for a reader: doses with their days, blood tests, infusions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from patients.presenters import words
from tapers.domain.checks import CheckKind, CheckState, LabCheck
from tapers.domain.dose import mg_text
from tapers.domain.kidney import KidneyFunction
from tapers.domain.rules.sparing import kidney_text, not_judged_text
from tapers.domain.rules.words import results_text
from tapers.domain.sparing import (
    Agent,
    AzathioprineTarget,
    Frequency,
    Pace,
    SparingCourse,
    Titration,
)
from tapers.vocabulary import CourseStatus

if TYPE_CHECKING:
    from tapers.models import Infusion
    from tapers.models import SparingCourse as Row

TONES = {
    CheckState.DONE: ("Done", "on", "check"),
    CheckState.AHEAD: ("Ahead", "plain", "calendar"),
    CheckState.DUE: ("Due", "due", "due"),
    CheckState.OVERDUE: ("Overdue", "late", "late"),
    CheckState.MISSED: ("Not done", "plain", "close"),
}
SHOWN_AHEAD = 6
PACES = {
    (Agent.METHOTREXATE, Pace.WITHIN): "within the protocol's 3 to 6 months",
    (Agent.METHOTREXATE, Pace.FASTER): "faster than the protocol's 3 to 6 months",
    (Agent.METHOTREXATE, Pace.SLOWER): "slower than the protocol's 3 to 6 months",
    (Agent.AZATHIOPRINE, Pace.WITHIN): "at the pace of its label",
    (Agent.AZATHIOPRINE, Pace.FASTER): "faster than its label",
}


@dataclass(frozen=True)
class DoseRow:
    day: str
    when: str
    dose: str
    now: bool


@dataclass(frozen=True)
class CheckRow:
    day: str
    what: str
    word: str
    tone: str
    icon: str
    about: str


@dataclass(frozen=True)
class CourseCard:
    """One course as its page and the patient's page show it."""

    id: UUID
    title: str
    status: str
    running: bool
    how: str
    now: str
    about: tuple[str, ...]
    doses: tuple[DoseRow, ...]
    checks: tuple[CheckRow, ...]
    next_check: str
    overdue: tuple[str, ...]

    @property
    def line(self) -> str:
        line = f"{self.title}, {self.how}: {self.now}."
        return f"{line} {self.next_check}." if self.next_check else line


@dataclass(frozen=True)
class InfusionRow:
    id: UUID
    day: str
    what: str
    about: str
    discarded: str


def course_card(
    row: "Row", course: SparingCourse, checks: Sequence[LabCheck], *, today: date
) -> CourseCard:
    dose = course.dose_on(today)
    following = next((each for each in course.doses if each.on > today), None)
    now = f"{mg_text(dose.mg)} mg {unit_of(course)}" if dose else "not taken today"
    if following is not None and row.is_running:
        now += f"; {mg_text(following.mg)} mg {unit_of(course)} from {words.day(following.on)}"
    return CourseCard(
        id=row.pk,
        title=course.agent.label,
        status=_status(row),
        running=row.is_running,
        how=how_words(course),
        now=now,
        about=tuple(_about(row, course)),
        doses=dose_rows(course, today=today),
        checks=check_rows(checks, today=today),
        next_check=_next_check(checks, today=today),
        overdue=_overdue(course.agent, checks) if row.is_running else (),
    )


def unit_of(course: SparingCourse) -> str:
    """Of azathioprine "a day" only once somebody confirmed it."""
    if course.agent is Agent.METHOTREXATE:
        return "a week"
    return "a day" if course.unit_confirmed else "(unit not confirmed)"


def how_words(course: SparingCourse) -> str:
    if course.frequency is Frequency.ONCE_A_WEEK:
        return f"ONCE A WEEK, on {course.weekday.label}" if course.weekday else "ONCE A WEEK"
    if course.frequency is Frequency.ONCE_A_DAY:
        return "once a day"
    return "frequency not recorded" if course.frequency is None else "neither daily nor weekly"


def dose_rows(course: SparingCourse, *, today: date) -> tuple[DoseRow, ...]:
    in_force = course.dose_on(today)
    return tuple(
        DoseRow(
            day=words.day(dose.on),
            when=words.from_today(dose.on, today=today),
            dose=f"{mg_text(dose.mg)} mg {unit_of(course)}",
            now=dose == in_force,
        )
        for dose in course.doses
    )


def check_rows(checks: Sequence[LabCheck], *, today: date) -> tuple[CheckRow, ...]:
    """What was and is due, and the next few."""
    by_day = sorted(checks, key=lambda check: check.due_on)
    past = [check for check in by_day if check.due_on <= today]
    ahead = [check for check in by_day if check.due_on > today]
    return tuple(_check_row(check) for check in [*past, *ahead[:SHOWN_AHEAD]])


def option_words(option: Titration) -> str:
    """Write the unit with each dose: this list is read alone."""
    unit = "mg a week" if option.agent is Agent.METHOTREXATE else "mg a day"
    steps = ", ".join(
        f"{mg_text(dose.mg)} {unit} from {words.day(dose.on)}" for dose in option.doses
    )
    once = "ONCE A WEEK: " if option.agent is Agent.METHOTREXATE else ""
    return f"{once}{steps}; {pace_words(option.agent, option.pace)}"


def pace_words(agent: Agent, pace: Pace | None) -> str:
    return PACES[agent, pace] if pace is not None else ""


def target_words(target: AzathioprineTarget) -> str:
    weight = f"{target.basis.value.lower()} weight {mg_text(target.weight_kg)} kg"
    exact, rounded = mg_text(target.exact_daily_mg), mg_text(target.daily_mg)
    return f"By {weight}: 2 mg a kg are {exact} mg a day, rounded down {rounded} mg."


def infusion_rows(rows: Iterable["Infusion"]) -> tuple[InfusionRow, ...]:
    return tuple(
        InfusionRow(
            id=row.pk,
            day=words.day(row.infused_on),
            what=f"{row.product}, {mg_text(row.g_per_kg)} g a kg",
            about=_infusion_about(row),
            discarded=row.discard_reason,
        )
        for row in rows
    )


def _infusion_about(row: "Infusion") -> str:
    risk = {True: "risk of thrombosis", False: "no known risk of thrombosis", None: ""}
    creatinine, iga = row.creatinine_umol_per_l, row.iga_g_per_l
    parts = (
        row.symptoms or "no symptoms recorded",
        f"creatinine {mg_text(creatinine)} µmol/L" if creatinine is not None else "",
        f"IgA {mg_text(iga)} g/L" if iga is not None else "",
        risk[row.thrombosis_risk],
    )
    return "; ".join(filter(None, parts))


def _status(row: "Row") -> str:
    if row.ended_on is not None:
        return f"Ended on {words.day(row.ended_on)}: {row.end_reason}"
    label = str(CourseStatus(row.status).label)
    return f"{label}: {row.end_reason}" if row.end_reason else label


def _about(row: "Row", course: SparingCourse) -> Iterable[str]:
    revision = max(row.revisions.all(), key=lambda each: each.number)
    if revision.as_written:
        yield f"As written: {revision.as_written}"
    if course.agent is Agent.METHOTREXATE:
        folic = course.folic_acid_mg_per_week
        said = "not recorded" if folic is None else f"{mg_text(folic)} mg a week"
        yield f"Folic acid: {said}"
    if course.agent is Agent.AZATHIOPRINE:
        confirmed = revision.unit_confirmed_at
        yield (
            f"mg a day, confirmed by {revision.unit_confirmed_by} on {words.day(confirmed.date())}"
            if confirmed
            else "mg a day is not confirmed: there is no schedule"
        )
        if course.weight_basis is not None:
            weight = course.target_weight_kg
            of = f" of {mg_text(weight)} kg" if weight is not None else ""
            yield f"Target by {course.weight_basis.value.lower()} weight{of}"
    yield f"Revision {row.revision}"


def _check_row(check: LabCheck) -> CheckRow:
    word, tone, icon = TONES[check.state]
    if check.is_partly_done and check.state is CheckState.MISSED:
        word = "Partly done"
    about = f"complete on {words.day(check.done_on)}" if check.done_on else results_text(check)
    if check.state is CheckState.AHEAD and not check.is_partly_done:
        about = ", ".join(check.missing)
    return CheckRow(words.day(check.due_on), _what_of(check), word, tone, icon, about)


def _what_of(check: LabCheck) -> str:
    if check.kind is CheckKind.SCREENING:
        return "Once, before the first dose"
    return "Blood test before the first dose" if check.is_baseline else "Blood test"


def kidney_words(kidney: KidneyFunction | None) -> tuple[str, ...]:
    """Return the last kidney function in sentences; none where nothing was measured."""
    if kidney is None:
        return ()
    return tuple(f"{each}." for each in (kidney_text(kidney), not_judged_text(kidney)) if each)


def _next_check(checks: Sequence[LabCheck], *, today: date) -> str:
    waits = (CheckState.DUE, CheckState.OVERDUE, CheckState.AHEAD)
    blood = (each for each in checks if each.kind is CheckKind.BLOOD_TEST)
    check = next((each for each in blood if each.state in waits), None)
    if check is None:
        return ""
    when = f"{words.day(check.due_on)}, {words.from_today(check.due_on, today=today)}"
    if check.state is CheckState.AHEAD:
        return f"Next blood test {when}"
    return f"Blood test {TONES[check.state][0].lower()} since {when}"


def _overdue(agent: Agent, checks: Sequence[LabCheck]) -> tuple[str, ...]:
    """What the head of the patient's page must not pass over, in the worklist's words."""
    drug = agent.label.lower()
    kinds = {check.kind for check in checks if check.state is CheckState.OVERDUE}
    said = {
        CheckKind.BLOOD_TEST: f"Blood test with {drug} overdue",
        CheckKind.SCREENING: f"Tests before {drug} overdue",
    }
    return tuple(text for kind, text in said.items() if kind in kinds)
