"""/metrics: how the reminders do, in the text format of Prometheus; counts and ages, nobody's data.

Everything is asked of the database at the moment of the scrape, so that it does not matter which
of many web processes answers, nor which worker did the work.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from notifications import selectors
from notifications.policy import Status
from patients import clock
from patients.selectors import open_tasks_by_kind

LAG_BOUNDS = tuple(timedelta(seconds=s) for s in (30, 60, 300, 900, 3600, 14400, 43200, 86400))


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer who knows METRICS_TOKEN; where none is set there is no such page."""
    if not settings.METRICS_TOKEN:
        raise Http404
    if not _is_allowed(request):
        refused = HttpResponse("A bearer token is needed.\n", "text/plain", status=401)
        refused["WWW-Authenticate"] = 'Bearer realm="metrics"'
        return refused
    registry = CollectorRegistry()
    try:
        registry.register(Figures(at=clock.now()))
        return HttpResponse(generate_latest(registry), CONTENT_TYPE_PLAIN_0_0_4)
    except (DatabaseError, InterfaceError):
        return HttpResponse("The database does not answer.\n", "text/plain", status=503)


def _is_allowed(request: HttpRequest) -> bool:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return kind.lower() == "bearer" and constant_time_compare(token, settings.METRICS_TOKEN)


class Figures(Collector):
    """What is known at one instant. A figure that is not known is left out, and never 0."""

    def __init__(self, *, at: datetime) -> None:
        self.at = at

    def describe(self) -> Iterator[Metric]:
        """Name nothing beforehand, or the database would be asked twice."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        yield from self._ages()
        yield from self._reminders()
        yield from self._sending()
        yield _labelled(
            "open_tasks", "What waits for a person of a team.", "kind", open_tasks_by_kind()
        )

    def _ages(self) -> Iterator[Metric]:
        swept_at = selectors.last_sweep_at()
        swept = _gauge("last_sweep_age_seconds", "Since anybody looked for what is due.")
        if swept_at is not None:
            swept.add_metric([], (self.at - swept_at).total_seconds())
        yield swept
        due_at = selectors.oldest_unsent_at(at=self.at) or self.at
        unsent = _gauge("oldest_unsent_age_seconds", "Since the oldest open reminder fell due.")
        unsent.add_metric([], (self.at - due_at).total_seconds())
        yield unsent

    def _reminders(self) -> Iterator[Metric]:
        counts = {status.value: 0 for status in Status} | selectors.counts_by_status()
        yield _labelled("reminders", "All reminders by where they stand.", "status", counts)
        attempts = CounterMetricFamily(
            "taperline_delivery_attempts",
            "Mails handed to the mail server, by how that ended.",
            labels=["outcome"],
        )
        for outcome, number in selectors.attempts_by_outcome().items():
            attempts.add_metric([outcome], number)
        yield attempts
        yield _send_lag()

    def _sending(self) -> Iterator[Metric]:
        held = _labelled(
            "sending_held",
            "1 while mail waits for an operator: all after a restore, that to patients in a surge.",
            "reason",
            {
                "restore": int(selectors.dispatch_hold() is not None),
                "surge": int(selectors.surge_hold() is not None),
            },
        )
        surge = _gauge(
            "surge_held", "1 while no patient is mailed, as far too much fell due at once."
        )
        surge.add_metric([], selectors.surge_hold() is not None)
        away = _gauge("mail_server_unreachable", "1 while the mail server does not answer.")
        away.add_metric([], selectors.unreachable_since() is not None)
        pauses = _gauge("sending_pauses", "Pauses that clinics have set and not lifted.")
        pauses.add_metric([], selectors.standing_pauses())
        yield from (held, surge, away, pauses)


def _send_lag() -> Metric:
    lag = selectors.send_lag(bounds=LAG_BOUNDS)
    family = HistogramMetricFamily(
        "taperline_send_lag_seconds", "From the instant a mail was due to its acceptance."
    )
    buckets = [(str(limit.total_seconds()), float(number)) for limit, number in lag.within]
    family.add_metric([], [*buckets, ("+Inf", float(lag.count))], lag.total.total_seconds())
    return family


def _gauge(name: str, says: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"taperline_{name}", says)


def _labelled(name: str, says: str, label: str, values: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(f"taperline_{name}", says, labels=[label])
    for key, number in values.items():
        family.add_metric([key], number)
    return family
