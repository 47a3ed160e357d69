"""The servers beside us fail: the database restarts in the middle, the mail server does all wrong.

The workers are processes of their own; the database that restarts is one of its own as well.
"""

import signal
import time
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from notifications.models import Reminder
from notifications.policy import Status
from patients.models import Clinic
from tests import services
from tests.notifications.conftest import DueNow, StartSink, Sweeper
from tests.notifications.outcome import (
    SEEDS,
    assert_nothing_lost_and_every_repeat_announced,
    assert_the_counts_add_up,
    sent,
    settled,
    wait_for,
)
from tests.plugin import database_url_of_the_test

pytestmark = pytest.mark.django_db(transaction=True)
FAST, IMMEDIATE = signal.SIGINT, signal.SIGQUIT


@pytest.fixture
def own_postgres(transactional_db: None) -> Iterator[services.Postgres]:
    """A PostgreSQL that only this test uses; the test's own connection goes there meanwhile."""
    server = services.Postgres(durable=True)
    url = server.start()
    others = dict(connection.settings_dict)
    connection.close()
    host, _, name = url.partition("@")[2].partition("/")
    connection.settings_dict |= {"PORT": host.partition(":")[2], "NAME": name, "USER": "taperline"}
    call_command("migrate", verbosity=0, interactive=False)
    yield server
    connection.close()
    connection.settings_dict |= others
    server.stop()


@pytest.mark.postgres
def test_postgresql_restarted_twice_loses_nothing_and_repeats_at_most_one_each_time(
    own_postgres: services.Postgres,
    processes: services.Processes,
    sweeper: Sweeper,
    start_sink: StartSink,
    request: pytest.FixtureRequest,
) -> None:
    processes.environment["DATABASE_URL"] = database_url_of_the_test()
    due_now: DueNow = request.getfixturevalue("due_now")  # not before the database is there
    due_now(60)
    sink = start_sink(latency=0.004)
    loop = sweeper("--loop", sink=sink)

    for how, after in ((FAST, 10), (IMMEDIATE, 30)):
        loop.wait_until(lambda after=after: len(sink.journal) >= after)
        connection.close()
        own_postgres.restart(how)

    wait_for(lambda: sent() == 60)
    assert loop.alive
    assert_nothing_lost_and_every_repeat_announced(sink, at_most=2)
    assert_the_counts_add_up(sink, asked_for=60)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_the_mail_server_does_the_counts_add_up(
    due_now: DueNow,
    sweeper: Sweeper,
    start_sink: StartSink,
    processes: services.Processes,
    seed: int,
) -> None:
    """421, 451, 550, 554, the line dropped before and after the text: drawn for each mail."""
    processes.environment |= {"REMINDER_BREAKER_SECONDS": "1", "REMINDER_MAX_ATTEMPTS": "4"}
    due_now(60)
    sink = start_sink("mixed", seed=seed, every=3)

    sweeper("--loop", sink=sink)

    wait_for(settled)
    assert_the_counts_add_up(sink, asked_for=60)
    assert sent() >= 20
    assert Reminder.objects.filter(status=Status.GAVE_UP).exists()


@pytest.mark.parametrize("fault", ["silent", "closing"])
def test_a_server_that_hangs_or_closes_for_a_while_costs_time_only(
    due_now: DueNow,
    sweeper: Sweeper,
    start_sink: StartSink,
    processes: services.Processes,
    fault: str,
) -> None:
    processes.environment |= {
        "REMINDER_BREAKER_SECONDS": "1",
        "REMINDER_CONNECT_TIMEOUT": "0.5",
        "REMINDER_COMMAND_TIMEOUT": "0.5",
    }
    due_now(15)
    sink = start_sink(fault, faults=2)

    sweeper("--loop", sink=sink)

    wait_for(lambda: sent() == 15)
    assert_nothing_lost_and_every_repeat_announced(sink, at_most=0)
    assert set(Reminder.objects.values_list("attempts", flat=True)) == {1}


def test_sqlite_locked_by_another_for_three_seconds_only_delays(
    due_now: DueNow, sweeper: Sweeper, start_sink: StartSink, clinic: Clinic
) -> None:
    if connection.vendor != "sqlite":
        return
    due_now(20)
    sink = start_sink()

    with transaction.atomic():  # BEGIN IMMEDIATE: whoever else wants to write waits
        loop = sweeper("--loop", sink=sink)
        began = time.monotonic()
        while time.monotonic() < began + 3:
            assert loop.alive
            assert sink.journal == []
            time.sleep(0.2)

    wait_for(lambda: sent() == 20)
    assert "locked" not in loop.output
    assert_nothing_lost_and_every_repeat_announced(sink, at_most=0)
