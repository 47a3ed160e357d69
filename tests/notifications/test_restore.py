"""A database restored from a backup does not know what was sent since; nothing goes out twice."""

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from notifications import engine, selectors
from notifications.models import Reminder, SweepState
from notifications.policy import Kind, Status
from patients.models import AuditEvent, TeamTask
from patients.vocabulary import Event
from tests.notifications.conftest import Ask
from tests.services import Mailbox

pytestmark = pytest.mark.django_db
TICK = timedelta(seconds=30)


@pytest.fixture(autouse=True)
def marker(settings: Any, tmp_path: Path) -> Path:
    settings.DISPATCH_MARKER = str(tmp_path / "marker")
    return tmp_path / "marker"


def restore_what_was_there_three_sweeps_ago() -> None:
    SweepState.objects.update(sweeps=1)


@pytest.fixture
def restored(due: datetime) -> None:
    for n in range(5):
        engine.sweep(at=due - timedelta(hours=1) + n * TICK)
    restore_what_was_there_three_sweeps_ago()


def test_nothing_is_sent_from_a_restored_database(
    ask: Ask, mailbox: Mailbox, restored: None, due: datetime
) -> None:
    ask()

    first, second = engine.sweep(at=due), engine.sweep(at=due + TICK)

    assert (first.claimed, second.claimed, mailbox.journal) == (0, 0, [])
    hold = selectors.dispatch_hold()
    assert hold is not None
    assert "restored" in hold.reason
    assert AuditEvent.objects.filter(event=Event.DISPATCH_HELD).count() == 1


def test_after_the_cut_off_is_confirmed_only_what_came_later_is_sent(
    ask: Ask, mailbox: Mailbox, restored: None, due: datetime, capsys: Any
) -> None:
    before, after = ask(), ask(kind=Kind.ASSESSMENT_DUE, at=time(10))
    engine.sweep(at=due)

    call_command("dispatch", "confirm", sent_until=before.due_at)
    engine.sweep(at=after.due_at)

    before.refresh_from_db()
    assert mailbox.journal == [after.message_id]
    assert before.status == Status.CANCELLED
    assert "Assumed sent" in before.outcome_note
    assert TeamTask.objects.filter(key="assumed-sent").count() == 1
    assert "Assumed sent and never sent again: 1." in capsys.readouterr().out


def test_an_operator_holds_and_looks_before_confirming(
    ask: Ask, mailbox: Mailbox, due: datetime, capsys: Any
) -> None:
    reminder = ask()

    call_command("dispatch", "hold")
    call_command("dispatch", "status", sent_until=reminder.due_at)

    said = capsys.readouterr().out
    assert "Dispatch is held" in said
    assert "Assumed sent with this cut-off: 1." in said
    assert f"{reminder.clinic.name}: 1 x Dose step today, to patient, due 2026-05-05 13:00" in said
    assert "Sent then: 0." in said
    assert reminder.patient is not None
    assert reminder.patient.family_name not in said
    assert engine.sweep(at=due).claimed == 0
    assert Reminder.objects.get().status == Status.SCHEDULED


def test_a_confirmation_names_an_instant(due: datetime) -> None:
    with pytest.raises(CommandError):
        call_command("dispatch", "confirm")
    with pytest.raises(CommandError):
        call_command("dispatch", "confirm", sent_until=due)


def test_a_new_database_beside_an_old_marker_is_no_restore(
    ask: Ask, mailbox: Mailbox, marker: Path, due: datetime
) -> None:
    marker.write_text("4711")
    ask()

    assert engine.sweep(at=due).sent == 1
    assert engine.sweep(at=due + TICK).claimed == 0
    assert selectors.dispatch_hold() is None


def test_a_marker_that_cannot_be_written_stops_nothing_and_is_told(
    ask: Ask, mailbox: Mailbox, settings: Any, tmp_path: Path, client: Client, due: datetime
) -> None:
    settings.DISPATCH_MARKER = str(tmp_path / "no" / "such" / "folder")
    ask()

    assert engine.sweep(at=due).sent == 1
    engine.sweep(at=due + TICK)
    assert "DISPATCH_MARKER cannot be written" in client.get("/readyz").json()["parts"]["sweep"]

    settings.DISPATCH_MARKER = str(tmp_path / "marker")
    engine.sweep(at=due + 2 * TICK)
    assert "DISPATCH_MARKER" not in client.get("/readyz").json()["parts"]["sweep"]
