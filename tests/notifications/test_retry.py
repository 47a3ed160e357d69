"""A person presses "try again"."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User

from notifications import engine
from notifications.models import Reminder
from notifications.policy import Status
from notifications.services.retry import MayNotBeSent, NotGivenUp, retry_now
from notifications.services.schedule import cancel_schedule
from patients.errors import NotPermitted
from patients.models import AuditEvent, Patient, TeamTask
from patients.vocabulary import Event
from tests.notifications.conftest import Ask, StartSink
from tests.services import Mailbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def given_up(ask: Ask, start_sink: StartSink, due: datetime) -> Reminder:
    """The server did not want the text; a task says so."""
    reminder = ask()
    sink = start_sink("refuse")
    engine.sweep(at=due)
    sink.stop()
    reminder.refresh_from_db()
    assert reminder.status == Status.GAVE_UP
    return reminder


def test_a_reminder_that_was_given_up_is_sent_by_the_next_sweep(
    nurse: User, given_up: Reminder, mailbox: Mailbox, due: datetime
) -> None:
    later = due + timedelta(hours=1)

    retry_now(actor=nurse, reminder=given_up, at=later)
    engine.sweep(at=later)

    given_up.refresh_from_db()
    assert given_up.status == Status.SENT
    assert mailbox.journal == [given_up.message_id]
    assert AuditEvent.objects.get(event=Event.REMINDER_RETRIED).actor == nurse
    assert TeamTask.objects.get().done_by == nurse


def test_whoever_only_reads_may_not_try_again(
    reader: User, stranger: User, given_up: Reminder, due: datetime
) -> None:
    for actor in (reader, stranger):
        with pytest.raises(NotPermitted):
            retry_now(actor=actor, reminder=given_up, at=due)


def test_what_waits_or_was_sent_is_not_tried_again(
    nurse: User, ask: Ask, mailbox: Mailbox, due: datetime
) -> None:
    reminder = ask()
    with pytest.raises(NotGivenUp):
        retry_now(actor=nurse, reminder=reminder, at=due)

    engine.sweep(at=due)

    with pytest.raises(NotGivenUp):
        retry_now(actor=nurse, reminder=reminder, at=due)


def test_lesson_9_by_hand_the_same_rules_hold(
    nurse: User, given_up: Reminder, reachable: Patient, due: datetime
) -> None:
    Patient.objects.update(status="DIED")

    with pytest.raises(MayNotBeSent, match="died"):
        retry_now(actor=nurse, reminder=given_up, at=due)

    given_up.refresh_from_db()
    assert given_up.status == Status.GAVE_UP


def test_too_late_is_too_late_by_hand_too(nurse: User, given_up: Reminder) -> None:
    with pytest.raises(MayNotBeSent, match="too late"):
        retry_now(actor=nurse, reminder=given_up, at=given_up.expires_at)


def test_what_the_plan_called_back_is_cancelled_instead(
    nurse: User, given_up: Reminder, due: datetime
) -> None:
    cancel_schedule(source=given_up.source, reason="The plan changed.", at=due)

    with pytest.raises(MayNotBeSent):
        retry_now(actor=nurse, reminder=given_up, at=due)

    given_up.refresh_from_db()
    assert given_up.status == Status.CANCELLED
