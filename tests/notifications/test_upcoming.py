"""The mails of the next 30 days, as they would go and with what stands in their way now."""

from datetime import date, datetime, time, timedelta

import pytest
from django.contrib.auth.models import User

from notifications.models import Reminder
from notifications.policy import Audience, Kind
from notifications.selectors import Upcoming, as_upcoming, upcoming_for
from patients.models import Clinic, Patient
from tests.factories_notifications import SendingPauseFactory
from tests.notifications.conftest import Ask

pytestmark = pytest.mark.django_db


def upcoming(actor: User, clinic: Clinic, at: datetime) -> list[Upcoming]:
    return [as_upcoming(row, at=at) for row in upcoming_for(actor=actor, clinic=clinic, at=at)]


def test_what_waits_within_thirty_days_is_listed_in_the_order_it_is_due(
    ask: Ask, nurse: User, stranger: User, clinic: Clinic, at: datetime
) -> None:
    later = ask(on=date(2026, 5, 20))
    sooner = ask(on=date(2026, 5, 12))
    ask(on=date(2026, 6, 20))
    sent = ask(on=date(2026, 5, 13))
    Reminder.objects.filter(pk=sent.pk).update(status="SENT", sent_at=at)

    found = upcoming(nurse, clinic, at)

    assert [each.reminder for each in found] == [sooner, later]
    assert [each.verdict.allowed for each in found] == [True, True]
    assert [each.goes_at for each in found] == [sooner.due_at, later.due_at]
    assert upcoming(stranger, clinic, at) == []


def test_quiet_hours_move_it_to_their_end(
    ask: Ask, nurse: User, clinic: Clinic, at: datetime
) -> None:
    ask(at=time(22), expires_on=date(2026, 5, 7))

    [mail] = upcoming(nurse, clinic, at)

    assert mail.after_quiet_hours
    assert mail.goes_at == datetime.fromisoformat("2026-05-06T08:00:00-05:00")
    assert mail.verdict.allowed


def test_what_is_of_no_use_after_the_quiet_hours_says_so(
    ask: Ask, nurse: User, clinic: Clinic, at: datetime
) -> None:
    ask(at=time(22))

    [mail] = upcoming(nurse, clinic, at)

    assert not mail.verdict.allowed
    assert mail.verdict.reason == "The quiet hours end when it is of no use any more."


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"email_verified_at": None}, "The patient has not confirmed the e-mail address."),
        ({"status": "DIED"}, "The patient has died."),
        ({"email": "", "email_verified_at": None}, "The patient has no e-mail address."),
    ],
)
def test_what_may_not_go_as_things_stand_says_why(
    ask: Ask,
    nurse: User,
    reachable: Patient,
    at: datetime,
    changes: dict[str, object],
    reason: str,
) -> None:
    ask()
    Patient.objects.filter(pk=reachable.pk).update(**changes)

    [mail] = upcoming(nurse, reachable.clinic, at)

    assert (mail.verdict.allowed, mail.verdict.reason) == (False, reason)


def test_a_pause_is_a_no_for_what_it_holds(
    ask: Ask, nurse: User, clinic: Clinic, at: datetime
) -> None:
    ask(kind=Kind.STEP_DAY)
    ask(kind=Kind.ASSESSMENT_DUE)
    SendingPauseFactory(clinic=clinic, kind="STEP_DAY")

    found = {each.reminder.kind: each.verdict for each in upcoming(nurse, clinic, at)}

    assert found["STEP_DAY"].reason == "Sending is paused."
    assert found["ASSESSMENT_DUE"].allowed


def test_a_later_reminder_of_the_kind_does_not_hide_the_one_before(
    ask: Ask, nurse: User, clinic: Clinic, at: datetime
) -> None:
    ask(on=date(2026, 5, 12), source="taper:1")
    ask(on=date(2026, 5, 19), source="taper:2")

    assert [each.verdict.allowed for each in upcoming(nurse, clinic, at)] == [True, True]


def test_what_goes_only_without_an_answer_is_marked(
    ask: Ask, nurse: User, clinic: Clinic, at: datetime
) -> None:
    ask(kind=Kind.STEP_DAY)
    ask(kind=Kind.STEP_UNANSWERED, audience=Audience.TEAM)

    marked = {
        each.reminder.kind: each.only_without_an_answer for each in upcoming(nurse, clinic, at)
    }

    assert marked == {"STEP_DAY": False, "STEP_UNANSWERED": True}


def test_what_was_put_off_goes_when_it_is_tried_again(
    ask: Ask, nurse: User, clinic: Clinic, due: datetime
) -> None:
    reminder = ask()
    again_at = due + timedelta(minutes=20)
    Reminder.objects.filter(pk=reminder.pk).update(attempts=1, next_attempt_at=again_at)

    [mail] = upcoming(nurse, clinic, due + timedelta(minutes=10))

    assert mail.goes_at == again_at
