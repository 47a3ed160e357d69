"""How the engine is doing: for health checks, metrics and the demo's clock."""

from datetime import datetime

from django.db.models import Count, Min

from notifications.models import DispatchHold, Reminder, SweepState
from notifications.policy import OPEN

OPEN_STATUSES = sorted(status.value for status in OPEN)


def last_sweep_at() -> datetime | None:
    return SweepState.objects.values_list("last_sweep_at", flat=True).first()


def dispatch_hold() -> DispatchHold | None:
    """Return the hold that stands; while there is one nothing is sent."""
    return DispatchHold.objects.filter(confirmed_at__isnull=True).first()


def unreachable_since() -> datetime | None:
    """Return since when the mail server has not answered; None when it does."""
    return SweepState.objects.values_list("unreachable_since", flat=True).first()


def marker_lost_at() -> datetime | None:
    """Return since when no marker can be written, without which a restore is noticed late."""
    return SweepState.objects.values_list("marker_lost_at", flat=True).first()


def oldest_due_at(*, at: datetime) -> datetime | None:
    """Return since when the oldest reminder waits that somebody should have taken up.

    What quiet hours or a pause postponed, or the mail server put off, waits from that time on.
    """
    waiting = Reminder.objects.filter(status__in=OPEN_STATUSES, next_attempt_at__lte=at)
    oldest: datetime | None = waiting.aggregate(oldest=Min("next_attempt_at"))["oldest"]
    return oldest


def next_due_at(*, at: datetime) -> datetime | None:
    """Return when the next mail is to be tried, at the earliest *at*."""
    waiting = Reminder.objects.filter(status__in=OPEN_STATUSES)
    following = waiting.aggregate(next=Min("next_attempt_at"))["next"]
    return None if following is None else max(following, at)


def counts_by_status() -> dict[str, int]:
    counted = Reminder.objects.values_list("status").annotate(number=Count("id"))
    return dict(counted.order_by())
