"""After an outage the team reads what came too late, what is not known, and whom to call."""

from datetime import date, datetime, timedelta

import pytest
from django.contrib.auth.models import User

from notifications import engine
from notifications.models import Reminder
from notifications.policy import Audience, Kind
from notifications.selectors import catch_up_of
from notifications.services.dispatch import confirm_dispatch, hold_dispatch
from notifications.services.schedule import cancel_schedule
from patients.models import Clinic, Patient
from tests import factories
from tests.notifications.conftest import Ask
from tests.services import Mailbox

pytestmark = pytest.mark.django_db


def test_three_days_without_a_sweep_are_told_in_words(
    ask: Ask,
    clinic: Clinic,
    nurse: User,
    reachable: Patient,
    stranger: User,
    mailbox: Mailbox,
    due: datetime,
) -> None:
    ask()
    other = factories.PatientFactory(clinic=clinic, reachable=True)
    ask(patient=other, kind=Kind.ASSESSMENT_DUE, expires_on=date(2026, 5, 19))
    ask(audience=Audience.NURSES, expires_on=date(2026, 5, 6))

    engine.sweep(at=due + timedelta(days=3))
    told = catch_up_of(actor=nurse, clinic=clinic, since=due - timedelta(days=1))

    assert [line.says for line in told.late if line.says.startswith("Patient")]
    assert f"Patient {reachable.code}: “Dose step today” of 5 May 2026 was not sent" in " ".join(
        line.says for line in told.late
    )
    assert told.to_call == ((reachable.pk, reachable.code),)
    assert told.unknown == ()
    assert catch_up_of(actor=stranger, clinic=clinic, since=due).late == ()


def test_what_may_have_arrived_is_listed_apart(
    ask: Ask, clinic: Clinic, nurse: User, reachable: Patient, due: datetime
) -> None:
    reminder = ask()
    Reminder.objects.update(status="GAVE_UP", unknown_at=due)

    told = catch_up_of(actor=nurse, clinic=clinic, since=due)

    assert [line.reminder_id for line in told.unknown] == [reminder.pk]
    assert "may have arrived or not" in told.unknown[0].says
    assert told.to_call == ((reachable.pk, reachable.code),)


def test_what_could_not_be_sent_is_listed_and_its_patient_is_to_be_called(
    ask: Ask, clinic: Clinic, nurse: User, reachable: Patient, due: datetime
) -> None:
    reminder = ask()
    Reminder.objects.update(status="GAVE_UP", outcome_note="The mail server refused the address.")

    told = catch_up_of(actor=nurse, clinic=clinic, since=due)

    assert [line.reminder_id for line in told.late] == [reminder.pk]
    assert "could not be sent" in told.late[0].says
    assert told.unknown == ()
    assert told.to_call == ((reachable.pk, reachable.code),)


def test_what_a_newer_one_replaced_concerns_nobody(
    ask: Ask, clinic: Clinic, nurse: User, mailbox: Mailbox, due: datetime
) -> None:
    ask(kind=Kind.ASSESSMENT_DUE, expires_on=date(2026, 5, 19))
    ask(kind=Kind.ASSESSMENT_DUE, on=date(2026, 5, 7), expires_on=date(2026, 5, 21))

    engine.sweep(at=due + timedelta(days=3))

    assert catch_up_of(actor=nurse, clinic=clinic, since=due).late == ()


def test_what_was_assumed_sent_after_a_restore_is_not_known_to_have_arrived(
    ask: Ask, clinic: Clinic, nurse: User, reachable: Patient, due: datetime
) -> None:
    reminder = ask()
    hold_dispatch(reason="The database was restored.", at=due)
    confirm_dispatch(sent_until=due, at=due)

    told = catch_up_of(actor=nurse, clinic=clinic, since=due)

    assert [line.reminder_id for line in told.unknown] == [reminder.pk]
    assert told.people == (reachable,)


def test_what_somebody_called_back_is_not_listed(
    ask: Ask, clinic: Clinic, nurse: User, due: datetime
) -> None:
    reminder = ask()
    cancel_schedule(source=reminder.source, reason="The taper was stopped.", at=due)

    assert catch_up_of(actor=nurse, clinic=clinic, since=due).is_empty
