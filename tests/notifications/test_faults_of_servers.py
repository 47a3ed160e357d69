"""The servers beside us fail: the database restarts in the middle, the mail server does all wrong.

The workers are processes of their own; the database that restarts is one of its own as well.
"""

import signal
import time

import pytest
from django.db import connection, transaction

from notifications.models import Reminder
from notifications.policy import Status
from patients.models import Clinic
from tests import services
from tests.notifications.conftest import DueNow, FullDisk, StartSink, Sweeper
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
SWEEP_FAILED = "the database does not answer"
FAST, IMMEDIATE = signal.SIGINT, signal.SIGQUIT


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


def test_on_a_full_disk_no_mail_begins_and_all_go_out_once_there_is_room(
    due_now: DueNow, sweeper: Sweeper, start_sink: StartSink, full_disk: FullDisk
) -> None:
    """What cannot be marked is not mailed. Only the one in hand may be repeated, as announced."""
    due_now(60)
    sink = start_sink(latency=0.01)
    loop = sweeper("--loop", sink=sink)
    loop.wait_until(lambda: len(sink.journal) >= 5)

    full_disk.fill(loop)
    loop.wait_for_output(SWEEP_FAILED)
    mailed, failures = len(sink.journal), loop.output.count(SWEEP_FAILED)
    loop.wait_until(lambda: loop.output.count(SWEEP_FAILED) >= failures + 2)
    assert len(sink.journal) == mailed < 60
    full_disk.empty()

    wait_for(lambda: sent() == 60)
    assert loop.alive
    assert_nothing_lost_and_every_repeat_announced(sink, at_most=1)
    assert_the_counts_add_up(sink, asked_for=60)
