"""Remembers, for all workers, that the mail server is away; one of them tries once a minute."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Coalesce

from notifications.models import SweepState

THE_ROW = 1


def note_sweep(*, at: datetime) -> SweepState:
    """Note that somebody swept; return what is known of the mail server."""
    updated = SweepState.objects.filter(pk=THE_ROW).update(last_sweep_at=at)
    if not updated:
        SweepState.objects.get_or_create(pk=THE_ROW, defaults={"last_sweep_at": at})
    return SweepState.objects.get(pk=THE_ROW)


def may_try(state: SweepState, *, at: datetime) -> bool:
    """Answer whether to connect: always while all is well, else if we are the one to probe."""
    if state.unreachable_since is None:
        return True
    won = SweepState.objects.filter(pk=THE_ROW, probe_at__lte=at).update(probe_at=_probe_at(at))
    return bool(won)


def open_breaker(*, at: datetime) -> datetime:
    """Note that the server does not answer; return when somebody shall try again."""
    probe_at = _probe_at(at)
    SweepState.objects.filter(pk=THE_ROW).update(
        unreachable_since=Coalesce(F("unreachable_since"), at), probe_at=probe_at
    )
    return probe_at


def close_breaker() -> None:
    SweepState.objects.filter(pk=THE_ROW, unreachable_since__isnull=False).update(
        unreachable_since=None, probe_at=None
    )


def _probe_at(at: datetime) -> datetime:
    return at + timedelta(seconds=settings.REMINDER_BREAKER_SECONDS)
