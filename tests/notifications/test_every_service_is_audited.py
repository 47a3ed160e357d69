"""Forgetting the trail is a red test: every public service is called here, and must leave a row."""

import inspect
from collections.abc import Callable
from datetime import date, datetime
from importlib import import_module
from pkgutil import iter_modules

import pytest
from django.contrib.auth.models import User

from notifications import services
from notifications.models import Reminder, SurgeHold
from notifications.services import contact, dispatch, policy, retry, schedule, testing
from patients.access import PatientByLink
from patients.models import AuditEvent, Clinic, Patient
from patients.vocabulary import Event
from tests import factories
from tests.notifications.conftest import request

NOT_AUDITED = {
    "assumed_sent": "answers a question, changes nothing",
    "due_after": "answers a question, changes nothing",
    "in_words": "writes down rows, changes nothing",
    "derive_instants": "part of changing a patient's time zone, which has its own event",
}


class World:
    """One patient whose address is not confirmed, with one reminder that waits."""

    def __init__(self, clinic: Clinic, nurse: User, at: datetime) -> None:
        self.clinic, self.nurse, self.at = clinic, nurse, at
        self.patient: Patient = factories.PatientFactory(clinic=clinic, unverified=True)
        self.replace()

    def replace(self, **context: object) -> None:
        schedule.replace_schedule(
            source="taper:1",
            clinic=self.clinic,
            patient=self.patient,
            requests=[request(**context)],  # type: ignore[arg-type]
            at=self.at,
        )


def replace_schedule(world: World) -> None:
    world.replace(dose="5 mg")


def replace_schedules(world: World) -> None:
    asked = [request(dose="5 mg")]
    of_one = schedule.Schedule("taper:2", world.clinic, world.patient, requests=asked)
    of_another = schedule.Schedule("taper:3", world.clinic, world.patient, requests=())
    schedule.replace_schedules([of_one, of_another], at=world.at)


def cancel_schedule(world: World) -> None:
    schedule.cancel_schedule(source="taper:1", reason="The taper is on hold.", at=world.at)


def give_mail_consent(world: World) -> None:
    contact.give_mail_consent(
        actor=world.nurse,
        patient=world.patient,
        channel="EMAIL",
        content="MINIMAL",
        given_on=date(2026, 5, 4),
        text_version="1",
        at=world.at,
    )


def withdraw_mail_consent(world: World) -> None:
    factories.ConsentFactory(patient=world.patient)
    contact.withdraw_mail_consent(
        actor=world.nurse,
        patient=world.patient,
        channel="EMAIL",
        on=date(2026, 5, 4),
        at=world.at,
    )


def change_patient(world: World) -> None:
    contact.change_patient(
        actor=world.nurse, patient=world.patient, changes={"time_zone": "UTC"}, at=world.at
    )


def resend_verification(world: World) -> None:
    factories.ConsentFactory(patient=world.patient)
    contact.resend_verification(actor=world.nurse, patient=world.patient, at=world.at)


def retry_now(world: World) -> None:
    factories.ConsentFactory(patient=world.patient)
    Patient.objects.update(email_verified_at=world.at)
    Reminder.objects.update(status="GAVE_UP")
    retry.retry_now(actor=world.nurse, reminder=Reminder.objects.get(), at=world.at)


def choose_mail(world: World) -> None:
    by = PatientByLink(world.patient.pk)
    contact.choose_mail(actor=by, patient=world.patient, content="DETAILS", at=world.at)
    contact.choose_mail(actor=by, patient=world.patient, content="", at=world.at)


def send_test(world: World) -> None:
    testing.send_test(actor=world.nurse, clinic=world.clinic, at=world.at)


def lead_of(world: World) -> User:
    member = factories.MembershipFactory(clinic=world.clinic, role="PRESCRIBER", is_lead=True)
    user: User = member.user
    return user


def change_policy(world: World) -> None:
    policy.change_policy(
        actor=lead_of(world), clinic=world.clinic, changes={"step_lead_days": 9}, at=world.at
    )


def pause_sending(world: World) -> None:
    policy.pause_sending(actor=lead_of(world), clinic=world.clinic, reason="Why.", at=world.at)


def lift_pause(world: World) -> None:
    lead = lead_of(world)
    pause = policy.pause_sending(actor=lead, clinic=world.clinic, reason="Why.", at=world.at)
    policy.lift_pause(actor=lead, pause=pause, at=world.at)


def hold_dispatch(world: World) -> None:
    dispatch.hold_dispatch(reason="A restore.", at=world.at)


def confirm_dispatch(world: World) -> None:
    hold_dispatch(world)
    dispatch.confirm_dispatch(sent_until=world.at, at=world.at)


def release_surge(world: World) -> None:
    SurgeHold.objects.create(held_at=world.at, due=2000, usual_hour=3)
    dispatch.release_surge(at=world.at)


EXAMPLES: dict[Callable[[World], None], Event] = {
    replace_schedule: Event.REMINDERS_SCHEDULED,
    replace_schedules: Event.REMINDERS_SCHEDULED,
    cancel_schedule: Event.REMINDER_CANCELLED,
    give_mail_consent: Event.CONSENT_GIVEN,
    choose_mail: Event.TASK_OPENED,
    withdraw_mail_consent: Event.CONSENT_WITHDRAWN,
    change_patient: Event.PATIENT_CHANGED,
    resend_verification: Event.REMINDERS_SCHEDULED,
    retry_now: Event.REMINDER_RETRIED,
    send_test: Event.REMINDERS_SCHEDULED,
    change_policy: Event.CLINIC_CHANGED,
    pause_sending: Event.CLINIC_CHANGED,
    hold_dispatch: Event.DISPATCH_HELD,
    confirm_dispatch: Event.DISPATCH_CONFIRMED,
    release_surge: Event.SURGE_RELEASED,
    lift_pause: Event.CLINIC_CHANGED,
}


def public_services() -> set[str]:
    names = set()
    for module in iter_modules(services.__path__):
        loaded = import_module(f"{services.__name__}.{module.name}")
        names |= {
            name
            for name, value in inspect.getmembers(loaded, inspect.isfunction)
            if value.__module__ == loaded.__name__ and not name.startswith("_")
        }
    return names


def test_every_service_has_its_example() -> None:
    assert public_services() == {each.__name__ for each in EXAMPLES} | set(NOT_AUDITED)


@pytest.mark.django_db
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.__name__)
def test_a_service_leaves_a_trace(
    example: Callable[[World], None], clinic: Clinic, nurse: User, at: datetime
) -> None:
    world = World(clinic, nurse, at)
    before = set(AuditEvent.objects.values_list("pk", flat=True))

    example(world)

    added = AuditEvent.objects.exclude(pk__in=before)
    assert EXAMPLES[example] in set(added.values_list("event", flat=True))
