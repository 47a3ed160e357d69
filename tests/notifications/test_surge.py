"""Far more due at once than ever waits for an operator; the team's mail and what is asked for now
does not."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from notifications import engine, selectors
from notifications.models import Reminder, SurgeHold
from notifications.policy import Audience, Kind, Status, is_surge, usual_hour
from patients.models import AuditEvent, TeamTask
from patients.vocabulary import Event
from tests import factories
from tests.notifications.conftest import Ask
from tests.services import Mailbox

pytestmark = pytest.mark.django_db
TICK = timedelta(seconds=30)
A_DAY = timedelta(days=1)
MOST = 5  # rows that may always go, in these tests


@pytest.fixture(autouse=True)
def few_rows_are_many(settings: Any, tmp_path: Any) -> None:
    settings.REMINDER_SURGE_ROWS = MOST
    settings.DISPATCH_MARKER = str(tmp_path / "marker")


@pytest.fixture
def history(ask: Ask, due: datetime) -> Callable[..., None]:
    """Let the past days have had one mail a day, as a small clinic has."""

    def make(*, days: int, a_day: int = 1) -> None:
        for _ in range(a_day):
            for ago in range(1, days + 1):
                sent_at = due - ago * A_DAY
                reminder = ask(source=f"past:{factories.PatientFactory().pk}")
                Reminder.objects.filter(pk=reminder.pk).update(
                    status=Status.SENT, due_at=sent_at, next_attempt_at=sent_at, sent_at=sent_at
                )

    return make


@pytest.fixture
def many_due(ask: Ask) -> Callable[[int], list[Reminder]]:
    """Have a reminder fall due for each of so many patients at once."""

    def make(number: int) -> list[Reminder]:
        clinic = factories.ClinicFactory(name="A clinic")
        patients = [factories.PatientFactory(clinic=clinic, reachable=True) for _ in range(number)]
        return [ask(patient) for patient in patients]

    return make


History = Callable[..., None]
ManyDue = Callable[[int], list[Reminder]]


def test_a_surge_waits_and_the_team_is_told(
    history: History, many_due: ManyDue, mailbox: Mailbox, due: datetime
) -> None:
    history(days=8)
    held = many_due(11)

    first, second = engine.sweep(at=due), engine.sweep(at=due + TICK)

    assert (first.sent, second.sent, mailbox.journal) == (0, 0, [])
    assert set(Reminder.objects.filter(pk__in=[row.pk for row in held]).values_list("status")) == {
        (Status.SCHEDULED,)
    }
    hold = selectors.surge_hold()
    assert hold is not None
    assert (hold.due, hold.usual_hour) == (11, 1)
    assert "11 reminders" in TeamTask.objects.get(clinic=held[0].clinic, key="surge").text
    assert AuditEvent.objects.filter(event=Event.SURGE_HELD).count() == 1


@pytest.mark.parametrize(
    ("days", "a_day", "due_now"),
    [(8, 1, MOST), (8, 1, 10), (8, 2, 20), (6, 1, 11)],
    ids=["few rows", "ten times the usual", "ten times a busier usual", "no week of history"],
)
def test_what_is_no_surge_is_sent(
    history: History,
    many_due: ManyDue,
    mailbox: Mailbox,
    due: datetime,
    days: int,
    a_day: int,
    due_now: int,
) -> None:
    history(days=days, a_day=a_day)
    many_due(due_now)

    assert engine.sweep(at=due).sent == due_now
    assert selectors.surge_hold() is None


def test_the_teams_mail_and_what_is_asked_for_now_goes_in_a_surge(
    ask: Ask, history: History, many_due: ManyDue, mailbox: Mailbox, nurse: Any, due: datetime
) -> None:
    history(days=8)
    many_due(11)
    alarm = ask(kind=Kind.RED_FLAG, audience=Audience.TEAM)
    asked_for = ask(kind=Kind.ADDRESS_VERIFICATION)

    engine.sweep(at=due)

    assert set(mailbox.journal) == {alarm.message_id, asked_for.message_id}


def test_what_expires_while_it_is_held_is_told(
    history: History, many_due: ManyDue, mailbox: Mailbox, due: datetime
) -> None:
    history(days=8)
    held = many_due(11)
    engine.sweep(at=due)

    result = engine.sweep(at=due + 2 * A_DAY)

    assert (result.expired, mailbox.journal) == (11, [])
    assert TeamTask.objects.filter(clinic=held[0].clinic, key="reminders-too-late").exists()


def test_an_operator_looks_and_lets_it_go_once(
    history: History, many_due: ManyDue, mailbox: Mailbox, due: datetime, capsys: Any
) -> None:
    history(days=8)
    held = many_due(11)
    engine.sweep(at=due)

    call_command("dispatch", "status")
    call_command("dispatch", "release")
    result = engine.sweep(at=due + TICK)

    said = capsys.readouterr().out
    assert "11 fell due at once, a usual busy hour has 1." in said
    assert result.sent == 11
    assert set(mailbox.journal) == {row.message_id for row in held}
    assert SurgeHold.objects.count() == 1
    assert AuditEvent.objects.filter(event=Event.SURGE_RELEASED).count() == 1


def test_there_is_nothing_to_let_go_without_a_surge() -> None:
    with pytest.raises(CommandError, match="No mail to patients is held"):
        call_command("dispatch", "release")


@pytest.mark.parametrize(
    ("due_now", "usual", "surge"),
    [(1000, 0, False), (1001, 0, True), (1001, 100, True), (1001, 101, False), (5000, 500, False)],
)
def test_a_surge_is_many_and_ten_times_the_usual(due_now: int, usual: int, surge: bool) -> None:
    assert is_surge(due=due_now, usual=usual, rows=1000) is surge


def test_a_day_without_mail_counts_as_a_day() -> None:
    assert usual_hour([40, 40, 40]) == 0
    assert usual_hour([40, 40, 40, 40]) == 40
    assert usual_hour([1, 2, 3, 4, 5, 6, 900]) == 4
