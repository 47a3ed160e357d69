"""The mail server does one thing wrong, drawn by a seed: a server and a sweeper as processes.

Each fault alone, so that what it means is seen: 421, 451 and 550 where a server may say them, one
that refuses connections and one that hangs, before the greeting, at the address and after the text.
"""

import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from notifications.models import DeliveryAttempt, Reminder
from notifications.policy import Outcome, Status
from patients.models import Patient, TeamTask
from patients.vocabulary import TaskKind
from tests import services
from tests.notifications.conftest import DueNow, StartSink, Sweeper
from tests.notifications.outcome import (
    SEEDS,
    assert_nothing_lost_and_every_repeat_announced,
    assert_the_counts_add_up,
    message_ids,
    sent,
    settled,
    wait_for,
)

pytestmark = pytest.mark.django_db(transaction=True)
MAILS = 20
ONE_IN = 4  # of as many chances the seed draws the one at which the fault hits
SAID_421 = ("closing", "closing-rcpt", "closing-text")
HANGS_BEFORE_THE_TEXT = ("silent", "stall-rcpt")


@pytest.fixture(autouse=True)
def _soon_again(processes: services.Processes) -> None:
    processes.environment |= {
        "REMINDER_BREAKER_SECONDS": "1",
        "REMINDER_CONNECT_TIMEOUT": "0.5",
        "REMINDER_COMMAND_TIMEOUT": "0.5",
    }


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_server_that_says_421_gets_each_mail_once(
    due_now: DueNow, sweeper: Sweeper, start_sink: StartSink, seed: int
) -> None:
    """421 speaks of the server: to MAIL it costs no try, and never does it touch an address."""
    where = SAID_421[seed % len(SAID_421)]
    due_now(MAILS)
    sink = start_sink(where, seed=seed, lot=1, every=ONE_IN, faults=6)

    sweeper("--loop", sink=sink)

    wait_for(lambda: sent() == MAILS)
    assert_nothing_lost_and_every_repeat_announced(sink, at_most=0)
    assert_the_counts_add_up(sink, asked_for=MAILS)
    assert _codes(Outcome.FAILED) <= {421}
    assert (_number(Outcome.FAILED) == 0) == (where == "closing")
    _no_address_is_blamed()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_mail_put_off_with_451_comes_later_and_once(
    due_now: DueNow, sweeper: Sweeper, start_sink: StartSink, seed: int
) -> None:
    due_now(MAILS)
    sink = start_sink("later", seed=seed, lot=1, every=ONE_IN, faults=8)

    sweeper("--loop", sink=sink)

    wait_for(lambda: sent() == MAILS)
    assert_nothing_lost_and_every_repeat_announced(sink, at_most=0)
    assert_the_counts_add_up(sink, asked_for=MAILS)
    assert _codes(Outcome.FAILED) == {451}
    assert _waited_before_each_new_try(seconds=0.8)
    _no_address_is_blamed()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_an_address_refused_with_550_is_tried_once_and_left_to_a_person(
    due_now: DueNow, sweeper: Sweeper, start_sink: StartSink, seed: int
) -> None:
    due_now(MAILS)
    sink = start_sink("refuse-address", seed=seed, lot=1, every=ONE_IN)

    sweeper("--loop", sink=sink)

    wait_for(settled)
    time.sleep(1.2)  # longer than the wait before a new try, if there were one
    assert_the_counts_add_up(sink, asked_for=MAILS)
    refused = Reminder.objects.filter(status=Status.GAVE_UP)
    assert refused.exists()
    assert sent() == MAILS - refused.count() == len(sink.journal)
    assert _number(Outcome.REFUSED) == refused.count()
    assert set(Reminder.objects.values_list("attempts", flat=True)) == {1}
    flagged = Patient.objects.filter(email_flagged_at__isnull=False)
    assert set(flagged) == {row.patient for row in refused}
    tasks = TeamTask.objects.filter(kind=TaskKind.CORRECT_ADDRESS, done_at__isnull=True)
    assert Counter(tasks.values_list("patient", flat=True)) == Counter(
        refused.values_list("patient", flat=True)
    )


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_mail_refused_with_554_costs_that_mail_only(
    due_now: DueNow, sweeper: Sweeper, start_sink: StartSink, seed: int
) -> None:
    due_now(MAILS)
    sink = start_sink("refuse", seed=seed, lot=1, every=ONE_IN)

    sweeper("--loop", sink=sink)

    wait_for(settled)
    assert_the_counts_add_up(sink, asked_for=MAILS)
    given_up = set(message_ids(Status.GAVE_UP))
    assert given_up
    assert set(sink.journal) == set(message_ids(Status.SENT))
    assert _number(Outcome.REFUSED) == len(given_up)
    _no_address_is_blamed()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_server_that_refuses_connections_delays_and_charges_nothing(
    due_now: DueNow, sweeper: Sweeper, start_sink: StartSink, seed: int
) -> None:
    draw = random.Random(seed)  # noqa: S311 - when it goes and for how long, the same each time
    due_now(MAILS)
    sink = start_sink(latency=0.01)
    sinks = [sink]
    loop = sweeper("--loop", sink=sink)

    for after in sorted(draw.sample(range(1, MAILS - 4), 2)):
        loop.wait_until(lambda after=after: len(sink.journal) >= after)
        sinks.pop().process.kill()
        time.sleep(draw.uniform(0.1, 1.5))
        sinks.append(start_sink(port=sink.port, latency=0.01))

    wait_for(settled)
    assert loop.alive
    assert_nothing_lost_and_every_repeat_announced(sink, at_most=2, hit_twice=1)
    assert_the_counts_add_up(sink, asked_for=MAILS)
    assert _number(Outcome.UNKNOWN) + _number(Outcome.FAILED) <= 2  # the one in hand, each time
    _no_address_is_blamed()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_server_that_hangs_before_the_text_delays_and_repeats_nothing(
    due_now: DueNow, sweeper: Sweeper, start_sink: StartSink, seed: int
) -> None:
    where = HANGS_BEFORE_THE_TEXT[seed % len(HANGS_BEFORE_THE_TEXT)]
    due_now(MAILS)
    sink = start_sink(where, seed=seed, lot=1, every=2, faults=3)

    sweeper("--loop", sink=sink)

    wait_for(lambda: sent() == MAILS)
    assert_nothing_lost_and_every_repeat_announced(sink, at_most=0)
    assert_the_counts_add_up(sink, asked_for=MAILS)
    _no_address_is_blamed()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_server_that_hangs_after_the_text_is_unknown_and_repeated_once(
    due_now: DueNow, sweeper: Sweeper, start_sink: StartSink, seed: int
) -> None:
    due_now(MAILS)
    sink = start_sink("stall", seed=seed, lot=1, every=MAILS // 2, faults=2)

    sweeper("--loop", sink=sink)

    wait_for(settled)
    assert_the_counts_add_up(sink, asked_for=MAILS)
    assert set(sink.journal) == set(Reminder.objects.values_list("message_id", flat=True))
    assert len(sink.journal) - MAILS <= _number(Outcome.UNKNOWN) <= 2
    _no_address_is_blamed()


def _number(outcome: Outcome) -> int:
    return DeliveryAttempt.objects.filter(outcome=outcome).count()


def _codes(outcome: Outcome) -> set[int | None]:
    return set(DeliveryAttempt.objects.filter(outcome=outcome).values_list("smtp_code", flat=True))


def _no_address_is_blamed() -> None:
    assert not Patient.objects.filter(email_flagged_at__isnull=False).exists()
    assert not TeamTask.objects.filter(kind=TaskKind.CORRECT_ADDRESS).exists()


def _waited_before_each_new_try(*, seconds: float) -> bool:
    """A second of back-off, a fifth less at most."""
    earliest = timedelta(seconds=seconds)
    last: dict[object, datetime] = {}
    for reminder, handed_at, ended_at in DeliveryAttempt.objects.order_by("handed_at").values_list(
        "reminder", "handed_at", "ended_at"
    ):
        if handed_at < last.get(reminder, datetime.min.replace(tzinfo=UTC)) + earliest:
            return False
        last[reminder] = ended_at
    return True
