"""Complaints from the trackers of neighbouring systems, each turned into a test.

Those that need processes of their own are in test_faults.py.
"""

from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import pairwise, product
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.forms.models import model_to_dict

from notifications import engine
from notifications.models import DeliveryAttempt, Reminder
from notifications.policy import Audience, Kind, Status, instant_for
from notifications.services.schedule import cancel_schedule, replace_schedule
from patients.models import Clinic, Membership, Patient
from patients.vocabulary import Content, PatientStatus
from tests import factories
from tests.notifications.conftest import Ask, StartSink, request
from tests.notifications.test_email_text import ABOUT_NOBODY, FOR_TEAMS
from tests.services import Mailbox

pytestmark = pytest.mark.django_db


def test_lesson_1_one_message_a_due_item_however_often_we_look(
    ask: Ask, mailbox: Mailbox, due: datetime
) -> None:
    ask()

    for _ in range(5):
        engine.sweep(at=due)

    assert len(mailbox.received) == 1


def test_lesson_2_a_weekly_plan_is_mailed_week_by_week(
    reachable: Patient, mailbox: Mailbox, at: datetime
) -> None:
    days = [date(2026, 5, 5) + timedelta(days=7 * week) for week in range(8)]
    replace_schedule(
        source="taper:1",
        clinic=reachable.clinic,
        patient=reachable,
        requests=[request(on=day, step_date=day.isoformat()) for day in days],
        at=at,
    )

    mailed = []
    for day in range(57):
        engine.sweep(at=at + timedelta(days=day))
        mailed += [at.date() + timedelta(days=day)] * len(mailbox.received)
        mailbox.received.clear()

    assert mailed == days
    assert engine.sweep(at=at + timedelta(days=57)).claimed == 0


def test_lesson_3_sending_changes_nothing_but_the_reminder(
    ask: Ask, reachable: Patient, clinic: Clinic, mailbox: Mailbox, due: datetime
) -> None:
    reachable.refresh_from_db()
    before = (model_to_dict(reachable), model_to_dict(clinic))
    reminder = ask()
    content_before = model_to_dict(reminder, fields=["context", "local_date", "due_at", "key"])

    engine.sweep(at=due)

    for row in (reachable, clinic, reminder):
        row.refresh_from_db()
    assert (model_to_dict(reachable), model_to_dict(clinic)) == before
    assert model_to_dict(reminder, fields=["context", "local_date", "due_at", "key"]) == (
        content_before
    )


def test_lesson_4_what_was_cancelled_is_not_sent(ask: Ask, mailbox: Mailbox, due: datetime) -> None:
    reminder = ask()
    cancel_schedule(source=reminder.source, reason="The taper was stopped.", at=due)

    engine.sweep(at=due)

    assert not mailbox.received


def test_lesson_5_after_a_revision_only_the_new_dose_is_mailed(
    clinic: Clinic, mailbox: Mailbox, at: datetime
) -> None:
    patient = factories.PatientFactory(
        clinic=clinic, reachable=True, reachable__content=Content.DETAILS
    )

    def plan(dose: str) -> None:
        replace_schedule(
            source="taper:1",
            clinic=clinic,
            patient=patient,
            requests=[request(on=date(2026, 5, 6), dose=dose, step_date="2026-05-06")],
            at=at,
        )

    plan("7.5 mg")
    plan("10 mg")
    engine.sweep(at=at + timedelta(days=2))

    [mail] = mailbox.received
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "10 mg" in text
    assert "7.5 mg" not in text


def test_lesson_6_a_pause_between_claim_and_send_is_seen(
    ask: Ask, reachable: Patient, mailbox: Mailbox, due: datetime
) -> None:
    reminder = ask()
    Reminder.objects.update(status="CLAIMED", claim=reminder.pk)
    Patient.objects.update(reminders_paused_at=due, reminders_paused_reason="Faint at the visit")

    engine.sweep(at=due)

    assert not mailbox.received
    reminder.refresh_from_db()
    assert reminder.status == Status.CANCELLED


def test_lesson_7_for_every_kind_and_status_the_engine_does_what_the_rule_says(
    ask: Ask, clinic: Clinic, nurse: User, mailbox: Mailbox, due: datetime
) -> None:
    kinds = [kind for kind in Kind if kind not in FOR_TEAMS]
    expected = set()
    for kind, status, agreed in product(kinds, PatientStatus.values, [True, False]):
        patient = factories.PatientFactory(clinic=clinic, status=status, reachable=agreed)
        ask(patient=patient, kind=kind)
        if status == PatientStatus.ACTIVE and agreed:
            expected.add(patient.email)

    engine.sweep(at=due)

    assert set(mailbox.recipients) == expected
    assert len(mailbox.recipients) == len(kinds)


def test_lesson_7_the_team_is_told_of_treated_patients_only_whatever_these_agreed_to(
    ask: Ask, clinic: Clinic, nurse: User, mailbox: Mailbox, due: datetime
) -> None:
    kinds = sorted(FOR_TEAMS - ABOUT_NOBODY)
    for kind, status, agreed in product(kinds, PatientStatus.values, [True, False]):
        patient = factories.PatientFactory(clinic=clinic, status=status, reachable=agreed)
        ask(patient=patient, kind=kind, audience=Audience.NURSES)

    engine.sweep(at=due)

    sent = Reminder.objects.filter(status=Status.SENT).values_list("kind", "patient__status")
    assert Counter(sent) == {(kind, PatientStatus.ACTIVE): 2 for kind in kinds}
    assert mailbox.recipients == [nurse.email] * 2 * len(kinds)
    others = Reminder.objects.exclude(status=Status.SENT).values_list("status", flat=True)
    assert set(others) == {Status.CANCELLED}


def test_lesson_7_what_is_about_nobody_waits_for_nobodys_consent(
    ask: Ask, nurse: User, mailbox: Mailbox, due: datetime
) -> None:
    audience_of = {Kind.DIGEST: Audience.TEAM, Kind.TEST: Audience.MEMBER}
    for kind in ABOUT_NOBODY:
        ask(patient=None, kind=kind, audience=audience_of[kind], member=nurse.pk)

    assert engine.sweep(at=due).sent == len(ABOUT_NOBODY)
    assert mailbox.recipients == [nurse.email] * len(ABOUT_NOBODY)


def test_lesson_8_without_a_lead_an_escalation_reaches_the_team_and_the_log_names_whom(
    ask: Ask, nurse: User, prescriber: User, lead: User, mailbox: Mailbox, due: datetime
) -> None:
    first = ask(kind=Kind.VISIT_ESCALATED, audience=Audience.LEADS)
    engine.sweep(at=due)
    Membership.objects.filter(user=lead).update(is_active=False)
    second = ask(kind=Kind.STEP_ESCALATED, audience=Audience.LEADS, at=time(9))
    engine.sweep(at=due + timedelta(hours=1))

    assert sorted(mailbox.recipients) == sorted([lead.email, nurse.email, prescriber.email])
    told = {row.reminder_id: row.recipient for row in DeliveryAttempt.objects.all()}
    assert told[first.pk] == lead.email
    assert set(told[second.pk].split(", ")) == {nurse.email, prescriber.email}


def test_lesson_8_who_has_left_gets_no_mail_and_nobody_gets_it_twice(
    ask: Ask, clinic: Clinic, nurse: User, prescriber: User, mailbox: Mailbox, due: datetime
) -> None:
    both = factories.UserFactory(email=nurse.email.upper())
    factories.MembershipFactory(clinic=clinic, user=both, role="PRESCRIBER")
    ask(patient=None, kind=Kind.DIGEST, audience=Audience.TEAM)
    Membership.objects.filter(user=prescriber).update(is_active=False)

    engine.sweep(at=due)

    assert [address.lower() for address in mailbox.recipients] == [nurse.email]


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("Europe/London", date(2026, 3, 26)),
        ("America/New_York", date(2026, 10, 29)),
        ("Australia/Lord_Howe", date(2026, 10, 1)),
        ("America/Santiago", date(2026, 9, 3)),
    ],
)
def test_lesson_12_one_mail_a_day_at_the_same_local_time_over_a_clock_change(
    clinic: Clinic, mailbox: Mailbox, zone: str, first: date
) -> None:
    patient = factories.PatientFactory(clinic=clinic, time_zone=zone, reachable=True)
    days = [first + timedelta(days=n) for n in range(7)]
    start = instant_for(local_date=first, local_time=time(0), zone=zone)
    replace_schedule(
        source="taper:1",
        clinic=clinic,
        patient=patient,
        requests=[
            request(on=day, at=time(9), zone=zone, step_date=day.isoformat()) for day in days
        ],
        at=start - timedelta(days=1),
    )

    sent = []
    for half_hours in range(7 * 48 + 4):
        at = start + timedelta(minutes=30 * half_hours)
        if engine.sweep(at=at).sent:
            sent.append(at.astimezone(ZoneInfo(zone)))

    assert [local.date() for local in sent] == days
    assert {local.strftime("%H:%M") for local in sent} == {"09:00"}


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Australia/Lord_Howe"])
def test_lesson_13_a_week_is_seven_days_and_not_604800_seconds(zone: str) -> None:
    sundays = [date(2026, 1, 4) + timedelta(days=7 * week) for week in range(52)]

    instants = [instant_for(local_date=day, local_time=time(9), zone=zone) for day in sundays]

    assert {at.astimezone(ZoneInfo(zone)).strftime("%a %H:%M") for at in instants} == {"Sun 09:00"}
    assert len({after - before for before, after in pairwise(instants)}) == 3


@pytest.mark.parametrize(("zone", "hour_utc"), [("Pacific/Apia", 19), ("America/Los_Angeles", 15)])
def test_lesson_14_a_day_is_the_same_day_in_every_zone(
    clinic: Clinic, mailbox: Mailbox, at: datetime, zone: str, hour_utc: int
) -> None:
    patient = factories.PatientFactory(clinic=clinic, time_zone=zone, reachable=True)
    asked = request(on=date(2026, 5, 6), zone=zone, step_date="2026-05-06")
    replace_schedule(source="t:1", clinic=clinic, patient=patient, requests=[asked], at=at)

    reminder = Reminder.objects.get()
    engine.sweep(at=reminder.due_at)

    assert reminder.local_date == date(2026, 5, 6)
    assert reminder.due_at.hour == hour_utc
    assert "Wednesday 6 May 2026" in mailbox.received[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_lesson_15_nothing_is_final_before_the_server_has_accepted_it(
    ask: Ask, clinic: Clinic, start_sink: StartSink, due: datetime, settings: object
) -> None:
    reminders = [
        ask(patient=factories.PatientFactory(clinic=clinic, reachable=True)) for _ in range(10)
    ]
    settings.EMAIL_PORT = 1  # type: ignore[attr-defined]
    for seconds in range(0, 60, 30):
        engine.sweep(at=due + timedelta(seconds=seconds))

    assert not Reminder.objects.filter(status=Status.SENT).exists()
    sink = start_sink()
    engine.sweep(at=due + timedelta(seconds=130))

    assert sorted(sink.journal) == sorted(each.message_id for each in reminders)
    assert set(Reminder.objects.values_list("status", "attempts")) == {("SENT", 1)}
