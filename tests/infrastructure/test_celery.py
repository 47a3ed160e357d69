"""A real worker and a real beat on a real Redis wake the engine; no reminder hangs on a message."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
import redis
from django.conf import settings
from django.db import transaction

from notifications import selectors
from notifications.models import ClinicPolicy, Reminder
from notifications.policy import Audience, Kind, ReminderRequest
from notifications.services.schedule import replace_schedule
from notifications.tasks import sweep_due_reminders
from patients import clock
from tests import factories, services
from tracker.celery import app, beat_schedule

SECONDS = 60.0


def test_every_wake_up_is_a_task_that_exists_and_dies_before_the_next() -> None:
    app.loader.import_default_modules()

    for entry in beat_schedule(tick_seconds=30, digest_seconds=600).values():
        assert entry["task"] in app.tasks
        assert entry["options"]["expires"] < entry["schedule"]


def test_no_result_is_kept_and_a_lost_worker_gives_its_task_back() -> None:
    assert app.conf.task_ignore_result
    assert app.conf.result_backend is None
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost


def test_the_schedule_is_the_one_of_the_settings() -> None:
    assert app.conf.beat_schedule["sweep"]["schedule"] == settings.REMINDER_TICK_SECONDS


@pytest.fixture
def fast(processes: services.Processes, mailbox: services.Mailbox) -> services.Processes:
    """Worker and beat of this test tick every second and mail into its mailbox."""
    processes.environment |= {
        "REMINDER_TICK_SECONDS": "1",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(mailbox.port),
    }
    return processes


def test_beat_and_worker_send_what_falls_due(
    fast: services.Processes, mailbox: services.Mailbox
) -> None:
    worker, _ = fast.worker(), fast.beat()

    reminder = a_reminder_that_is_due()

    worker.wait_until(lambda: bool(mailbox.received), seconds=SECONDS)
    worker.wait_until(lambda: status_of(reminder) == "SENT", seconds=SECONDS)
    assert mailbox.journal == [reminder.message_id]


@pytest.mark.postgres
def test_a_flushed_broker_and_a_killed_worker_lose_no_reminder(
    fast: services.Processes, mailbox: services.Mailbox, broker_url: str
) -> None:
    worker, _ = fast.worker(), fast.beat()
    worker.wait_until(lambda: selectors.last_sweep_at() is not None, seconds=SECONDS)

    worker.kill()
    with redis.Redis.from_url(broker_url) as client:
        client.flushdb()
    reminder = a_reminder_that_is_due()
    successor = fast.worker()

    successor.wait_until(lambda: status_of(reminder) == "SENT", seconds=SECONDS)
    assert mailbox.journal == [reminder.message_id]


@pytest.mark.postgres
def test_a_broker_that_restarts_empty_delays_and_loses_nothing(
    fast: services.Processes, mailbox: services.Mailbox, own_redis: services.Redis
) -> None:
    worker, beat = fast.worker(), fast.beat()
    before = a_reminder_that_is_due()
    worker.wait_until(lambda: status_of(before) == "SENT", seconds=SECONDS)

    own_redis.restart()
    after = a_reminder_that_is_due()

    worker.wait_until(lambda: status_of(after) == "SENT", seconds=SECONDS)
    assert beat.alive
    assert mailbox.journal == [before.message_id, after.message_id]


@pytest.fixture
def own_redis(fast: services.Processes) -> Iterator[services.Redis]:
    """A Redis that only this test uses."""
    server = services.Redis()
    fast.environment["CELERY_BROKER_URL"] = f"{server.start()}/0"
    yield server
    fast.stop()  # a worker that has lost its broker does not end by itself
    server.stop()


@pytest.mark.postgres
def test_two_beats_and_three_workers_send_500_mails_once_each(
    fast: services.Processes, mailbox: services.Mailbox
) -> None:
    fast.environment |= {
        "REMINDER_TICK_SECONDS": "0.5",
        "REMINDER_LEASE_SECONDS": "2",
        "REMINDER_BATCH_SIZE": "20",
    }
    asked_for = {a_reminder_that_is_due().message_id for _ in range(500)}

    worker, *_ = (*(fast.worker() for _ in range(3)), fast.beat(), fast.beat())

    waiting = Reminder.objects.exclude(status="SENT")
    worker.wait_until(lambda: not waiting.exists(), seconds=2 * SECONDS)
    assert len(mailbox.journal) == 500
    assert set(mailbox.journal) == asked_for


@pytest.mark.postgres
def test_one_wake_up_delivered_six_times_sends_one_mail(
    fast: services.Processes, mailbox: services.Mailbox
) -> None:
    reminder = a_reminder_that_is_due()
    worker = fast.worker("--concurrency", "6")

    for _ in range(6):
        sweep_due_reminders.apply_async(task_id="one and the same")

    worker.wait_until(lambda: worker.output.count("task_succeeded") >= 6, seconds=SECONDS)
    assert mailbox.journal == [reminder.message_id]


def a_reminder_that_is_due() -> Reminder:
    patient = factories.PatientFactory(time_zone="UTC", reachable=True)
    never_quiet = {"quiet_from": time(0), "quiet_until": time(0)}  # the hour is the real one
    ClinicPolicy.objects.get_or_create(clinic=patient.clinic, defaults=never_quiet)
    due_at = clock.now() - timedelta(seconds=1)
    at = due_at - timedelta(seconds=1)
    with transaction.atomic():
        replace_schedule(
            source=f"monitoring:{patient.pk}",
            clinic=patient.clinic,
            patient=patient,
            requests=[visit_due(due_at)],
            at=at,
        )
    return Reminder.objects.get(patient=patient)


def visit_due(due_at: datetime) -> ReminderRequest:
    local = due_at.astimezone(UTC)
    expires = local + timedelta(days=14)
    return ReminderRequest(
        kind=Kind.ASSESSMENT_DUE,
        audience=Audience.PATIENT,
        local_date=local.date(),
        local_time=local.time().replace(tzinfo=None),
        time_zone="UTC",
        expires_date=expires.date(),
        expires_time=expires.time().replace(tzinfo=None),
        context={"due_on": local.date().isoformat(), "last_on": None},
        reason="A visit is due.",
    )


def status_of(reminder: Reminder) -> str:
    return str(Reminder.objects.values_list("status", flat=True).get(pk=reminder.pk))
