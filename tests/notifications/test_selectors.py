"""What pages, the API, health checks and the demo's clock ask."""

from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User

from notifications import engine, selectors
from notifications.models import Reminder
from notifications.policy import Audience, Kind, Status
from patients.errors import NotFound
from patients.models import Clinic, Patient
from patients.services.tasks import finish_task
from tests import factories
from tests.notifications.conftest import Ask, StartSink, request
from tests.services import Mailbox

pytestmark = pytest.mark.django_db


def test_a_member_sees_the_reminders_of_the_own_clinic_in_order(
    nurse: User, stranger: User, ask: Ask, strangers_patient: Patient
) -> None:
    theirs = ask(patient=strangers_patient)
    second = ask(on=datetime(2026, 5, 12).date())  # noqa: DTZ001 - a day
    first = ask()
    digest = ask(patient=None, kind=Kind.DIGEST, audience=Audience.TEAM, on=second.local_date)

    seen = list(selectors.reminders_for(actor=nurse))

    assert seen[0] == first
    assert set(seen) == {first, second, digest}
    assert list(selectors.reminders_for(actor=stranger)) == [theirs]
    with pytest.raises(NotFound):
        selectors.reminder_for(actor=nurse, id=theirs.pk)
    with pytest.raises(NotFound):
        selectors.reminder_for(actor=nurse, id=uuid4())


def test_reminders_are_narrowed(nurse: User, ask: Ask, clinic: Clinic, due: datetime) -> None:
    other = factories.PatientFactory(clinic=clinic)
    visit = ask(kind=Kind.ASSESSMENT_DUE)
    step = ask(patient=other, on=due.date() + timedelta(days=7))

    def found(**given: object) -> set[Reminder]:
        return set(selectors.reminders_for(actor=nurse, **given))  # type: ignore[arg-type]

    assert found(kind="STEP_DAY") == {step}
    assert found(patient=other) == {step}
    assert found(status="SCHEDULED", clinic=clinic) == {visit, step}
    assert found(status="SENT") == set()
    assert found(due_after=due + timedelta(days=1)) == {step}
    assert found(due_before=due) == {visit}


def test_one_reminder_comes_with_its_tries_in_order(
    nurse: User, ask: Ask, start_sink: StartSink, due: datetime
) -> None:
    reminder = ask()
    start_sink("greylist")
    engine.sweep(at=due)
    engine.sweep(at=due + timedelta(minutes=2))

    found = selectors.reminder_for(actor=nurse, id=reminder.pk)

    assert [each.outcome for each in found.deliveries.all()] == ["FAILED", "ACCEPTED"]


def test_what_could_not_be_delivered_waits_until_its_task_is_done(
    nurse: User, ask: Ask, reachable: Patient, mailbox: Mailbox, due: datetime
) -> None:
    reminder = ask()
    mailbox.refuse(reachable.email)
    engine.sweep(at=due)

    assert list(selectors.failed_for(actor=nurse)) == [reminder]

    reminder.refresh_from_db()
    assert reminder.task is not None
    finish_task(actor=nurse, task=reminder.task, note="Called.", at=due)
    assert not selectors.failed_for(actor=nurse).exists()


def test_an_unknown_try_is_listed_until_the_repeat_went(
    nurse: User, ask: Ask, start_sink: StartSink, due: datetime
) -> None:
    reminder = ask()
    start_sink("drop", faults=1)
    engine.sweep(at=due)

    assert list(selectors.failed_for(actor=nurse)) == [reminder]

    engine.sweep(at=due + timedelta(minutes=4))
    assert not selectors.failed_for(actor=nurse).exists()


def test_what_came_too_late_is_listed(nurse: User, ask: Ask, due: datetime) -> None:
    reminder = ask()
    engine.sweep(at=due + timedelta(days=3))

    assert list(selectors.expired_for(actor=nurse, since=due - timedelta(days=7))) == [reminder]


def test_how_the_engine_is_doing(ask: Ask, mailbox: Mailbox, at: datetime, due: datetime) -> None:
    assert selectors.last_sweep_at() is None
    assert selectors.next_due_at(at=at) is None
    ask(source="taper:1")
    ask(source="taper:2")

    assert selectors.next_due_at(at=at) == due
    assert selectors.oldest_due_at(at=at) is None
    assert selectors.oldest_due_at(at=due + timedelta(hours=1)) == due

    assert selectors.counts_by_status() == {"SCHEDULED": 2}
    Reminder.objects.filter(source="taper:2").update(due_at=due + timedelta(days=1))
    engine.sweep(at=due, stop=lambda: bool(mailbox.received))
    assert selectors.status_by_source(sources=["taper:1", "taper:2", "taper:3"]).keys() == {
        "taper:1",
        "taper:2",
    }
    assert selectors.last_sweep_at() is not None
    assert selectors.unreachable_since() is None


def test_what_quiet_hours_postponed_is_late_only_from_their_end(
    ask: Ask, mailbox: Mailbox, due: datetime
) -> None:
    ask(at=time(7))  # an hour before the quiet hours of the clinic end, at eight
    engine.sweep(at=due - timedelta(minutes=59))

    assert selectors.oldest_due_at(at=due - timedelta(minutes=1)) is None
    assert selectors.oldest_due_at(at=due + timedelta(minutes=20)) == due


def test_a_preview_says_whether_the_mail_would_go(
    reachable: Patient, clinic: Clinic, at: datetime
) -> None:
    unwilling = factories.PatientFactory(clinic=clinic)

    assert selectors.may_contact(patient=reachable, request=request(), at=at).allowed
    verdict = selectors.may_contact(patient=unwilling, request=request(), at=at)
    assert (verdict.allowed, verdict.status) == (False, Status.CANCELLED)
