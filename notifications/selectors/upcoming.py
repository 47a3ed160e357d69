"""Which mails of a clinic would go out, when, and whether they may as things stand."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import QuerySet

from notifications.models import Reminder
from notifications.policy import (
    ASKED_FOR_NOW,
    ONLY_WITHOUT_AN_ANSWER,
    OPEN,
    Kind,
    Status,
    Verdict,
    may_contact,
    quiet_until,
)
from notifications.selectors.facts import facts_of, rows_to_judge
from patients.access import visible_clinics
from patients.models import Clinic

AHEAD = timedelta(days=30)
TOO_LATE = "The quiet hours end when it is of no use any more."
OPEN_STATUSES = sorted(status.value for status in OPEN)


@dataclass(frozen=True)
class Upcoming:
    """One mail that waits. *verdict* is what would be decided at *goes_at*, as things stand now."""

    reminder: Reminder
    goes_at: datetime
    after_quiet_hours: bool
    verdict: Verdict

    @property
    def only_without_an_answer(self) -> bool:
        return Kind(self.reminder.kind) in ONLY_WITHOUT_AN_ANSWER


def upcoming_for(*, actor: User, clinic: Clinic, at: datetime) -> QuerySet[Reminder]:
    """Return what waits of a visible clinic and is due within 30 days, in that order."""
    visible = visible_clinics(actor=actor).values("id")
    rows = rows_to_judge(due_by=at).filter(clinic=clinic, clinic_id__in=visible)
    return rows.filter(
        status__in=OPEN_STATUSES, withdrawn_at__isnull=True, due_at__lt=at + AHEAD
    ).order_by("due_at", "id")


def as_upcoming(row: Reminder, *, at: datetime) -> Upcoming:
    """Judge one of `upcoming_for` as it would be judged when it goes, with what is known now."""
    facts = facts_of(row)
    begins_at = max(row.due_at, row.next_attempt_at, at)
    quiet = None
    if facts.rules is not None and facts.to_patient and facts.kind not in ASKED_FOR_NOW:
        quiet = quiet_until(facts.rules, zone=facts.time_zone, at=begins_at)
    goes_at = quiet or begins_at
    verdict = may_contact(facts, at=goes_at)
    if quiet is not None and verdict.status is Status.EXPIRED and not facts.superseded:
        verdict = replace(verdict, reason=TOO_LATE)
    return Upcoming(row, goes_at, after_quiet_hours=quiet is not None, verdict=verdict)
