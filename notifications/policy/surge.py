"""Far more at once than ever is a mistake of a clock or an import sooner than a busy day."""

from collections.abc import Iterable
from datetime import timedelta
from statistics import median_low

HISTORY_DAYS = 7
HISTORY = timedelta(days=HISTORY_DAYS)
TIMES_THE_USUAL = 10


def usual_hour(busiest_hours: Iterable[int]) -> int:
    """Return what a busy hour of an ordinary day brings: the median of the days' busiest hours.

    *busiest_hours*: mails in the busiest hour of each day; a day that is not there had none.
    """
    known = list(busiest_hours)
    return median_low([*known, *[0] * (HISTORY_DAYS - len(known))])


def is_surge(*, due: int, usual: int, rows: int) -> bool:
    """Answer whether so many due mails are to wait for a person; *rows* always may go."""
    return due > rows and due > TIMES_THE_USUAL * usual
