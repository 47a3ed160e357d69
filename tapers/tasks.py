"""The wake-up from Celery. What was read already stands in the database."""

import time
from collections.abc import Callable
from typing import Any

from celery import shared_task
from django.conf import settings

from patients import clock
from tapers.services import daily

PART_OF_A_TICK = 0.8


@shared_task(ignore_result=True)
def evaluate_courses(**_: Any) -> None:
    """Read the courses that are due today, for less than a tick of the sweep, which must not wait
    behind it; the next wake-up goes on."""
    seconds = settings.REMINDER_TICK_SECONDS * PART_OF_A_TICK
    daily.evaluate_courses(at=clock.database_now(), stop=_after(seconds))


def _after(seconds: float) -> Callable[[], bool]:
    ends = time.monotonic() + seconds
    return lambda: time.monotonic() > ends
