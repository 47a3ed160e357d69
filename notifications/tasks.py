"""The wake-up from Celery. What is due stands in the database, so a lost one loses nothing."""

from ctypes import c_bool
from multiprocessing.sharedctypes import RawValue
from typing import Any

from celery import shared_task
from celery.signals import worker_shutting_down
from django.conf import settings

from notifications import engine
from patients import clock

# Shared with the worker's child processes. Without a lock: a killed child could keep it for ever.
_shutting_down = RawValue(c_bool, False)


@worker_shutting_down.connect
def finish_the_mail_in_hand(**_: Any) -> None:
    _shutting_down.value = True


@shared_task(ignore_result=True)
def sweep_due_reminders(**_: Any) -> None:
    """Send what is due, for as long as until the next tick."""
    engine.sweep(
        at=clock.database_now(),
        budget=settings.REMINDER_TICK_SECONDS,
        stop=lambda: bool(_shutting_down.value),
    )
