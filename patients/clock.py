"""The only reader of the wall clock; asked by views, API, tasks and commands, never below them."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils import timezone

from patients.errors import Refused


class NoDemoClock(Refused):
    code = "NO_DEMO_CLOCK"


class ClockGoesBack(Refused):
    code = "CLOCK_GOES_BACK"


def now() -> datetime:
    return timezone.now() + demo_offset()


def database_now() -> datetime:
    """Return the database's clock, one for all workers, moved like `now`."""
    sql = (
        "SELECT clock_timestamp()"
        if connection.vendor == "postgresql"
        else "SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        [value] = cursor.fetchone()
    instant = value if isinstance(value, datetime) else datetime.fromisoformat(f"{value}+00:00")
    return instant.astimezone(UTC) + demo_offset()


def today_in(zone: str, *, at: datetime) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def last_day_of_facts(zone: str, *, at: datetime) -> date:
    """Return the last day a fact may carry: today in that zone or, if later, today in UTC."""
    return max(today_in(zone, at=at), at.astimezone(UTC).date())


def demo_offset() -> timedelta:
    """Return by how much the demo's clock runs ahead; zero outside the demo."""
    file = _demo_file()
    if file is None or not file.exists():
        return timedelta()
    return timedelta(seconds=float(file.read_text(encoding="ascii").strip() or 0))


def advance_demo_clock(*, to: datetime) -> None:
    """Let every process of the demo see *to* as the present instant."""
    file = _demo_file()
    if file is None:
        raise NoDemoClock("Only the demo's clock can be moved.")
    if to < now():
        raise ClockGoesBack("The demo's clock only runs forward.")
    ahead = to - timezone.now()
    draft = file.with_suffix(".new")
    draft.write_text(f"{ahead.total_seconds():.3f}\n", encoding="ascii")
    draft.replace(file)


def _demo_file() -> Path | None:
    name = getattr(settings, "DEMO_CLOCK_FILE", None)
    return Path(name) if name else None
