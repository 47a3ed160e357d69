"""/healthz: the process answers. /readyz: reminders would go out, or which part stops them."""

from collections.abc import Callable
from datetime import datetime

from celery import current_app
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from notifications import selectors
from patients import clock
from tapers.selectors import evaluations


class NotReady(Exception):
    """One part of the service cannot do its work; says why, without naming anybody."""


@login_not_required
@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    at = clock.now()
    parts = {
        "database": _state_of(_check_database),
        "broker": _state_of(_check_broker),
        "sweep": _state_of(lambda: _check_sweep(at=at)),
        "mail server": _state_of(lambda: _check_mail_server(at=at)),
        "reminders": _state_of(lambda: _check_reminders(at=at)),
        "courses": _state_of(lambda: _check_courses(at=at)),
    }
    ok = all(state == "ok" for state in parts.values())
    return JsonResponse(
        {"status": "ok" if ok else "failing", "parts": parts}, status=200 if ok else 503
    )


def _state_of(check: Callable[[], None]) -> str:
    try:
        check()
    except NotReady as reason:
        return str(reason)
    except (DatabaseError, InterfaceError):
        return "the database does not answer"
    return "ok"


def _check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _check_broker() -> None:
    with current_app.connection_for_read(heartbeat=0) as broker:
        try:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=3)
        except OperationalError as error:
            raise NotReady("the broker does not answer") from error


def _check_sweep(*, at: datetime) -> None:
    if selectors.dispatch_hold() is not None:
        raise NotReady("dispatch is held until an operator confirms what was sent")
    if selectors.marker_lost_at() is not None:
        raise NotReady("DISPATCH_MARKER cannot be written: a restore would not be noticed")
    surge = selectors.surge_hold()
    if surge is not None:
        raise NotReady(f"mail to patients is held: {surge.due} fell due at once")
    swept_at = selectors.last_sweep_at()
    if swept_at is None:
        raise NotReady("no sweep has run yet")
    if at - swept_at > settings.SWEEP_STALE_AFTER:
        raise NotReady(f"the last sweep ran {_minutes(at, swept_at)} minutes ago")


def _check_mail_server(*, at: datetime) -> None:
    since = selectors.unreachable_since()
    if since is not None and at - since > settings.DUE_STALE_AFTER:
        raise NotReady(f"the mail server has not answered for {_minutes(at, since)} minutes")


def _check_reminders(*, at: datetime) -> None:
    due_at = selectors.oldest_due_at(at=at)
    if due_at is not None and at - due_at > settings.DUE_STALE_AFTER:
        raise NotReady(f"a reminder has waited for {_minutes(at, due_at)} minutes")


def _check_courses(*, at: datetime) -> None:
    if failed := evaluations.failed_courses():
        raise NotReady(f"the rules gave no answer for {failed} of the patients under care")
    if unread := evaluations.unread_courses(at=at):
        raise NotReady(f"the courses of {unread} patients were not read for two days")


def _minutes(later: datetime, earlier: datetime) -> int:
    return int((later - earlier).total_seconds() // 60)
