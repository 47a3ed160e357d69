"""What somebody finds who opens the demo: one story a patient, made by the services."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from notifications import selectors as reminders
from notifications.models import Reminder
from notifications.policy import Status as Delivery
from patients.models import AuditEvent, Clinic, Patient
from patients.selectors import assessments_of, open_tasks_for, patients_for
from patients.vocabulary import Event, TaskKind
from tapers import selectors as tapers
from tapers.domain.course import Outcome
from tapers.domain.monitoring import MonitoringState
from tapers.domain.states import Status
from tapers.models import Taper
from tests.conftest import MONDAY_AT_TEN
from tracker.demo import cast
from tracker.demo.mailbox import Mailbox
from tracker.demo.seed import Seeded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seeded")]
TODAY = date(2026, 5, 4)
RULES_THAT_ASK = {"WARNING", "CRITICAL"}


@pytest.fixture
def nurse() -> User:
    return User.objects.get(username=cast.NURSE.username)


@pytest.fixture
def riverside() -> Clinic:
    return Clinic.objects.get(name=cast.RIVERSIDE)


def who(family_name: str) -> Patient:
    return Patient.objects.select_related("clinic").get(family_name=family_name)


def taper_of(family_name: str) -> Taper:
    return Taper.objects.select_related("patient").get(patient=who(family_name))


def test_there_are_two_clinics_with_a_log_in_for_every_role_shown(seeded: Seeded) -> None:
    assert {clinic.name for clinic in Clinic.objects.all()} == {cast.RIVERSIDE, cast.HILLSIDE}
    for person in cast.PEOPLE:
        user = User.objects.get(username=person.username)
        assert user.check_password(cast.PASSWORD)
        assert [m.role for m in user.memberships.all()] == [person.role]  # type: ignore[attr-defined]
    assert seeded.patients == Patient.objects.count() >= 12


def test_a_step_is_due_today_and_its_mail_is_left_for_the_worker(nurse: User) -> None:
    [due] = [
        step
        for step in tapers.steps_due_or_late(actor=nurse, at=MONDAY_AT_TEN)
        if step.days_late == 0
    ]

    assert due.patient == who("Ellis")
    assert due.step.daily_mg == Decimal(5)
    waiting = Reminder.objects.filter(status=Delivery.SCHEDULED, due_at__lte=MONDAY_AT_TEN)
    assert who("Ellis").pk in {row.patient_id for row in waiting}


def test_a_step_is_late_by_three_days(nurse: User) -> None:
    late = {
        step.patient.family_name: step.days_late
        for step in tapers.steps_due_or_late(actor=nurse, at=MONDAY_AT_TEN)
        if step.days_late
    }

    assert late == {"Wilk": 3}


def test_a_plan_is_longer_than_eight_weeks_and_says_why(nurse: User) -> None:
    taper = taper_of("Tanaka")
    [alert] = tapers.alerts_for(actor=nurse, taper=taper).filter(code="PLAN_LONG")

    assert (taper.first_zero_on - taper.starts_on).days == 98
    assert taper.status == Status.ACTIVE
    assert "slower" in alert.reason or "faster taper" in alert.reason


def test_for_80_mg_no_standard_plan_fits() -> None:
    taper = taper_of("Baumann")

    assert taper.status == Status.DRAFT
    assert "PLAN_NO_CONFORMING" in {finding.code for finding in tapers.findings_of(taper)}


def test_one_plan_is_on_hold_and_nothing_is_sent_for_its_steps() -> None:
    taper = taper_of("Herrera")

    assert taper.status == Status.ON_HOLD
    waiting = Reminder.objects.filter(
        source=tapers.steps_source(taper.pk), status=Delivery.SCHEDULED
    )
    assert not waiting.exists()


def test_one_taper_is_complete_and_its_visits_go_on() -> None:
    taper, patient = taper_of("Okoye"), who("Okoye")

    assert taper.status == Status.COMPLETED
    assert [r.outcome for r in tapers.reports_for(taper)][-1] == Outcome.TAKEN
    assert patient.next_assessment_due_on is not None
    assert patient.next_assessment_due_on > TODAY


def test_visits_are_due_and_overdue(nurse: User) -> None:
    visits = tapers.visits_due(actor=nurse, at=MONDAY_AT_TEN)

    assert {visit.patient.family_name: visit.state for visit in visits} == {
        "Solberg": MonitoringState.OVERDUE,
        "Wilk": MonitoringState.DUE,
    }


def test_one_mail_could_not_be_delivered_and_somebody_has_to_correct_the_address(
    nurse: User, riverside: Clinic
) -> None:
    failed = reminders.failed_for(actor=nurse, clinic=riverside)

    assert [row.patient for row in failed] == [who("Whitcombe")]
    assert who("Whitcombe").email_flagged_at is not None
    kinds = [task.kind for task in open_tasks_for(actor=nurse, clinic=riverside)]
    assert kinds == [TaskKind.CORRECT_ADDRESS]


def test_two_drafts_wait_for_a_signature(nurse: User, riverside: Clinic) -> None:
    drafts = tapers.drafts_waiting(actor=nurse, clinic=riverside)

    assert {draft.patient.family_name for draft in drafts} == {"Baumann", "Nogueira"}


def test_a_long_history_has_thirty_visits_and_three_revisions(nurse: User) -> None:
    assert len(assessments_of(actor=nurse, patient=who("Abernathy"))) == 30
    origins = [revision.origin for revision in tapers.revisions_of(taper_of("Abernathy"))]
    assert sorted(origins) == ["DRAFTED", "LATE_STEP", "REVISED"]


def test_one_patient_has_nothing_yet(nurse: User) -> None:
    patient = who("Eze")

    assert not patient.email
    assert assessments_of(actor=nurse, patient=patient) == []
    assert not Taper.objects.filter(patient=patient).exists()


def test_the_other_clinic_sees_only_its_own() -> None:
    hillside = User.objects.get(username=cast.HILLSIDE_PRESCRIBER.username)

    names = {patient.family_name for patient in patients_for(actor=hillside)}

    assert names == {"Keller", "Zając"}


def test_every_warning_of_a_signed_plan_has_its_reason() -> None:
    signed = Taper.objects.exclude(status=Status.DRAFT)
    for taper in signed:
        for alert in taper.alerts.filter(severity__in=RULES_THAT_ASK):
            assert alert.reason, (taper.patient.family_name, alert.code)


def test_the_past_was_acted_by_people_at_its_own_instants(seeded: Seeded) -> None:
    trail = AuditEvent.objects.all()

    assert trail.filter(at__gt=MONDAY_AT_TEN).count() == 0
    assert trail.filter(event=Event.PATIENT_REGISTERED).count() == seeded.patients
    assert trail.filter(event=Event.REMINDER_SENT).count() == seeded.mails
    for taper in Taper.objects.exclude(status=Status.DRAFT):
        assert trail.filter(event=Event.TAPER_STARTED, subject_id=str(taper.pk)).exists()


def test_each_mail_arrived_once_when_it_was_sent(seeded: Seeded, demo_mailbox: Mailbox) -> None:
    letters = demo_mailbox.letters(limit=1000)
    sent = Reminder.objects.filter(status=Delivery.SENT).order_by("sent_at")

    assert len(letters) >= sent.count() == seeded.mails
    assert all(letter.arrived_at < MONDAY_AT_TEN for letter in letters)
    assert all(row.sent_at - row.due_at < timedelta(minutes=1) for row in sent if row.sent_at)


def test_no_story_writes_a_row_by_itself() -> None:
    folder = Path(__file__).resolve().parents[2] / "tracker" / "demo"

    for module in ("stories.py", "ward.py"):
        text = (folder / module).read_text(encoding="utf-8")
        assert ".objects" not in text
        assert ".save(" not in text
