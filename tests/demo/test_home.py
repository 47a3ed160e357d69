from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tracker.demo.home import HOMES, Calendar, elsewhere_at, home_at

QUARTERS = [timedelta(minutes=minutes) for minutes in range(0, 24 * 60, 15)]
DAYS = (datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC))


@pytest.mark.parametrize("day", DAYS)
def test_whenever_the_demo_is_made_mail_is_seen_there(day: datetime) -> None:
    """Reminders of the day are due at 08:00, and it is late morning in the clinic."""
    for quarter in QUARTERS:
        instant = day + quarter
        local = instant.astimezone(home_at(instant).zone)
        elsewhere = instant.astimezone(elsewhere_at(instant))

        assert 9 <= local.hour < 13
        assert 8 <= elsewhere.hour < 20
        assert local.date() == elsewhere.date()
        assert local.tzinfo != elsewhere.tzinfo


def test_each_home_has_a_calendar_of_holidays() -> None:
    assert all(len(home.country) == 2 for home in HOMES)


def test_days_are_counted_from_the_day_of_the_demo() -> None:
    zone = ZoneInfo("Europe/London")
    calendar = Calendar(zone=zone, today=datetime(2026, 11, 22, tzinfo=zone).date())

    assert calendar.at(-28, "10:20") == datetime(2026, 10, 25, 10, 20, tzinfo=UTC)
    assert calendar.at(-29, "10:20") == datetime(2026, 10, 24, 9, 20, tzinfo=UTC)
