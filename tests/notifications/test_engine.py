"""The engine step by step, with a real mail server."""

from datetime import datetime, timedelta

import pytest

from notifications import engine
from notifications.engine import SweepResult
from notifications.models import SweepState
from notifications.policy import Status
from tests.notifications.conftest import Ask
from tests.services import Mailbox

pytestmark = pytest.mark.django_db


def test_a_due_reminder_is_sent_once(ask: Ask, mailbox: Mailbox, due: datetime) -> None:
    reminder = ask()

    first = engine.sweep(at=due)
    second = engine.sweep(at=due + timedelta(seconds=30))

    assert first == SweepResult(claimed=1, sent=1)
    assert second == SweepResult()
    reminder.refresh_from_db()
    assert reminder.status == Status.SENT
    assert reminder.sent_at is not None
    assert mailbox.journal == [reminder.message_id]


def test_nothing_due_is_a_normal_sweep(ask: Ask, mailbox: Mailbox, at: datetime) -> None:
    ask()

    assert engine.sweep(at=at) == SweepResult()
    assert SweepState.objects.get().last_sweep_at is not None
