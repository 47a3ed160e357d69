"""The Celery application. Beat only wakes somebody up; what is due stands in the database."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")

app = Celery("tracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()


@setup_logging.connect
def keep_the_logging_of_django(**_: Any) -> None:
    """Being connected is enough: Celery then leaves the loggers alone."""


def beat_schedule(*, tick_seconds: float, digest_seconds: float) -> dict[str, dict[str, Any]]:
    """Wake-ups on fixed intervals. Each dies before the next, so that they do not pile up."""
    return {
        "sweep": {
            "task": "notifications.tasks.sweep_due_reminders",
            "schedule": tick_seconds,
            "options": {"expires": tick_seconds * 0.8},
        },
        "digests": {
            "task": "tracker.tasks.request_digests",
            "schedule": digest_seconds,
            "options": {"expires": digest_seconds * 0.8},
        },
        "courses": {
            "task": "tapers.tasks.evaluate_courses",
            "schedule": digest_seconds,
            "options": {"expires": digest_seconds * 0.8},
        },
        "kept answers": {
            "task": "tracker.tasks.forget_kept_answers",
            "schedule": digest_seconds,
            "options": {"expires": digest_seconds * 0.8},
        },
    }


@app.on_configure.connect
def schedule_the_wake_ups(sender: Celery, **_: Any) -> None:
    sender.conf.beat_schedule = beat_schedule(
        tick_seconds=settings.REMINDER_TICK_SECONDS,
        digest_seconds=settings.DIGEST_TICK_SECONDS,
    )
