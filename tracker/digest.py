"""The team's morning list: on each working day one mail with counts and a link.

Asked for from 07:00 on, so that the counts are of this morning; due at 07:30 where the clinic is.
When nothing ran at that time it is asked for late, until noon; then the worklist has to do.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import transaction

from notifications import selectors as reminders
from notifications.policy import Audience, Kind, ReminderRequest, instant_for, is_working_day
from notifications.services.schedule import replace_schedule
from patients.models import Clinic, Membership
from patients.selectors import open_tasks_for
from patients.vocabulary import Role
from tapers import selectors as tapers
from tapers.domain.monitoring import MonitoringState
from tapers.domain.rules.rule import Severity

ASKED_FROM = time(7, 0)
DUE = time(7, 30)
ASKED_UNTIL = time(12, 0)
EXPIRES = time(17, 0)
TEAM = (Role.NURSE, Role.PRESCRIBER)


@dataclass(frozen=True)
class Counts:
    """What waits for a clinic's team. Critical alerts are not counted again in `alerts`."""

    alerts_critical: int
    steps_due: int
    steps_late: int
    visits_due: int
    visits_overdue: int
    undelivered: int
    to_sign: int
    tasks: int
    alerts: int


def request_digests(*, at: datetime) -> int:
    """Ask for the list of every clinic whose working morning it is; return how many were asked."""
    return sum(_request(clinic, at=at) for clinic in Clinic.objects.order_by("id"))


def next_asked_at(*, at: datetime) -> datetime | None:
    """Return when a list will next be asked for in any clinic; None where there is no team."""
    clinics = [clinic for clinic in Clinic.objects.order_by("id") if _reader_of(clinic)]
    return min((_next_morning(clinic, at=at) for clinic in clinics), default=None)


def counts_for(*, actor: User, clinic: Clinic, at: datetime) -> Counts:
    steps = tapers.steps_due_or_late(actor=actor, clinic=clinic, at=at)
    visits = tapers.visits_due(actor=actor, clinic=clinic, at=at)
    overdue = sum(visit.state is MonitoringState.OVERDUE for visit in visits)
    alerts = tapers.alerts_for(actor=actor, clinic=clinic, open_only=True)
    critical = alerts.filter(severity=Severity.CRITICAL).count()
    return Counts(
        alerts_critical=critical,
        steps_due=sum(step.days_late == 0 for step in steps),
        steps_late=sum(step.days_late > 0 for step in steps),
        visits_due=len(visits) - overdue,
        visits_overdue=overdue,
        undelivered=reminders.failed_for(actor=actor, clinic=clinic).count(),
        to_sign=tapers.drafts_waiting(actor=actor, clinic=clinic).count(),
        tasks=open_tasks_for(actor=actor, clinic=clinic).count(),
        alerts=alerts.count() - critical,
    )


@transaction.atomic
def _request(clinic: Clinic, *, at: datetime) -> bool:
    local = at.astimezone(ZoneInfo(clinic.time_zone))
    reader = _reader_of(clinic)
    if reader is None or not _is_asked_at(local, country=clinic.country):
        return False
    Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)  # of two workers, one asks
    if _was_asked(reader, clinic, local.date()):
        return False
    due = DUE if local.time() < DUE else (local + timedelta(minutes=1)).time().replace(second=0)
    request = ReminderRequest(
        kind=Kind.DIGEST,
        audience=Audience.TEAM,
        local_date=local.date(),
        local_time=due.replace(microsecond=0),
        time_zone=clinic.time_zone,
        expires_date=local.date(),
        expires_time=EXPIRES,
        context={
            "date": local.date().isoformat(),
            "counts": asdict(counts_for(actor=reader, clinic=clinic, at=at)),
        },
        reason="The list of each working morning.",
    )
    change = replace_schedule(
        source=f"digest:{clinic.id}", clinic=clinic, patient=None, requests=[request], at=at
    )
    return bool(change.added)


def _next_morning(clinic: Clinic, *, at: datetime) -> datetime:
    day = at.astimezone(ZoneInfo(clinic.time_zone)).date()
    while True:
        asked_at = instant_for(local_date=day, local_time=ASKED_FROM, zone=clinic.time_zone)
        if asked_at > at and is_working_day(day, country=clinic.country):
            return asked_at
        day += timedelta(days=1)


def _is_asked_at(local: datetime, *, country: str) -> bool:
    is_morning = ASKED_FROM <= local.time() < ASKED_UNTIL
    return is_morning and is_working_day(local.date(), country=country)


def _was_asked(reader: User, clinic: Clinic, day: date) -> bool:
    asked = reminders.reminders_for(actor=reader, clinic=clinic, kind=Kind.DIGEST)
    return asked.filter(local_date=day).exists()


def _reader_of(clinic: Clinic) -> User | None:
    """Return a member with whose eyes to count: every reader of the mail sees the whole clinic."""
    membership = (
        Membership.objects.filter(
            clinic=clinic, role__in=TEAM, is_active=True, user__is_active=True
        )
        .select_related("user")
        .order_by("id")
        .first()
    )
    return membership.user if membership else None
