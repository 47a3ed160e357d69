"""A member of the team sends a mail to the own address, through the engine, about no patient."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User

from notifications import engine
from notifications.policy import KIND_RULES, Kind
from notifications.services.policy import pause_sending
from notifications.services.testing import AlreadyUnderWay, send_test
from patients.errors import NoAddress, NotPermitted
from patients.models import Clinic, Membership, Patient, TeamTask
from tests.services import Mailbox

pytestmark = pytest.mark.django_db


def test_it_arrives_at_the_address_of_whoever_asked_and_of_nobody_else(
    clinic: Clinic,
    nurse: User,
    prescriber: User,
    reachable: Patient,
    mailbox: Mailbox,
    at: datetime,
) -> None:
    test = send_test(actor=nurse, clinic=clinic, at=at)

    engine.sweep(at=at)

    test.refresh_from_db()
    [mail] = mailbox.to(nurse.email)
    assert (test.status, test.patient, mailbox.recipients) == ("SENT", None, [nurse.email])
    assert mail["Subject"] == "Riverside Neuromuscular Clinic: test of sending"
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "It is about no patient" in text
    assert reachable.code not in text


def test_it_goes_out_although_sending_is_paused(
    clinic: Clinic, nurse: User, lead: User, mailbox: Mailbox, at: datetime
) -> None:
    pause_sending(actor=lead, clinic=clinic, reason="A wrong text.", at=at)
    send_test(actor=nurse, clinic=clinic, at=at)

    engine.sweep(at=at)

    assert mailbox.recipients == [nurse.email]


def test_one_is_under_way_at_a_time_and_the_next_may_follow_the_same_day(
    clinic: Clinic, nurse: User, prescriber: User, mailbox: Mailbox, at: datetime
) -> None:
    send_test(actor=nurse, clinic=clinic, at=at)
    send_test(actor=prescriber, clinic=clinic, at=at)
    with pytest.raises(AlreadyUnderWay):
        send_test(actor=nurse, clinic=clinic, at=at)

    engine.sweep(at=at)
    send_test(actor=nurse, clinic=clinic, at=at + timedelta(minutes=5))
    engine.sweep(at=at + timedelta(minutes=5))

    assert sorted(mailbox.recipients) == sorted([nurse.email, prescriber.email, nurse.email])


def test_who_has_left_gets_none_and_nobody_is_asked_to_do_anything(
    clinic: Clinic, nurse: User, mailbox: Mailbox, at: datetime
) -> None:
    test = send_test(actor=nurse, clinic=clinic, at=at)
    Membership.objects.filter(user=nurse).update(is_active=False)

    engine.sweep(at=at)

    test.refresh_from_db()
    assert (test.status, mailbox.recipients) == ("GAVE_UP", [])
    assert not TeamTask.objects.exists()


def test_who_has_no_address_or_only_reads_is_told_so(
    clinic: Clinic, nurse: User, reader: User, stranger: User, at: datetime
) -> None:
    nurse.email = ""

    with pytest.raises(NoAddress):
        send_test(actor=nurse, clinic=clinic, at=at)
    for actor in (reader, stranger):
        with pytest.raises(NotPermitted, match="may not send a test mail"):
            send_test(actor=actor, clinic=clinic, at=at)


def test_every_kind_says_by_which_rule_it_exists() -> None:
    assert set(KIND_RULES) == set(Kind)
