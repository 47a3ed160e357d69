import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection

PAUSES_SECONDS = (0.2, 1.0, 3.0)
Value = TypeVar("Value")


def persist(work: Callable[[], Value]) -> Value:
    """Do *work* in the database, again after a deadlock, a lock or a restart of the server.

    What a mail server has answered must not be lost because the database stumbled.
    """
    for pause in PAUSES_SECONDS:
        try:
            return work()
        except OperationalError:
            if connection.in_atomic_block:
                raise
            connection.close()
            time.sleep(pause)
    return work()
