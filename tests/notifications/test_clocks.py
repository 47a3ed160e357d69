"""Clocks that change, and clocks that are wrong: each local day still gets its one mail."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from notifications import engine
from notifications.models import ClinicPolicy
from patients.models import Clinic, Patient
from tests.notifications.conftest import Ask
from tests.services import Mailbox

pytestmark = pytest.mark.django_db
HALF_AN_HOUR = timedelta(minutes=30)
# zone, day of the change, local time meant, instant of the one mail
CHANGES = [
    ("America/Chicago", date(2026, 3, 8), time(2, 30), "2026-03-08T08:00"),  # skipped
    ("America/Chicago", date(2026, 11, 1), time(1, 30), "2026-11-01T06:30"),  # repeated
    ("Europe/London", date(2026, 3, 29), time(1, 30), "2026-03-29T01:00"),
    ("Europe/London", date(2026, 10, 25), time(1, 30), "2026-10-25T00:30"),
    ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "2026-10-03T15:30"),
    ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), "2026-04-04T14:45"),
    ("America/Santiago", date(2026, 9, 6), time(0, 30), "2026-09-06T04:00"),
    ("America/Santiago", date(2026, 4, 4), time(23, 30), "2026-04-05T02:30"),
]


@pytest.fixture(autouse=True)
def never_quiet(clinic: Clinic) -> None:
    ClinicPolicy.objects.create(clinic=clinic, quiet_from=time(0), quiet_until=time(0))


@pytest.mark.parametrize(("zone", "day", "meant", "instant"), CHANGES)
def test_a_day_on_which_the_clock_changes_gets_one_mail(
    ask: Ask,
    reachable: Patient,
    mailbox: Mailbox,
    zone: str,
    day: date,
    meant: time,
    instant: str,
) -> None:
    due = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    reminder = ask(
        on=day,
        at=meant,
        zone=zone,
        expires_on=day + timedelta(days=2),
        asked_at=due - timedelta(days=3),
        step_date=day.isoformat(),
    )

    assert reminder.due_at == due
    swept = [engine.sweep(at=due + n * HALF_AN_HOUR).sent for n in range(-6, 7)]

    assert swept == [0] * 6 + [1] + [0] * 6
    assert mailbox.journal == [reminder.message_id]


def test_a_clock_that_jumps_back_sends_nothing_again(
    ask: Ask, mailbox: Mailbox, due: datetime
) -> None:
    first, second = ask(), ask(at=time(9))
    engine.sweep(at=due + timedelta(minutes=5))

    back = [engine.sweep(at=due - timedelta(hours=2) + n * HALF_AN_HOUR).sent for n in range(8)]

    assert sum(back) == 1
    assert mailbox.journal == [first.message_id, second.message_id]


def test_a_clock_that_jumps_ahead_sends_what_is_not_too_late(
    ask: Ask, mailbox: Mailbox, due: datetime
) -> None:
    ask()
    visit = ask(on=date(2026, 5, 7), at=time(9), expires_on=date(2026, 5, 21))

    result = engine.sweep(at=due + timedelta(days=3))

    assert (result.sent, result.expired) == (1, 1)
    assert mailbox.journal == [visit.message_id]
