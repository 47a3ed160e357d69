"""Workers that are killed, stopped, frozen and doubled: real processes, on either database.

After each fault: nothing is lost, and what was sent twice is recorded as unknown before.
"""

import os
import random
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection, transaction

from notifications.engine.claim import CLAIM_IN_ONE_STATEMENT, Batch, claim
from notifications.engine.tally import Tally
from notifications.models import DeliveryAttempt, Reminder
from notifications.policy import Outcome
from notifications.tasks import sweep_due_reminders
from patients.models import AuditEvent
from patients.vocabulary import Event
from tests import services
from tests.notifications.conftest import DueNow, StartSink, Sweeper
from tests.notifications.outcome import (
    SEEDS,
    assert_nothing_lost_and_every_repeat_announced,
    sent,
    settled,
    wait_for,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_lesson_11_three_at_once_send_each_mail_once(
    due_now: DueNow, sweeper: Sweeper, start_sink: StartSink
) -> None:
    due_now(120)
    sink = start_sink()

    together = [sweeper(sink=sink) for _ in range(3)]

    assert [process.finish() for process in together] == [0, 0, 0]
    assert_nothing_lost_and_every_repeat_announced(sink, at_most=0)


@pytest.mark.postgres
def test_lesson_10_a_wake_up_delivered_six_times_sends_each_mail_once(
    due_now: DueNow, start_sink: StartSink
) -> None:
    due_now(30)
    sink = start_sink(latency=0.002)

    def wake_up(_: int) -> None:
        try:
            sweep_due_reminders()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(wake_up, range(6)))

    assert_nothing_lost_and_every_repeat_announced(sink, at_most=0)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_lesson_15_a_killed_sweeper_loses_nothing_and_repeats_at_most_one(
    due_now: DueNow, sweeper: Sweeper, start_sink: StartSink, seed: int
) -> None:
    after = random.Random(seed).randint(1, 55)  # noqa: S311 - when to kill, the same each time
    due_now(60)
    sink = start_sink(latency=0.002)
    first = sweeper(sink=sink)
    first.wait_until(lambda: len(sink.journal) >= after)

    first.kill()
    sweeper("--loop", sink=sink)

    wait_for(lambda: sent() == 60)
    assert_nothing_lost_and_every_repeat_announced(sink, at_most=1)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_however_often_a_worker_is_killed_the_trail_tells_of_each_mail_once(
    due_now: DueNow, sweeper: Sweeper, start_sink: StartSink, seed: int
) -> None:
    draw = random.Random(seed)  # noqa: S311 - when to kill, the same each time
    due_now(30)
    sink = start_sink(latency=0.002)
    for after in sorted(draw.sample(range(1, 26), 2)):
        worker = sweeper("--loop", sink=sink)
        worker.wait_until(lambda after=after: len(sink.journal) >= after)
        worker.kill()
    sweeper("--loop", sink=sink)

    wait_for(settled)
    assert_nothing_lost_and_every_repeat_announced(sink, at_most=2, hit_twice=1)
    told = AuditEvent.objects.filter(event=Event.REMINDER_SENT)
    accepted = DeliveryAttempt.objects.filter(outcome=Outcome.ACCEPTED)
    assert told.count() == accepted.count() == sent()


def test_told_to_end_it_marks_the_mail_in_hand_and_repeats_none(
    due_now: DueNow, sweeper: Sweeper, start_sink: StartSink
) -> None:
    due_now(60)
    sink = start_sink(latency=0.01)
    first = sweeper("--loop", sink=sink)
    first.wait_until(lambda: len(sink.journal) >= 5)

    began = time.monotonic()
    assert first.stop(seconds=10) == 0
    assert time.monotonic() - began < 10
    assert not Reminder.objects.filter(status__in=["CLAIMED", "HANDING"]).exists()
    assert sweeper(sink=sink).finish() == 0
    assert_nothing_lost_and_every_repeat_announced(sink, at_most=0)


def test_a_sweeper_frozen_past_its_lease_sends_nothing_when_it_wakes(
    due_now: DueNow, sweeper: Sweeper, start_sink: StartSink
) -> None:
    due_now(40)
    sink = start_sink(latency=0.01)
    frozen = sweeper(sink=sink)
    frozen.wait_until(lambda: len(sink.journal) >= 5)

    os.kill(frozen.child.pid, signal.SIGSTOP)
    time.sleep(2.5)
    sweeper("--loop", sink=sink)
    wait_for(lambda: sent() >= 39)
    os.kill(frozen.child.pid, signal.SIGCONT)

    assert frozen.finish() == 0
    wait_for(lambda: sent() == 40)
    assert_nothing_lost_and_every_repeat_announced(sink, at_most=1)


def test_a_line_dropped_before_the_answer_is_repeated_once(
    due_now: DueNow, sweeper: Sweeper, start_sink: StartSink
) -> None:
    due_now(30)
    sink = start_sink("drop", every=10)

    sweeper("--loop", sink=sink)

    wait_for(lambda: sent() == 30)
    assert_nothing_lost_and_every_repeat_announced(sink, at_most=4)
    assert any(count == 2 for count in Counter(sink.journal).values())


def test_while_the_server_is_away_nothing_is_lost(
    due_now: DueNow,
    sweeper: Sweeper,
    start_sink: StartSink,
    processes: services.Processes,
) -> None:
    due_now(20)
    processes.environment["REMINDER_BREAKER_SECONDS"] = "1"
    sink = start_sink(latency=0.005)
    loop = sweeper("--loop", sink=sink)
    loop.wait_until(lambda: len(sink.journal) >= 5)

    sink.process.kill()
    time.sleep(2)
    again = start_sink(port=sink.port)

    wait_for(lambda: sent() == 20)
    assert_nothing_lost_and_every_repeat_announced(again, at_most=1)


@pytest.mark.postgres
def test_what_one_claims_the_other_skips_without_waiting(due_now: DueNow) -> None:
    due_now(30)
    now = datetime.now(UTC)  # noqa: TID251

    with transaction.atomic():  # the claim of the first is not committed yet
        first = claim(at=now, tally=Tally())
        with ThreadPoolExecutor(1) as pool:
            second = pool.submit(claim_and_close, now).result(timeout=5)

    assert (first.size, second.size) == (30, 0)


def claim_and_close(now: datetime) -> Batch:
    try:
        return claim(at=now, tally=Tally())
    finally:
        connection.close()


@pytest.mark.postgres
def test_the_claim_uses_the_index_of_what_is_to_do(due_now: DueNow) -> None:
    due_now(3)
    sql = CLAIM_IN_ONE_STATEMENT.format(further="")
    given = {"at": datetime.now(UTC), "limit": 100, "token": uuid4(), "lease_ends_at": None}  # noqa: TID251

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}", given)
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "reminder_to_do" in plan
