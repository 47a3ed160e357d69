"""Consent, address and zone: what a change to a patient's contact does to mail."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import User

from notifications import engine
from notifications.models import Reminder
from notifications.policy import Audience, Kind, Status
from notifications.services import contact
from patients.errors import NotPermitted
from patients.models import Consent, Patient
from patients.services.consent import verify_address
from patients.vocabulary import Channel, Content
from tests import factories
from tests.notifications.conftest import Ask
from tests.services import Mailbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def unverified(clinic: object) -> Patient:
    patient: Patient = factories.PatientFactory(
        clinic=clinic, unverified=True, email="new@mail.example"
    )
    return patient


def give(nurse: User, patient: Patient, *, at: datetime) -> Consent:
    return contact.give_mail_consent(
        actor=nurse,
        patient=patient,
        channel=Channel.EMAIL,
        content=Content.MINIMAL,
        given_on=date(2026, 5, 4),
        text_version="2026-01",
        at=at,
    )


def waiting() -> list[Reminder]:
    return list(Reminder.objects.filter(status=Status.SCHEDULED))


def test_consent_sends_the_mail_that_asks_to_confirm_the_address(
    coordinator: User, unverified: Patient, mailbox: Mailbox, at: datetime
) -> None:
    give(coordinator, unverified, at=at)
    engine.sweep(at=at)

    [mail] = mailbox.to("new@mail.example")
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    link = next(word for word in text.split() if "/reminders/verify/" in word)
    verify_address(token=link.rsplit("/", 1)[1], at=at + timedelta(hours=1))
    unverified.refresh_from_db()
    assert unverified.email_verified_at is not None


def test_the_mail_that_asks_to_confirm_names_no_clinic(
    coordinator: User, unverified: Patient, mailbox: Mailbox, at: datetime
) -> None:
    give(coordinator, unverified, at=at)
    engine.sweep(at=at)

    [mail] = mailbox.to("new@mail.example")
    bodies = [mail.get_body((kind,)) for kind in ("plain", "html")]
    said = [*mail.values(), *(body.get_content() for body in bodies)]  # type: ignore[union-attr]
    assert not any(unverified.clinic.name in text for text in map(str, said))


def test_the_link_is_forgotten_once_the_mail_is_out(
    coordinator: User, unverified: Patient, mailbox: Mailbox, at: datetime
) -> None:
    give(coordinator, unverified, at=at)
    engine.sweep(at=at)

    assert Reminder.objects.get().context == {}


def test_a_confirmed_address_is_not_asked_again(
    coordinator: User, patient: Patient, at: datetime
) -> None:
    give(coordinator, patient, at=at)

    assert not waiting()


def test_without_an_address_consent_stands_and_nothing_is_sent(
    coordinator: User, clinic: object, at: datetime
) -> None:
    patient = factories.PatientFactory(clinic=clinic, unverified=True, email="")

    give(coordinator, patient, at=at)

    assert not waiting()


def test_a_new_address_gets_its_own_link_and_the_old_one_none(
    coordinator: User, unverified: Patient, mailbox: Mailbox, at: datetime
) -> None:
    give(coordinator, unverified, at=at)

    contact.change_patient(
        actor=coordinator, patient=unverified, changes={"email": "newer@mail.example"}, at=at
    )
    engine.sweep(at=at)

    assert not mailbox.to("new@mail.example")
    assert len(mailbox.to("newer@mail.example")) == 1


def test_withdrawn_consent_calls_the_link_back(
    coordinator: User, unverified: Patient, mailbox: Mailbox, at: datetime
) -> None:
    give(coordinator, unverified, at=at)

    contact.withdraw_mail_consent(
        actor=coordinator,
        patient=unverified,
        channel=Channel.EMAIL,
        on=date(2026, 5, 4),
        at=at,
    )
    engine.sweep(at=at)

    assert not mailbox.received
    assert Reminder.objects.get().status == Status.CANCELLED


def test_a_link_can_be_sent_again(
    coordinator: User, unverified: Patient, mailbox: Mailbox, at: datetime
) -> None:
    give(coordinator, unverified, at=at)
    engine.sweep(at=at)

    contact.resend_verification(actor=coordinator, patient=unverified, at=at + timedelta(hours=1))
    engine.sweep(at=at + timedelta(hours=1))

    assert len(mailbox.to("new@mail.example")) == 2
    assert len(set(mailbox.journal)) == 2


@pytest.mark.parametrize(
    ("prepare", "word"),
    [
        (lambda p: None, "consented"),
        (lambda p: factories.ConsentFactory(patient=p) and setattr(p, "status", "DIED"), "died"),
        (lambda p: setattr(p, "email_verified_at", datetime(2026, 5, 1, tzinfo=UTC)), "confirmed"),
    ],
)
def test_lesson_9_a_link_is_not_sent_by_hand_when_the_rules_say_no(
    coordinator: User,
    unverified: Patient,
    at: datetime,
    prepare: Callable[[Patient], object],
    word: str,
) -> None:
    prepare(unverified)

    with pytest.raises(contact.NothingToVerify, match=word):
        contact.resend_verification(actor=coordinator, patient=unverified, at=at)


def test_a_reader_may_not_send_links(reader: User, unverified: Patient, at: datetime) -> None:
    with pytest.raises(NotPermitted):
        contact.resend_verification(actor=reader, patient=unverified, at=at)


def test_waiting_mail_follows_the_patient_to_another_zone(
    coordinator: User, reachable: Patient, ask: Ask, at: datetime
) -> None:
    own = ask()
    of_the_team = ask(kind=Kind.ASSESSMENT_DUE, audience=Audience.NURSES)

    contact.change_patient(
        actor=coordinator, patient=reachable, changes={"time_zone": "Europe/Berlin"}, at=at
    )

    own.refresh_from_db()
    assert own.due_at == own.next_attempt_at == datetime(2026, 5, 5, 6, tzinfo=UTC)
    assert own.expires_at == datetime(2026, 5, 5, 22, tzinfo=UTC)
    assert (own.local_date, own.time_zone) == (date(2026, 5, 5), "Europe/Berlin")
    due_before = of_the_team.due_at
    of_the_team.refresh_from_db()
    assert of_the_team.due_at == due_before
