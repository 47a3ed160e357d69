"""Reminders and their deliveries, for pages and the API."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Count, Prefetch, Q, QuerySet

from notifications.models import DeliveryAttempt, Reminder
from notifications.policy import OPEN, Status
from patients.access import visible_clinics
from patients.errors import NotFound
from patients.models import Clinic, Patient

NOT_KNOWN_TO_HAVE_ARRIVED = sorted([*(status.value for status in OPEN), Status.EXPIRED.value])


def reminders_for(
    *,
    actor: User,
    patient: Patient | None = None,
    status: str | None = None,
    kind: str | None = None,
    due_after: datetime | None = None,
    due_before: datetime | None = None,
    clinic: Clinic | None = None,
) -> QuerySet[Reminder]:
    """Return the visible reminders, in the order they are due; instants are inclusive."""
    given = {
        "patient": patient,
        "status": status,
        "kind": kind,
        "due_at__gte": due_after,
        "due_at__lte": due_before,
        "clinic": clinic,
    }
    narrowed = {name: value for name, value in given.items() if value is not None}
    return _visible(actor).filter(**narrowed).order_by("due_at", "id")


def reminder_for(*, actor: User, id: UUID) -> Reminder:  # noqa: A002
    """Return one reminder with its `deliveries`, oldest first, or raise NotFound."""
    deliveries = Prefetch("deliveries", DeliveryAttempt.objects.order_by("handed_at", "number"))
    rows = _visible(actor).select_related("task").prefetch_related(deliveries)
    row = rows.filter(pk=id).first()
    if row is None:
        raise NotFound
    return row


def failed_for(*, actor: User, clinic: Clinic | None = None) -> QuerySet[Reminder]:
    """Return what waits for a person: given up, or not known whether it arrived.

    A finished task, or "try again", takes a reminder off this list.
    """
    failed = Q(status=Status.GAVE_UP.value) | Q(
        unknown_at__isnull=False, status__in=NOT_KNOWN_TO_HAVE_ARRIVED
    )
    return (
        reminders_for(actor=actor, clinic=clinic)
        .filter(failed, withdrawn_at__isnull=True)
        .exclude(task__done_at__isnull=False)
    )


def expired_for(
    *, actor: User, since: datetime, clinic: Clinic | None = None
) -> QuerySet[Reminder]:
    """Return what came too late and was not sent, of those due after *since*."""
    return reminders_for(actor=actor, clinic=clinic, status=Status.EXPIRED.value, due_after=since)


def status_by_source(*, sources: Iterable[str]) -> dict[str, dict[str, int]]:
    """Return how many reminders of each source are in each status, in one query."""
    counted = (
        Reminder.objects.filter(source__in=list(sources))
        .values_list("source", "status")
        .annotate(number=Count("id"))
    )
    found: dict[str, dict[str, int]] = {}
    for source, status, number in counted:
        found.setdefault(source, {})[status] = number
    return found


def _visible(actor: User) -> QuerySet[Reminder]:
    return Reminder.objects.filter(
        clinic_id__in=visible_clinics(actor=actor).values("id")
    ).select_related("patient", "clinic")
