from typing import Any

from celery import shared_task

from patients import clock
from tracker import digest


@shared_task(ignore_result=True)
def request_digests(**_: Any) -> None:
    """Ask for the morning lists; called every few minutes, asks once a working day."""
    digest.request_digests(at=clock.database_now())
