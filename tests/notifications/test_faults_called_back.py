"""A plan, a patient or a consent changes after its mail was claimed: no text begins after that.

The sweeper is a process that holds the whole batch; the services run here, beside it. The mail
server writes down when each DATA came.
"""

import random
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.contrib.auth.models import User

from notifications.models import Reminder
from notifications.policy import Status
from notifications.services.contact import change_patient
from notifications.services.schedule import cancel_schedule, replace_schedule
from patients.services.consent import withdraw_consent
from tests.notifications.conftest import DueNow, Sink, StartSink, Sweeper, request
from tests.notifications.outcome import SEEDS, assert_the_counts_add_up, wait_for

pytestmark = pytest.mark.django_db(transaction=True)
PATIENTS = 16
Change = Callable[[Reminder], object]


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the processes read the real clock


def revised(row: Reminder) -> object:
    tomorrow = date.today() + timedelta(days=1)  # noqa: DTZ011, TID251 - ahead, in any zone
    asked = request(on=tomorrow, dose="10 mg", step_date=tomorrow.isoformat(), zone="UTC")
    return replace_schedule(
        source=row.source, clinic=row.clinic, patient=row.patient, requests=[asked], at=now()
    )


def held(row: Reminder) -> object:
    return cancel_schedule(source=row.source, reason="The taper is on hold.", at=now())


def died(actor: User, row: Reminder) -> object:
    assert row.patient
    return change_patient(actor=actor, patient=row.patient, changes={"status": "DIED"}, at=now())


def consent_withdrawn(actor: User, row: Reminder) -> object:
    assert row.patient
    return withdraw_consent(
        actor=actor, patient=row.patient, channel="EMAIL", on=now().date(), at=now()
    )


@pytest.mark.parametrize("seed", range(SEEDS))
def test_after_a_change_is_stored_no_text_begins(
    due_now: DueNow,
    sweeper: Sweeper,
    start_sink: StartSink,
    prescriber: User,
    seed: int,
) -> None:
    due_now(PATIENTS)
    sink = start_sink(latency=0.02)
    sweeper("--loop", sink=sink)
    wait_for(lambda: len(sink.journal) >= 2)

    ways: list[Change] = [
        revised,
        held,
        partial(died, prescriber),
        partial(consent_withdrawn, prescriber),
    ]
    rows = list(Reminder.objects.select_related("patient", "clinic").order_by("-id")[:8])
    order = random.Random(seed).sample(range(8), 8)
    stored_at: dict[str, float] = {}
    for place, number in enumerate(order):
        ways[place % len(ways)](rows[number])
        stored_at[rows[number].message_id] = time.time()

    wait_for(lambda: _only_tomorrow_waits() and _all_handed_on(sink))
    began = _began(sink)
    assert {each for each, at in began.items() if at > stored_at.get(each, at)} == set()
    called_back = set(stored_at) - set(began)
    assert len(called_back) >= 4, "the mails went out faster than the changes came"
    kept = Reminder.objects.filter(message_id__in=called_back).values_list("status", flat=True)
    assert set(kept) == {Status.CANCELLED}
    assert_the_counts_add_up(sink, asked_for=Reminder.objects.count())


def _only_tomorrow_waits() -> bool:
    still = Reminder.objects.filter(status__in=["SCHEDULED", "CLAIMED", "HANDING"])
    return not still.filter(due_at__lte=now()).exists()


def _all_handed_on(sink: Sink) -> bool:
    return set(sink.journal) == set(
        Reminder.objects.filter(status=Status.SENT).values_list("message_id", flat=True)
    )


def _began(sink: Sink) -> dict[str, float]:
    """Return the instant of DATA by Message-ID."""
    lines = (line.split(" ") for line in sink.file.read_text().splitlines())
    return {message_id: float(began) for message_id, _, began in lines}
