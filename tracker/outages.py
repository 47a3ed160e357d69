"""What failed beside us: the database, or the cache in which the tries of log-ins are counted.

Both come back by themselves, so the answer is 503 with Retry-After and never 500.
"""

import sys
from collections.abc import Iterator

from django.db import InterfaceError, OperationalError
from redis.exceptions import RedisError

RETRY_SECONDS = 5
DATABASE_AWAY = (OperationalError, InterfaceError)
NOT_COUNTED = "Nobody can be let in at the moment: wrong tries cannot be counted."
NO_ANSWER = "The database does not answer. Please try again."


def outage_behind(exception: BaseException | None) -> str:
    """Return the sentence of the outage that led to *exception*; empty if it is none.

    Django turns some of them into errors of its own, a session that cannot be stored for one.
    """
    for each in _causes(exception):
        if isinstance(each, DATABASE_AWAY):
            return NO_ANSWER
        if isinstance(each, RedisError):
            return NOT_COUNTED
    return ""


def outage_now() -> str:
    """Return the same of the exception being handled, as Django's handlers of errors are called."""
    return outage_behind(sys.exception())


def _causes(exception: BaseException | None) -> Iterator[BaseException]:
    while exception is not None:
        yield exception
        before = None if exception.__suppress_context__ else exception.__context__
        exception = exception.__cause__ or before
