from datetime import UTC, date, datetime, timedelta

import pytest

from patients import clock


@pytest.fixture
def demo_clock(settings, tmp_path):
    settings.DEMO_CLOCK_FILE = str(tmp_path / "clock")
    return tmp_path / "clock"


def test_now_is_an_aware_instant():
    assert clock.now().tzinfo is not None


@pytest.mark.django_db
def test_the_databases_clock_is_the_same_time():
    assert abs(clock.database_now() - clock.now()) < timedelta(minutes=1)
    assert clock.database_now().utcoffset() == timedelta()


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Pacific/Kiritimati", date(2026, 5, 5)),
        ("Europe/Berlin", date(2026, 5, 4)),
        ("Pacific/Pago_Pago", date(2026, 5, 3)),
    ],
)
def test_today_is_a_matter_of_place(zone, day):
    at = datetime(2026, 5, 4, 10, 30, tzinfo=UTC)

    assert clock.today_in(zone, at=at) == day


def test_outside_the_demo_no_clock_can_be_moved():
    with pytest.raises(clock.NoDemoClock):
        clock.advance_demo_clock(to=clock.now() + timedelta(days=1))


@pytest.mark.django_db
def test_the_demos_clock_runs_ahead_for_everybody(demo_clock):
    tomorrow = clock.now() + timedelta(days=1)

    clock.advance_demo_clock(to=tomorrow)

    assert abs(clock.now() - tomorrow) < timedelta(seconds=5)
    assert abs(clock.database_now() - tomorrow) < timedelta(minutes=1)
    assert demo_clock.exists()


def test_the_demos_clock_never_runs_back(demo_clock):
    clock.advance_demo_clock(to=clock.now() + timedelta(days=1))

    with pytest.raises(clock.ClockGoesBack):
        clock.advance_demo_clock(to=clock.now() - timedelta(hours=1))


@pytest.mark.parametrize(
    ("zone", "hour", "last"),
    [
        ("America/Chicago", 12, 4),
        ("America/Chicago", 23, 4),  # 18:00 there
        ("Pacific/Auckland", 11, 4),
        ("Pacific/Auckland", 13, 5),  # the next day there
    ],
)
def test_a_fact_carries_no_day_that_has_begun_neither_there_nor_in_utc(zone, hour, last):
    at = datetime(2026, 5, 4, hour, tzinfo=UTC)

    assert clock.last_day_of_facts(zone, at=at) == date(2026, 5, last)


def test_the_day_of_utc_counts_where_it_is_ahead():
    at = datetime(2026, 5, 5, 1, tzinfo=UTC)  # the evening of 4 May in Chicago

    assert clock.last_day_of_facts("America/Chicago", at=at) == date(2026, 5, 5)
