"""A clinic's rules of reminding, its pauses and its holidays, as a page says them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from notifications.policy import (
    KIND_LABELS,
    NEVER_PAUSED,
    ClinicRules,
    Kind,
    TeamMailOn,
    holidays_from,
)
from patients.presenters import words

if TYPE_CHECKING:
    from notifications.models import SendingPause
    from patients.models import AuditEvent, Clinic

SETTINGS = {
    "quiet_from": "Quiet hours begin",
    "quiet_until": "Quiet hours end",
    "step_second_days": "Dose step: the patient once more",
    "step_team_days": "Dose step: the team",
    "step_lead_days": "Dose step: the leads",
    "visit_second_days": "Overdue visit: the patient once more",
    "visit_team_days": "Overdue visit: the team",
    "visit_lead_days": "Overdue visit: the leads",
    "team_mail_on": "Mail to the team",
}
TEAM_DAYS = {
    TeamMailOn.WORKING_DAYS.value: "on working days",
    TeamMailOn.EVERY_DAY.value: "every day",
}
HOLIDAYS_SHOWN = 5
EVERYTHING = "Every kind of mail"
NEVER_PAUSED_WORDS = tuple(KIND_LABELS[kind].lower() for kind in Kind if kind in NEVER_PAUSED)


@dataclass(frozen=True)
class Fact:
    name: str
    value: str


@dataclass(frozen=True)
class PauseRow:
    id: UUID
    what: str
    reason: str
    since: str
    ended: str


@dataclass(frozen=True)
class ChangeRow:
    when: str
    by: str
    lines: tuple[str, ...]


def policy_facts(rules: ClinicRules) -> tuple[Fact, ...]:
    return tuple(Fact(label, _said(name, getattr(rules, name))) for name, label in SETTINGS.items())


def change_rows(events: "Iterable[AuditEvent]", *, zone: str) -> tuple[ChangeRow, ...]:
    return tuple(
        ChangeRow(
            when=words.instant(event.at, zone=zone),
            by=_name(event.actor),
            lines=tuple(
                f"{SETTINGS[name]}: {_said(name, each['before'])} before, "
                f"{_said(name, each['after'])} now."
                for name, each in event.details["changes"].items()
            ),
        )
        for event in events
    )


def pause_rows(pauses: "Iterable[SendingPause]", *, zone: str) -> tuple[PauseRow, ...]:
    return tuple(pause_row(pause, zone=zone) for pause in pauses)


def pause_row(pause: "SendingPause", *, zone: str) -> PauseRow:
    ended = ""
    if pause.lifted_at is not None:
        ended = f"until {words.instant(pause.lifted_at, zone=zone)}, by {_name(pause.lifted_by)}"
    return PauseRow(
        id=pause.pk,
        what=paused_words(pause.kind),
        reason=pause.reason,
        since=f"since {words.instant(pause.paused_at, zone=zone)}, by {_name(pause.paused_by)}",
        ended=ended,
    )


def paused_words(kind: str) -> str:
    return KIND_LABELS[Kind(kind)] if kind else EVERYTHING


def holiday_lines(clinic: "Clinic", *, today: date) -> tuple[str, ...]:
    found = holidays_from(today, country=clinic.country, number=HOLIDAYS_SHOWN)
    return tuple(f"{words.day(on)}: {name}" for on, name in found)


def held_words(count: int, *, ahead: timedelta = timedelta()) -> str:
    mails = words.counted(count, "mail")
    when = f" that fall due in the next {ahead.days} days" if ahead else ""
    return f"{mails}{when}"


def _said(name: str, value: object) -> str:
    if name == "team_mail_on":
        return TEAM_DAYS[str(value)]
    if name in ("quiet_from", "quiet_until"):
        return str(value)[:5]
    return "never" if value is None else f"after {words.counted(int(str(value)), 'day')}"


def _name(person: object) -> str:
    get_full_name = getattr(person, "get_full_name", None)
    return (get_full_name() if get_full_name else "") or str(person)
