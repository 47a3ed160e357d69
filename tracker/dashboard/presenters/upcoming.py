"""The mails of the next weeks by day, and what to catch up on after an outage."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from notifications.policy import AUDIENCE_LABELS, Audience, holidays_from, kind_label
from notifications.selectors import Upcoming
from patients.presenters import words

if TYPE_CHECKING:
    from patients.models import Clinic, Patient

HOLIDAYS_LOOKED_UP = 10
GOES = "Goes"
IF_UNANSWERED = "Goes unless somebody answers before"


@dataclass(frozen=True)
class MailRow:
    id: UUID
    time: str
    kind: str
    to: str
    patient_id: UUID | None
    code: str
    may_go: bool
    says: str
    about: str


@dataclass(frozen=True)
class Day:
    title: str
    holiday: str
    rows: tuple[MailRow, ...]


@dataclass(frozen=True)
class ToCall:
    patient_id: UUID
    name: str
    code: str
    phone: str


def days_of(mails: Iterable[Upcoming], *, clinic: "Clinic", today: date) -> tuple[Day, ...]:
    """Return the mails grouped by the day of the clinic on which each goes."""
    zone = ZoneInfo(clinic.time_zone)
    free = dict(holidays_from(today, country=clinic.country, number=HOLIDAYS_LOOKED_UP))

    def day_of(mail: Upcoming) -> date:
        return mail.goes_at.astimezone(zone).date()

    in_order = sorted(mails, key=lambda mail: (mail.goes_at, mail.reminder.pk))
    return tuple(
        Day(
            title=f"{words.full_day(day)}, {words.from_today(day, today=today)}",
            holiday=free.get(day, ""),
            rows=tuple(_row(mail, zone=zone) for mail in group),
        )
        for day, group in groupby(in_order, key=day_of)
    )


def _row(mail: Upcoming, *, zone: ZoneInfo) -> MailRow:
    row = mail.reminder
    patient = row.patient
    goes = IF_UNANSWERED if mail.only_without_an_answer else GOES
    return MailRow(
        id=row.pk,
        time=f"{mail.goes_at.astimezone(zone):%H:%M}",
        kind=kind_label(row.kind, row.context),
        to=AUDIENCE_LABELS[Audience(row.audience)],
        patient_id=patient.pk if patient else None,
        code=patient.code if patient else "",
        may_go=mail.verdict.allowed,
        says=goes if mail.verdict.allowed else mail.verdict.reason,
        about=_about(mail, zone=zone),
    )


def _about(mail: Upcoming, *, zone: ZoneInfo) -> str:
    """Say why it goes later than it was due, and what o'clock it is there for its reader."""
    there = ZoneInfo(mail.reminder.time_zone)
    said = []
    if mail.after_quiet_hours:
        due = words.instant(mail.reminder.due_at, zone=zone.key)
        said.append(f"due {due}; waits for the end of the quiet hours")
    local = mail.goes_at.astimezone(there)
    if local.utcoffset() != mail.goes_at.astimezone(zone).utcoffset():
        said.append(f"{local:%H:%M} in {words.place(there.key)}")
    return "; ".join(said)


def people_to_call(people: "Iterable[Patient]") -> tuple[ToCall, ...]:
    return tuple(
        ToCall(
            patient.pk, patient.full_name, patient.code, patient.phone or "no phone number recorded"
        )
        for patient in people
    )
