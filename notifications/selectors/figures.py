"""How much of what there is: what an operator's monitoring asks for. Counts only, nobody's rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Min, Q, Sum

from notifications.models import DeliveryAttempt, Reminder, SendingPause
from notifications.policy import OPEN, Outcome, Status

NO_TRY_IS_LATER = timedelta(days=1)
OPEN_STATUSES = sorted(status.value for status in OPEN)


@dataclass(frozen=True)
class Lag:
    """How long after they were due mails went out; *within* counts those that took at most that."""

    within: tuple[tuple[timedelta, int], ...]
    count: int
    total: timedelta


def oldest_unsent_at(*, at: datetime) -> datetime | None:
    """Return since when the oldest reminder is due that may still go, whatever it waits for."""
    waiting = Reminder.objects.filter(
        status__in=OPEN_STATUSES,
        next_attempt_at__lte=at + NO_TRY_IS_LATER,  # lets the partial index find them
        due_at__lte=at,
    )
    oldest: datetime | None = waiting.aggregate(oldest=Min("due_at"))["oldest"]
    return oldest


def send_lag(*, bounds: Iterable[timedelta]) -> Lag:
    """Return the lag of all mails ever sent. Reads every row: for a scrape, not for a page."""
    limits = tuple(bounds)
    sent = Reminder.objects.filter(status=Status.SENT.value).annotate(
        lag=F("sent_at") - F("due_at")
    )
    found = sent.aggregate(
        count=Count("id"),
        total=Sum("lag"),
        **{f"within_{n}": Count("id", filter=Q(lag__lte=limit)) for n, limit in enumerate(limits)},
    )
    return Lag(
        within=tuple((limit, found[f"within_{n}"]) for n, limit in enumerate(limits)),
        count=found["count"],
        total=found["total"] or timedelta(0),
    )


def attempts_by_outcome() -> dict[str, int]:
    """Return how often the mail server was tried, with a 0 for what never happened."""
    counted = DeliveryAttempt.objects.values_list("outcome").annotate(number=Count("id"))
    return {outcome.value: 0 for outcome in Outcome} | dict(counted.order_by())


def standing_pauses() -> int:
    return SendingPause.objects.filter(lifted_at__isnull=True).count()
