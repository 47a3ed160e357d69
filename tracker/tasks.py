from typing import Any

from celery import shared_task

from patients import clock
from patients.services.kept_answers import forget_answers
from tracker import digest


@shared_task(ignore_result=True)
def request_digests(**_: Any) -> None:
    """Ask for the morning lists; called every few minutes, asks once a working day."""
    digest.request_digests(at=clock.database_now())


@shared_task(ignore_result=True)
def forget_kept_answers(**_: Any) -> None:
    """Remove the answers kept for changes sent again, once a day is over."""
    forget_answers(at=clock.database_now())
