"""A taper's page: where it stands, what may be done, how it came to be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from patients.access import Permission
from patients.presenters import words
from tapers.domain.course import Outcome
from tapers.domain.dose import Drug, mg_text
from tapers.domain.rules.rule import Finding
from tapers.domain.states import TRANSITIONS, Action, Status
from tapers.presenters.findings import FindingRow, finding_row
from tapers.presenters.steps import dose_words
from tapers.selectors import Course
from tapers.vocabulary import Origin

if TYPE_CHECKING:
    from tapers.models import Alert, PlanRevision, StepReport, Taper

STATUS_TONES = {
    Status.DRAFT: ("Draft", "info", "pencil"),
    Status.ACTIVE: ("Active", "on", "play"),
    Status.ON_HOLD: ("On hold", "due", "pause"),
    Status.COMPLETED: ("Completed", "plain", "check"),
    Status.REVOKED: ("Stopped", "plain", "stop"),
    Status.ENTERED_IN_ERROR: ("Discarded", "plain", "close"),
}
BUTTONS = (
    (Action.REVISE, Permission.REVISE_TAPER, "Revise plan", "pencil", "taper-revise"),
    (Action.HOLD, Permission.HOLD_TAPER, "Put on hold", "pause", "taper-hold"),
    (Action.RESUME, Permission.RESUME_TAPER, "Resume", "play", "taper-resume"),
    (Action.COMPLETE, Permission.COMPLETE_TAPER, "Complete", "check", "taper-complete"),
    (Action.STOP, Permission.STOP_TAPER, "Stop", "stop", "taper-stop"),
    (Action.DISCARD, Permission.DRAFT_TAPER, "Discard draft", "close", "taper-discard"),
    (
        Action.MARK_IN_ERROR,
        Permission.MARK_TAPER_IN_ERROR,
        "Entered in error",
        "close",
        "taper-in-error",
    ),
)


@dataclass(frozen=True)
class ActionLink:
    label: str
    icon: str
    route: str


@dataclass(frozen=True)
class RevisionRow:
    number: int
    what: str
    reason: str
    when: str
    by: str
    ends: str


@dataclass(frozen=True)
class ReportRow:
    id: str
    step: str
    said: str
    on: str
    by: str
    note: str
    recorded: str
    taken_back: str
    may_be_taken_back: bool


@dataclass(frozen=True)
class TaperFacts:
    word: str
    tone: str
    icon: str
    title: str
    since: str
    actions: tuple[ActionLink, ...]
    is_draft: bool


def taper_facts(taper: "Taper", *, may: frozenset[Permission], at_zero: bool = False) -> TaperFacts:
    status = Status(taper.status)
    word, tone, icon = STATUS_TONES[status]
    may = may if taper.was_entered_finished else may - {Permission.MARK_TAPER_IN_ERROR}
    return TaperFacts(
        word="Entered in error" if taper.in_error_at else word,
        tone=tone,
        icon=icon,
        title=_title(taper),
        since=_since(taper),
        actions=actions_for(status, may, at_zero=at_zero),
        is_draft=status is Status.DRAFT,
    )


def name_of_taper(taper: "Taper") -> str:
    """Return "Prednisone taper from 40 mg a day, Mon 1 Sep 2025 to Mon 13 Oct 2025"."""
    return f"{_title(taper)}, {words.day(taper.starts_on)} to {words.day(taper.first_zero_on)}"


def _title(taper: "Taper") -> str:
    return f"{Drug(taper.drug).label} taper from {mg_text(taper.start_daily_mg)} mg a day"


def actions_for(
    status: Status, may: frozenset[Permission], *, at_zero: bool
) -> tuple[ActionLink, ...]:
    """What the state allows and the role may; completing is for a taper at 0 mg."""
    return tuple(
        ActionLink(label, icon, route)
        for action, permission, label, icon, route in BUTTONS
        if (status, action) in TRANSITIONS
        and permission in may
        and (at_zero or action is not Action.COMPLETE)
    )


def _since(taper: "Taper") -> str:
    zone = taper.patient.clinic.time_zone
    if taper.in_error_at is not None:
        when = words.instant(taper.in_error_at, zone=zone)
        return f"Marked {when}, {person(taper.in_error_by)}: {taper.in_error_reason}"
    if taper.held_on is not None:
        return f"On hold from {words.day(taper.held_on)}: {taper.hold_reason}"
    if taper.ended_on is not None:
        reason = f": {taper.end_reason}" if taper.end_reason else "."
        return f"Ended on {words.day(taper.ended_on)}{reason}"
    if taper.activated_at is not None and taper.activated_by is not None:
        by = person(taper.activated_by)
        return f"Signed by {by}, {words.instant(taper.activated_at, zone=zone)}"
    by = person(taper.created_by)
    return f"Drafted by {by}, {words.instant(taper.created_at, zone=zone)}. Not signed yet."


def person(user: object) -> str:
    """Return the full name of a user, else the user name; nobody is the patient."""
    if user is None:
        return "the patient"
    full = getattr(user, "get_full_name", str)()
    return full or getattr(user, "username", "")


def revision_rows(revisions: Sequence["PlanRevision"], *, zone: str) -> tuple[RevisionRow, ...]:
    """The newest first."""
    return tuple(
        RevisionRow(
            number=row.number,
            what=str(Origin(row.origin).label),
            reason=row.reason,
            when=words.instant(row.created_at, zone=zone),
            by=person(row.created_by),
            ends=_ends(row),
        )
        for row in reversed(revisions)
    )


def revision_words(row: "PlanRevision") -> str:
    """Return one line about a revision, for the mark in the chart."""
    what = f"Revision {row.number}: {str(Origin(row.origin).label).lower()}"
    return f"{what}. {row.reason}" if row.reason else what


def _ends(row: "PlanRevision") -> str:
    last = max(row.steps.all(), key=lambda step: step.number, default=None)
    return words.day(last.starts_on) if last else ""


def report_rows(reports: Iterable["StepReport"], *, zone: str) -> tuple[ReportRow, ...]:
    """The newest first."""
    return tuple(
        ReportRow(
            id=str(row.pk),
            step=f"Step {row.step_number}",
            said=row.get_outcome_display(),
            on=words.day(row.taken_on or row.reported_on),
            by=str(row.get_reported_by_display()).lower(),
            note=row.note,
            recorded=f"{words.instant(row.recorded_at, zone=zone)}, {person(row.recorded_by)}",
            taken_back=_taken_back(row, zone),
            may_be_taken_back=row.outcome == Outcome.TAKEN and row.taken_back_at is None,
        )
        for row in reversed(list(reports))
    )


def _taken_back(row: "StepReport", zone: str) -> str:
    if row.taken_back_at is None:
        return ""
    when = words.instant(row.taken_back_at, zone=zone)
    return f"Taken back {when}, {person(row.taken_back_by)}: {row.taken_back_reason}"


def alert_rows(
    findings: Iterable[Finding], alerts: Iterable["Alert"], *, zone: str
) -> tuple[FindingRow, ...]:
    """Stored findings with the reasons that were given."""
    given = {alert.code: alert for alert in alerts}
    rows = []
    for finding in findings:
        row, alert = finding_row(finding), given.get(finding.code)
        if alert is not None and alert.acknowledged_at is not None:
            when = words.instant(alert.acknowledged_at, zone=zone)
            by = f"{person(alert.acknowledged_by)}, {when}"
            row = replace(row, reason=alert.reason, given_by=by)
        rows.append(row)
    return tuple(rows)


def dose_to_be_held(course: Course) -> str:
    """Say at which dose a hold of today leaves the patient, and whether that is known."""
    step = course.dose_now.step_number
    dose = dose_words(course.daily_mg)
    if step is None:
        return f"Today {dose}, the dose before the plan."
    if course.dose_now.confirmed:
        return f"Today {dose}, step {step}, confirmed."
    return (
        f"By the plan {dose} today, step {step}; nobody has confirmed it. The patient's page will "
        "name no dose: ask which one is taken, and report the step before you put the plan on hold."
    )
