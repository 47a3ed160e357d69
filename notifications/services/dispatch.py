"""What an operator holds, confirms and lets go: after a restore, and in a surge."""

from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Count, Max, Min, QuerySet

from notifications.models import DispatchHold, Reminder, SurgeHold, SweepState
from notifications.policy import (
    ASSUMED_SENT,
    ASSUMED_SENT_KEY,
    AUDIENCE_LABELS,
    KIND_LABELS,
    OPEN,
    Audience,
    Kind,
    Status,
)
from patients import audit
from patients.errors import Conflict
from patients.models import Clinic
from patients.services.tasks import open_task
from patients.vocabulary import Event, TaskKind

SYSTEM = "dispatch hold"
TELL_THE_TEAM = (
    "The database was restored from a backup. {number} reminders due until {until:%d %B %Y %H:%M} "
    "UTC are assumed sent and are not sent again. Call whoever must not miss one."
)
OPEN_STATUSES = sorted(status.value for status in OPEN)


class NotHeld(Conflict):
    code = "NOT_HELD"


@transaction.atomic
def hold_dispatch(*, reason: str, at: datetime) -> DispatchHold:
    """Let no mail go out, of no clinic; the hold that stands already is returned."""
    SweepState.objects.get_or_create(pk=1)
    SweepState.objects.select_for_update(no_key=True).get(pk=1)
    standing = DispatchHold.objects.filter(confirmed_at__isnull=True).first()
    if standing is not None:
        return standing
    hold = DispatchHold.objects.create(held_at=at, reason=reason[:300])
    audit.record(Event.DISPATCH_HELD, system=SYSTEM, at=at, subject=hold)
    return hold


@transaction.atomic
def confirm_dispatch(*, sent_until: datetime, at: datetime) -> DispatchHold:
    """End the hold. What was due until *sent_until* is assumed sent: never mailed, but listed."""
    hold = DispatchHold.objects.select_for_update().filter(confirmed_at__isnull=True).first()
    if hold is None:
        raise NotHeld("Dispatch is not held.")
    for clinic in Clinic.objects.filter(id__in=assumed_sent(until=sent_until).values("clinic_id")):
        hold.assumed_sent += _assume_sent(clinic, until=sent_until, at=at)
    hold.confirmed_at, hold.sent_until = at, sent_until
    hold.save()
    audit.record(
        Event.DISPATCH_CONFIRMED,
        system=SYSTEM,
        at=at,
        subject=hold,
        sent_until=sent_until.isoformat(),
        assumed_sent=hold.assumed_sent,
    )
    return hold


@transaction.atomic
def release_surge(*, at: datetime) -> SurgeHold:
    """Let go the mail to patients that a surge holds; what is due by now does not hold it again."""
    hold = SurgeHold.objects.select_for_update().filter(released_at__isnull=True).first()
    if hold is None:
        raise NotHeld("No mail to patients is held.")
    hold.released_at = at
    hold.save(update_fields=["released_at"])
    audit.record(Event.SURGE_RELEASED, system=SYSTEM, at=at, subject=hold)
    return hold


def assumed_sent(*, until: datetime) -> QuerySet[Reminder]:
    """Return what a confirmation of this cut-off would not send any more."""
    return Reminder.objects.filter(status__in=OPEN_STATUSES, due_at__lte=until)


def due_after(cut_off: datetime, *, at: datetime) -> QuerySet[Reminder]:
    """Return what is due at *at* and would still be sent with this cut-off."""
    return assumed_sent(until=at).filter(due_at__gt=cut_off)


def in_words(rows: QuerySet[Reminder]) -> list[str]:
    """Return a line a clinic, kind and audience: how many, and when the first and last were due."""
    groups = (
        rows.order_by()
        .values("clinic__name", "kind", "audience")
        .annotate(number=Count("id"), first=Min("due_at"), last=Max("due_at"))
        .order_by("clinic__name", "first", "kind", "audience")
    )
    return [
        f"{each['clinic__name']}: {each['number']} x {KIND_LABELS[Kind(each['kind'])]}, to "
        f"{AUDIENCE_LABELS[Audience(each['audience'])].lower()}, due {_utc(each['first'])} to "
        f"{_utc(each['last'])}"
        for each in groups
    ]


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _assume_sent(clinic: Clinic, *, until: datetime, at: datetime) -> int:
    number = (
        assumed_sent(until=until)
        .filter(clinic=clinic)
        .update(status=Status.CANCELLED.value, claim=None, outcome_note=ASSUMED_SENT)
    )
    open_task(
        clinic=clinic,
        kind=TaskKind.OTHER,
        key=ASSUMED_SENT_KEY,
        text=TELL_THE_TEAM.format(number=number, until=until),
        at=at,
        system=SYSTEM,
    )
    return number
