"""Walk (b) of the architecture: a reminder becomes due, and every file on the way does its part.

From beat's schedule to the worklist, with a real mail server. That a real beat and a real worker
carry the wake-up is shown in tests/infrastructure/test_celery.py.
"""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from celery import current_app

from notifications.models import DeliveryAttempt, Reminder, SweepState
from patients.models import AuditEvent, TeamTask
from patients.vocabulary import Event, TaskKind
from tapers.services.plans import start_taper
from tests.factories import PatientFactory
from tests.tapers.story import FORTY_MG, REASONS
from tracker.celery import app

pytestmark = pytest.mark.django_db(transaction=True)

STARTED = datetime(2026, 5, 4, 15, tzinfo=UTC)
HEADS_UP = datetime(2026, 5, 9, 14, tzinfo=UTC)  # 09:00 in Chicago, two days before step 2


@pytest.fixture
def patient(clinic) -> Any:
    return PatientFactory(clinic=clinic, email="ada@mail.example", reachable=True)


@pytest.fixture
def reminder(prescriber, patient) -> Reminder:
    """The heads-up of step 2: a row from the moment the plan was stored."""
    start_taper(actor=prescriber, patient=patient, proposal=FORTY_MG, reasons=REASONS, at=STARTED)
    waiting: Reminder = Reminder.objects.get(due_at=HEADS_UP, kind="STEP_HEADS_UP")
    assert waiting.status == "SCHEDULED"
    return waiting


def tick() -> None:
    """What beat's schedule names is what a worker runs."""
    app.conf.beat_schedule  # noqa: B018 - configures the app
    name = app.conf.beat_schedule["sweep"]["task"]
    current_app.tasks[name].run()


def page(client, patient) -> str:
    return client.get(f"/patients/{patient.pk}").content.decode()


def test_a_reminder_becomes_due_and_is_sent(mailbox, nurse_client, patient, reminder, freeze):
    freeze(HEADS_UP.replace(hour=13, minute=59))
    tick()
    assert mailbox.to("ada@mail.example") == []

    freeze(HEADS_UP.replace(second=20))
    tick()

    (mail,) = mailbox.to("ada@mail.example")
    assert mail["Subject"] == "A message from your care team"
    assert mail["Message-ID"] == reminder.message_id
    assert mail.get_body(("plain",))
    assert mail.get_body(("html",))
    reminder.refresh_from_db()
    assert (reminder.status, reminder.attempts) == ("SENT", 1)
    attempt = DeliveryAttempt.objects.get(reminder=reminder)
    assert (attempt.outcome, attempt.recipient) == ("ACCEPTED", "ada@mail.example")
    said = AuditEvent.objects.get(event=Event.REMINDER_SENT, subject_id=str(reminder.pk))
    assert (said.system, said.actor, said.patient) == ("reminder engine", None, patient)
    assert SweepState.objects.get().last_sweep_at >= HEADS_UP.replace(second=20)
    assert "Sent" in page(nurse_client, patient)

    freeze(HEADS_UP.replace(minute=1))
    tick()
    assert len(mailbox.to("ada@mail.example")) == 1


def test_a_reminder_that_is_refused_stands_on_the_worklist(
    mailbox, nurse_client, patient, reminder, freeze
):
    mailbox.refuse("ada@mail.example")

    freeze(HEADS_UP)
    tick()

    reminder.refresh_from_db()
    assert reminder.status == "GAVE_UP"
    assert DeliveryAttempt.objects.get(reminder=reminder).outcome == "REFUSED"
    assert TeamTask.objects.filter(patient=patient, kind=TaskKind.CORRECT_ADDRESS).exists()
    assert AuditEvent.objects.filter(event=Event.REMINDER_GAVE_UP, patient=patient).exists()
    worklist = nurse_client.get("/").content.decode()
    assert "Mail not delivered: next dose step" in worklist
    assert patient.code in worklist


@pytest.fixture
def freeze(monkeypatch):
    """Set the instant that pages and tasks read; the database's own clock cannot be moved."""
    travellers = []

    def to(instant: datetime) -> None:
        while travellers:
            travellers.pop().stop()
        traveller = time_machine.travel(instant, tick=False)
        traveller.start()
        travellers.append(traveller)
        monkeypatch.setattr("notifications.tasks.clock.database_now", lambda: instant)

    yield to
    while travellers:
        travellers.pop().stop()
