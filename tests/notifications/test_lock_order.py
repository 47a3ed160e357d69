"""Who changes a plan and who sends its mails take their locks in one order: nobody is thrown out.

A service locks the patient, then the patient's reminders by id. The engine locks reminders by id,
and the patient only before them.
"""

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from notifications import engine
from notifications.email import Envelope
from notifications.engine import record
from notifications.engine.mark import Accepted, mark
from notifications.models import ClinicPolicy, DeliveryAttempt, Reminder
from notifications.policy import Kind, Meaning, Outcome, Reply, Status
from notifications.services.schedule import cancel_schedule
from patients.models import Clinic, Patient
from tapers.models import Taper
from tapers.services import plans
from tapers.services.reminder_policy import change_reminder_policy
from tests import factories
from tests.notifications.conftest import Ask
from tests.services import Mailbox, wait_until
from tests.tapers.story import FORTY_MG, REASONS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
ACCEPTED = Reply(Meaning.ACCEPTED, 250, "2.0.0 ok")
NO_SUCH_USER = Reply(Meaning.ADDRESS_REFUSED, 550, "5.1.1 no such user")
WAITING_FOR_A_LOCK = "SELECT count(*) FROM pg_locks WHERE NOT granted"
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
Aside = Callable[[Callable[[], object]], "Future[object]"]


@pytest.fixture
def aside() -> Iterator[Aside]:
    """Run something on a connection of its own, as another process would."""
    with ThreadPoolExecutor(8) as pool:

        def start(work: Callable[[], object]) -> "Future[object]":
            return pool.submit(_and_close, work)

        yield start


def _and_close(work: Callable[[], object]) -> object:
    try:
        return work()
    finally:
        connection.close()


def number(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


def wait_until_somebody_waits() -> None:
    wait_until(lambda: number(WAITING_FOR_A_LOCK) > 0, says=lambda: "nobody waits for a lock")


def in_hand(reminder: Reminder, status: Status, *, at: datetime) -> Reminder:
    """As the engine holds it between two mails."""
    assert reminder.patient
    Reminder.objects.filter(pk=reminder.pk).update(
        status=status.value,
        claim=reminder.patient.pk,
        handed_at=at,
        handed_to=reminder.patient.email,
        attempts=1,
    )
    row = Reminder.objects.select_related("clinic", "patient").get(pk=reminder.pk)
    row.standing_consent = "MINIMAL"  # type: ignore[attr-defined]
    return row


def test_a_refused_address_and_a_change_of_the_plan_do_not_block_each_other(
    ask: Ask, reachable: Patient, aside: Aside, due: datetime
) -> None:
    row = in_hand(ask(), Status.HANDING, at=due)

    with transaction.atomic():  # a revision begins: it locks the patient, then the reminders
        Patient.objects.select_for_update(no_key=True).get(pk=reachable.pk)
        recorded = aside(lambda: record.address_refused(row, NO_SUCH_USER, at=due))
        wait_until_somebody_waits()
        cancel_schedule(source=row.source, reason="The plan changed.", at=due)

    assert recorded.result(timeout=10) is Status.CANCELLED
    reachable.refresh_from_db()
    assert reachable.email_flagged_at == due


def test_two_mails_of_a_patient_are_marked_while_the_plan_is_held(
    ask: Ask, reachable: Patient, aside: Aside, due: datetime
) -> None:
    """The statement before each mail writes two rows, perhaps of one patient: a step, a visit."""
    first, second = sorted((ask(), ask(kind=Kind.ASSESSMENT_DUE)), key=lambda each: each.pk)
    sent, next_one = in_hand(first, Status.HANDING, at=due), in_hand(second, Status.CLAIMED, at=due)
    envelope = Envelope("a@b.example", (reachable.email,), b"")

    with transaction.atomic():  # the later of the two is called back first
        Patient.objects.select_for_update(no_key=True).get(pk=reachable.pk)
        cancel_schedule(source=next_one.source, reason="The taper is on hold.", at=due)
        marked = aside(
            lambda: mark(next_one, envelope, accepted=Accepted(sent, ACCEPTED, due), at=due)
        )
        wait_until_somebody_waits()
        cancel_schedule(source=sent.source, reason="The taper is on hold.", at=due)

    assert marked.result(timeout=10) == (Status.SENT, False)


SECONDS = 4.0


@pytest.fixture
def running(clinic: Clinic, nurse: User, prescriber: User, at: datetime) -> list[Taper]:
    """Six patients on the same plan; the mail server refuses one of them."""
    no_hour = datetime.min.time()
    ClinicPolicy.objects.create(clinic=clinic, quiet_from=no_hour, quiet_until=no_hour)
    return [_activated(clinic, nurse, prescriber, at=at) for _ in range(6)]


def _activated(clinic: Clinic, nurse: User, prescriber: User, *, at: datetime) -> Taper:
    patient = factories.PatientFactory(clinic=clinic, reachable=True)
    draft = plans.draft_taper(actor=nurse, patient=patient, proposal=FORTY_MG, at=at)
    return plans.activate_taper(actor=prescriber, taper=draft, reasons=REASONS, at=at)


def send(seed: int, *, at: datetime, until: float) -> int:
    """Sweep at one day after the other, the same days for a seed; return how many were sent."""
    sent, when = 0, random.Random(seed)  # noqa: S311 - which day, the same each time
    while time.monotonic() < until:
        sent += engine.sweep(at=at + timedelta(days=when.uniform(0, 45))).sent
    return sent


def test_a_clinics_rungs_change_while_its_mails_go_out(
    running: list[Taper],
    lead: User,
    clinic: Clinic,
    mailbox: Mailbox,
    aside: Aside,
    at: datetime,
    settings: Any,
) -> None:
    """The engine marks mails of two patients in one statement; the change concerns them all."""
    settings.REMINDER_LEASE_SECONDS = 10**7
    before = number(DEADLOCKS)
    ends_at = time.monotonic() + SECONDS

    def change() -> int:
        rounds = 0
        while time.monotonic() < ends_at:
            changes = {"step_team_days": 3 + rounds % 2}
            change_reminder_policy(actor=lead, clinic=clinic, changes=changes, at=at)
            rounds += 1
        return rounds

    work = [
        aside(change),
        *(aside(lambda seed=seed: send(seed, at=at, until=ends_at)) for seed in range(3)),
    ]
    rounds, *sent = (each.result(timeout=60) for each in work)

    assert rounds > 0
    assert sum(sent) == len(mailbox.journal) == len(set(mailbox.journal)) > 0
    assert number(DEADLOCKS) == before


def test_plans_change_while_their_mails_go_out(
    running: list[Taper],
    prescriber: User,
    mailbox: Mailbox,
    aside: Aside,
    at: datetime,
    settings: Any,
) -> None:
    settings.REMINDER_LEASE_SECONDS = 10**7  # each sweep is at another day: no claim lapses by that
    mailbox.refuse(running[0].patient.email)
    before = number(DEADLOCKS)
    ends_at = time.monotonic() + SECONDS

    def change(mine: list[Taper]) -> int:
        rounds = 0
        while time.monotonic() < ends_at:
            for taper in mine:
                plans.hold_taper(actor=prescriber, taper=taper, on=at.date(), reason="Tired", at=at)
                plans.resume_taper(actor=prescriber, taper=taper, on=at.date(), at=at)
            Patient.objects.update(email_flagged_at=None, email_flag_reason="")
            rounds += 1
        return rounds

    work = [
        *(aside(lambda mine=running[n::2]: change(mine)) for n in range(2)),
        *(aside(lambda seed=seed: send(seed, at=at, until=ends_at)) for seed in range(3)),
    ]
    *rounds, first, second, third = (each.result(timeout=60) for each in work)

    assert min(rounds) > 0
    assert first + second + third == len(mailbox.journal) == len(set(mailbox.journal)) > 0
    tried = DeliveryAttempt.objects.filter(outcome=Outcome.ACCEPTED).count()
    assert tried == len(mailbox.journal)
    assert number(DEADLOCKS) == before
