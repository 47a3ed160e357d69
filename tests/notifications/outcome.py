"""What must hold after every fault, once it is over."""

import os
from collections import Counter
from collections.abc import Callable

from notifications.models import DeliveryAttempt, Reminder
from notifications.policy import FINAL, Outcome, Status
from patients.vocabulary import TaskKind
from tests import services
from tests.notifications.conftest import Sink

SEEDS = int(os.environ.get("FAULT_SEEDS", "3"))  # `scripts/dev faults` sets 20


def sent() -> int:
    return Reminder.objects.filter(status=Status.SENT).count()


def wait_for(condition: Callable[[], bool], *, seconds: float = 40.0) -> None:
    services.wait_until(
        condition,
        says=lambda: str(Counter(Reminder.objects.values_list("status", flat=True))),
        seconds=seconds,
    )


def assert_nothing_lost_and_every_repeat_announced(
    sink: Sink, *, at_most: int, hit_twice: int = 0
) -> None:
    """Each was sent; each copy beyond the first follows a try of unknown outcome.

    Where a fault strikes more than once it may strike one mail and its one repeat. So many mails,
    *hit_twice* at most, may be left to a person: both tries unknown, and a task that says so.
    """
    copies = Counter(sink.journal)
    given_up = Reminder.objects.filter(status=Status.GAVE_UP)
    assert given_up.count() <= hit_twice
    for row in given_up:
        assert row.task is not None
        assert row.task.kind == TaskKind.DELIVERY_UNKNOWN
        assert row.deliveries.filter(outcome=Outcome.UNKNOWN).count() == 2
    left = set(given_up.values_list("message_id", flat=True))
    assert set(copies) | left == set(Reminder.objects.values_list("message_id", flat=True))
    assert not Reminder.objects.exclude(status__in=[Status.SENT, Status.GAVE_UP]).exists()
    repeated = {message_id for message_id, count in copies.items() if count > 1}
    assert max(copies.values()) <= 2
    assert len(repeated) <= at_most
    announced = DeliveryAttempt.objects.filter(outcome=Outcome.UNKNOWN)
    assert repeated <= set(announced.values_list("reminder__message_id", flat=True))


def settled() -> bool:
    """Nothing is left that the engine would still do."""
    done = [*FINAL, Status.GAVE_UP]
    return not Reminder.objects.exclude(status__in=[status.value for status in done]).exists()


def assert_the_counts_add_up(sink: Sink, *, asked_for: int) -> None:
    """sent + cancelled + expired + gave up + waiting = asked for; no copy without its notice.

    What the server took is sent, or of unknown outcome; what was given up waits for a person.
    """
    counts = Counter(Reminder.objects.values_list("status", flat=True))
    assert counts.total() == asked_for
    assert set(counts) <= {status.value for status in Status}
    copies = Counter(sink.journal)
    unknown = set(
        DeliveryAttempt.objects.filter(outcome=Outcome.UNKNOWN).values_list(
            "reminder__message_id", flat=True
        )
    )
    sent_ids = set(message_ids(Status.SENT))
    assert sent_ids <= set(copies)
    assert set(copies) - sent_ids <= unknown
    assert {each for each, count in copies.items() if count > 1} <= unknown
    assert max(copies.values(), default=0) <= 2
    given_up = Reminder.objects.filter(status=Status.GAVE_UP)
    assert not given_up.filter(task__isnull=True).exists()


def message_ids(status: Status) -> list[str]:
    rows = Reminder.objects.filter(status=status.value)
    return list(rows.values_list("message_id", flat=True))
