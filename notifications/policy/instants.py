"""A day and a clock time become an instant here, and nowhere else."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def instant_for(*, local_date: date, local_time: time, zone: str) -> datetime:
    """Return the UTC instant of a local time; the first of a repeated hour, the end of a skipped

    A skipped hour ends at the clock change: the first instant that is valid after the time meant.
    """
    tz = ZoneInfo(zone)
    first = datetime.combine(local_date, local_time.replace(fold=0), tzinfo=tz)
    second = first.replace(fold=1)
    if first.utcoffset() >= second.utcoffset():  # type: ignore[operator]
        return first.astimezone(UTC)
    return _end_of_gap(before=second.astimezone(UTC), after=first.astimezone(UTC), tz=tz)


def _end_of_gap(*, before: datetime, after: datetime, tz: ZoneInfo) -> datetime:
    """Return the instant of the clock change that lies in (before, after]; halves to the second."""
    old_offset = before.astimezone(tz).utcoffset()
    while (after - before).total_seconds() > 1:
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(tz).utcoffset() == old_offset:
            before = middle
        else:
            after = middle
    return after
