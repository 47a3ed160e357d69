"""Complaints from the trackers of neighbouring systems, each as a test of ours.

With a real mail server and the real engine; the patient has opted in to details, so that a mail
says its dose.
"""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine

from notifications.engine import sweep
from notifications.engine.claim import claim
from notifications.engine.tally import Tally
from notifications.models import Reminder
from patients.models import Patient
from tapers.domain.schedule import Regimen
from tapers.models import DoseStep, PlanRevision, StepReport, Taper
from tapers.selectors import courses_for, steps_due_or_late
from tapers.services.plans import (
    draft_taper,
    hold_taper,
    report_step,
    resume_taper,
    revise_taper,
    start_taper,
    stop_taper,
)
from tests.api.program import Program
from tests.factories import PatientFactory
from tests.tapers.story import FORTY_MG, REASONS, june, may, morning_of, taken_before

pytestmark = pytest.mark.django_db(transaction=True)

STEP_DAY_MAIL = datetime(2026, 5, 25, 13, tzinfo=UTC)  # 08:00 in Chicago, down to 7.5 mg


@pytest.fixture
def patient(clinic) -> Patient:
    return PatientFactory(
        clinic=clinic,
        email="ada@mail.example",
        reachable=True,
        reachable__content="DETAILS",
    )


@pytest.fixture
def taper(prescriber, patient):
    """Activated on the evening of 24 May: the next mail is that of the 25th."""
    return start_taper(
        actor=prescriber,
        patient=patient,
        proposal=FORTY_MG,
        reasons=REASONS,
        at=datetime(2026, 5, 24, 22, tzinfo=UTC),
    )


def to_the_patient(mailbox):
    return [mail.get_body(("plain",)).get_content() for mail in mailbox.to("ada@mail.example")]


def hold(taper, nurse, prescriber, at):
    hold_taper(actor=nurse, taper=taper, on=may(25), reason="Fever", at=at)


def stop(taper, nurse, prescriber, at):
    stop_taper(actor=prescriber, taper=taper, on=may(25), reason="Moved away", at=at)


def report(taper, nurse, prescriber, at):
    taken_before(4, actor=nurse, taper=taper, at=at)
    report_step(
        actor=nurse,
        taper=taper,
        step_number=4,
        outcome="TAKEN",
        taken_on=may(25),
        reported_by="STAFF",
        at=at,
    )


def revise(taper, nurse, prescriber, at):
    revise_taper(
        actor=prescriber,
        taper=taper,
        reason="Tired",
        reasons=REASONS,
        starts_on=may(25),
        daily_mg=Decimal(10),
        regimen=Regimen(Decimal(5), 7, 7),
        at=at,
    )


def test_without_a_change_the_mail_of_the_day_goes_out(mailbox, taper):
    sweep(at=STEP_DAY_MAIL)

    assert any("7.5 mg" in text for text in to_the_patient(mailbox))


@pytest.mark.parametrize("change", [hold, stop, revise, report])
def test_lesson_4_no_change_leaves_the_old_mail_behind(change, mailbox, taper, nurse, prescriber):
    """Whatever cancels a step cancels its mail, in the function that every door uses."""
    change(taper, nurse, prescriber, datetime(2026, 5, 25, 12, 30, tzinfo=UTC))

    sweep(at=STEP_DAY_MAIL)

    assert to_the_patient(mailbox) == []


@pytest.mark.parametrize("door", ["page", "API"])
@pytest.mark.parametrize("change", ["hold", "stop"])
def test_lesson_4_no_door_leaves_the_old_mail_behind(
    door, change, mailbox, taper, prescriber, client_of
):
    said = {"on": "2026-05-25", "reason": "Fever"}

    with time_machine.travel(datetime(2026, 5, 25, 12, 30, tzinfo=UTC), tick=False):
        if door == "page":
            answer = client_of(prescriber).post(f"/tapers/{taper.pk}/{change}", said)
        else:
            answer = Program(prescriber).post(f"tapers/{taper.pk}/{change}", said)

    assert answer.status_code == (302 if door == "page" else 200)
    sweep(at=STEP_DAY_MAIL)
    assert to_the_patient(mailbox) == []


def test_lesson_5_a_revision_while_a_mail_is_due_leaves_only_the_new_dose(
    mailbox, taper, prescriber
):
    """Due at eight and not sent yet, revised at half past eight: two doses are never mailed."""
    revise_taper(
        actor=prescriber,
        taper=taper,
        reason="Slower",
        reasons=REASONS,
        starts_on=may(26),
        daily_mg=Decimal("7.5"),
        regimen=Regimen(Decimal(5), 7, 14),
        at=datetime(2026, 5, 25, 13, 30, tzinfo=UTC),
    )
    old = Reminder.objects.filter(source=f"taper:{taper.pk}", revision=1, local_date=may(30))
    assert {row.status for row in old} == {"CANCELLED"}

    for hours in range(0, 24 * 25, 6):
        sweep(at=datetime.fromtimestamp(STEP_DAY_MAIL.timestamp() + hours * 3600, tz=UTC))

    said = to_the_patient(mailbox)
    assert not any("Monday 1 June" in text for text in said)
    assert any("5 mg" in text and "9 June" in text for text in said)


def test_lesson_6_a_hold_between_claim_and_sending_stops_the_mail(mailbox, taper, nurse):
    """The worker has taken the mail in hand; the nurse is faster."""
    claim(at=STEP_DAY_MAIL, tally=Tally())
    hold_taper(actor=nurse, taper=taper, on=may(25), reason="Fever", at=STEP_DAY_MAIL)

    sweep(at=datetime(2026, 5, 25, 14, tzinfo=UTC))

    assert to_the_patient(mailbox) == []
    row = Reminder.objects.get(source=f"taper:{taper.pk}", kind="STEP_DAY", local_date=may(25))
    assert row.status == "CANCELLED"


def test_lesson_6_what_was_held_and_resumed_is_mailed_on_its_new_day_only(
    mailbox, taper, nurse, prescriber
):
    hold_taper(
        actor=nurse,
        taper=taper,
        on=may(25),
        reason="Fever",
        at=datetime(2026, 5, 25, 12, tzinfo=UTC),
    )
    sweep(at=STEP_DAY_MAIL)
    resume_taper(actor=prescriber, taper=taper, on=june(3), at=morning_of(june(3)))

    for day in range(1, 12):
        sweep(at=morning_of(june(day)))

    days = [text for text in to_the_patient(mailbox) if "7.5 mg" in text or "5 mg" in text]
    assert days
    assert not any("25 May" in text for text in days)


def test_lesson_3_sending_changes_nothing_but_the_reminder(mailbox, taper):
    def rows():
        return [
            list(model.objects.order_by("pk").values())
            for model in (Taper, PlanRevision, DoseStep, StepReport)
        ]

    before = rows()
    sweep(at=STEP_DAY_MAIL)

    assert to_the_patient(mailbox)
    assert rows() == before


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "Pacific/Tongatapu", "America/Los_Angeles"])
def test_lesson_14_a_day_is_the_same_day_wherever_it_is_read(prescriber, clinic, zone):
    """Stored at an instant that is another date in UTC; due from the first minute there."""
    patient = PatientFactory(clinic=clinic, time_zone=zone)
    taper = start_taper(
        actor=prescriber,
        patient=patient,
        proposal=FORTY_MG,
        reasons=REASONS,
        at=datetime(2026, 5, 3, 11, 30, tzinfo=UTC),
    )

    taper.refresh_from_db()
    assert taper.starts_on == may(4)
    midnight = _local(zone, 2026, 5, 4)
    for minutes, due in ((-1, ()), (1, (1,))):
        at = datetime.fromtimestamp(midnight.timestamp() + 60 * minutes, tz=UTC)
        rows = steps_due_or_late(actor=prescriber, clinic=clinic, at=at)
        assert tuple(row.step.number for row in rows) == due
        course = courses_for(patient_ids=[patient.pk], at=at)[patient.pk]
        assert course.on == (may(4) if due else may(3))


def _local(zone, *day):
    return datetime(*day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def test_lesson_14_drafts_of_one_day_are_equal_in_every_zone(prescriber, clinic, at):
    plans = {
        zone: draft_taper(
            actor=prescriber,
            patient=PatientFactory(clinic=clinic, time_zone=zone),
            proposal=FORTY_MG,
            at=at,
        )
        for zone in ("Pacific/Auckland", "America/Los_Angeles", "UTC")
    }

    assert {(each.starts_on, each.first_zero_on) for each in plans.values()} == {(may(4), june(15))}
