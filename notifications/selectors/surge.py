"""How much mail to patients is due at once, and how much of it is usual."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncHour

from notifications.models import Reminder, SurgeHold
from notifications.policy import ASKED_FOR_NOW, HISTORY, Audience, Status, usual_hour
from patients.models import Clinic

# What somebody waits for at this moment, and all mail to the team, is never held.
MAY_BE_HELD = Q(audience=Audience.PATIENT.value) & ~Q(
    kind__in=sorted(kind.value for kind in ASKED_FOR_NOW)
)
A_DAY = timedelta(days=1)


def surge_hold() -> SurgeHold | None:
    """Return the surge that waits for an operator; while it does no patient is mailed."""
    return SurgeHold.objects.filter(released_at__isnull=True).first()


def due_at_once(*, at: datetime) -> QuerySet[Reminder]:
    """Return the mail to patients that is due and that no operator has let go already."""
    due = Reminder.objects.filter(
        MAY_BE_HELD, status=Status.SCHEDULED.value, next_attempt_at__lte=at
    )
    released_at = (
        SurgeHold.objects.filter(released_at__isnull=False)
        .order_by("-released_at")
        .values_list("released_at", flat=True)
        .first()
    )
    return due if released_at is None else due.filter(due_at__gt=released_at)


def usual_hour_before(*, at: datetime) -> int | None:
    """Return how many mails to patients a usual busy hour had; None without a week of history."""
    sent = Reminder.objects.filter(
        MAY_BE_HELD,
        clinic__in=list(Clinic.objects.values_list("id", flat=True)),  # the index begins with it
        status=Status.SENT.value,
    )
    if not sent.filter(due_at__lte=at - HISTORY).exists():
        return None
    hours = (
        sent.filter(due_at__gt=at - HISTORY, due_at__lte=at)
        .annotate(hour=TruncHour("due_at", tzinfo=UTC))
        .values_list("hour")
        .annotate(number=Count("id"))
        .order_by()
    )
    return usual_hour(_busiest_hour_of_each_day(hours, at=at))


def _busiest_hour_of_each_day(
    hours: Iterable[tuple[datetime, int]], *, at: datetime
) -> Iterable[int]:
    busiest: dict[int, int] = {}
    for hour, number in hours:
        days_ago = min((at - hour) // A_DAY, HISTORY.days - 1)
        busiest[days_ago] = max(busiest.get(days_ago, 0), number)
    return busiest.values()
