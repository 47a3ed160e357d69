"""A red flag acts at once, whoever reports it; only a prescriber ends it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from notifications import engine
from notifications.models import Reminder
from patients.access import PatientByLink
from patients.errors import BadInput, Conflict, NotPermitted
from patients.models import AuditEvent, TeamTask
from patients.services.patients import pause_reminders, unpause_reminders
from patients.services.tasks import finish_task
from patients.vocabulary import Event, TaskKind
from tapers.domain.symptoms import Symptom
from tapers.models import Alert, SymptomReport
from tapers.selectors import open_red_flag, plan_of, running_taper_of
from tapers.services.plans import report_step, stop_taper
from tapers.services.symptoms import lift_red_flag, report_symptoms
from tests.factories import PatientFactory
from tests.tapers.story import may, morning_of

pytestmark = pytest.mark.django_db

RED = {Symptom.FAINTING}
TWO_MINOR = {Symptom.FATIGUE, Symptom.LOW_MOOD}


@pytest.fixture
def report(by_link, patient, at):
    def make(symptoms=RED, **given):
        values = {"actor": by_link, "patient": patient, "reported_by": "PATIENT", "at": at} | given
        return report_symptoms(symptoms=symptoms, **values)

    return make


def test_it_is_stored_as_it_was_said(report, patient, taper, at):
    stored = report({Symptom.LOW_MOOD, Symptom.FATIGUE}, note="Since Tuesday")

    assert stored.symptoms == ["FATIGUE", "LOW_MOOD"]
    assert (stored.patient, stored.taper, stored.recorded_by) == (patient, taper, None)
    event = AuditEvent.objects.get(event=Event.SYMPTOMS_REPORTED)
    assert (event.system, event.actor) == ("patient link", None)
    assert "Tuesday" not in str(event.details)


def test_a_red_flag_pauses_alerts_asks_and_mails(report, patient, taper, nurse, prescriber):
    report()

    patient.refresh_from_db()
    assert patient.reminders_paused_at is not None
    alert = Alert.objects.get(code="ADRENAL_RED")
    assert (alert.severity, alert.taper) == ("CRITICAL", taper)
    assert "Fainting or collapse" in alert.message
    task = TeamTask.objects.get(kind=TaskKind.RED_FLAG)
    assert patient.code in task.text
    mail = Reminder.objects.get(kind="RED_FLAG")
    assert (mail.audience, mail.status) == ("TEAM", "SCHEDULED")


def test_it_changes_neither_the_dose_nor_the_plan(report, taper):
    before = plan_of(taper)

    report()

    taper.refresh_from_db()
    assert plan_of(taper) == before
    assert taper.status == "ACTIVE"


def test_the_team_is_mailed_and_no_reduction_is_reminded_of(
    report, patient, taper, nurse, prescriber, mailbox, at
):
    report()

    for hours in range(0, 24 * 16, 4):
        engine.sweep(at=at + timedelta(hours=hours))

    to_patient = [mail for mail in mailbox.received if patient.email in str(mail["To"])]
    told = Reminder.objects.filter(status="SENT", audience="PATIENT")
    assert not [row.kind for row in told if row.kind.startswith("STEP")]
    assert not [mail for mail in to_patient if "health plan" in str(mail)]
    first = mailbox.received[0]
    assert patient.code in first["Subject"]
    assert {nurse.email, prescriber.email} == set(first["To"].split(", "))


def test_once_lifted_the_next_steps_are_reminded_of_again(
    report, patient, taper, prescriber, mailbox, at
):
    report()
    for hours in range(0, 24 * 8, 4):
        engine.sweep(at=at + timedelta(hours=hours))
    lifted_at = at + timedelta(days=8)

    lift_red_flag(actor=prescriber, patient=patient, reason="Seen, sodium normal", at=lifted_at)
    for hours in range(0, 24 * 12, 4):
        engine.sweep(at=lifted_at + timedelta(hours=hours))

    sent = Reminder.objects.filter(status="SENT", kind="STEP_DAY")
    assert {row.local_date for row in sent} == {may(18)}


def test_lifting_settles_the_flag_the_alert_and_the_task(report, patient, taper, prescriber, at):
    report()

    lift_red_flag(actor=prescriber, patient=patient, reason="Seen", at=at)

    patient.refresh_from_db()
    assert patient.reminders_paused_at is None
    assert open_red_flag(patient=patient) is None
    assert Alert.objects.get(code="ADRENAL_RED").reason == "Seen"
    assert TeamTask.objects.get().done_by == prescriber
    assert SymptomReport.objects.get().lift_reason == "Seen"


def test_only_a_prescriber_lifts_it_and_with_a_reason(
    report, patient, nurse, prescriber, by_link, stranger, at
):
    report()

    for actor in (nurse, stranger, by_link):
        with pytest.raises(NotPermitted):
            lift_red_flag(actor=actor, patient=patient, reason="Well again", at=at)
    with pytest.raises(BadInput):
        lift_red_flag(actor=prescriber, patient=patient, reason=" ", at=at)
    assert open_red_flag(patient=patient)


def test_there_must_be_one_to_lift(patient, prescriber, at):
    with pytest.raises(Conflict, match="no red flag"):
        lift_red_flag(actor=prescriber, patient=patient, reason="Seen", at=at)


def test_no_other_door_ends_the_pause(report, patient, prescriber, nurse, at):
    report()

    with pytest.raises(Conflict, match="red flag"):
        unpause_reminders(actor=prescriber, patient=patient, at=at)
    with pytest.raises(Conflict, match="red flag"):
        pause_reminders(actor=nurse, patient=patient, reason="On holiday", at=at)


def test_a_nurse_on_the_phone_sets_it_off_too(report, patient, nurse, taper):
    stored = report(actor=nurse, reported_by="PATIENT")

    assert stored.recorded_by == nurse
    assert open_red_flag(patient=patient) == stored


def test_without_any_taper_the_team_is_told_all_the_same(report, patient, at):
    report()

    assert TeamTask.objects.get().kind == TaskKind.RED_FLAG
    assert {row.kind for row in Reminder.objects.all()} == {"RED_FLAG", "ALERT_ESCALATED"}


def test_a_late_step_does_not_close_the_alert(report, patient, taper, nurse):
    report()

    report_step(
        actor=nurse,
        taper=taper,
        step_number=1,
        outcome="TAKEN",
        taken_on=may(6),
        reported_by="STAFF",
        at=morning_of(may(6)),
    )

    assert Alert.objects.get(code="ADRENAL_RED").closed_at is None


def test_stopping_the_taper_does_not_close_it_either(report, patient, taper, prescriber, at):
    report()

    stop_taper(actor=prescriber, taper=taper, on=may(4), reason="Admitted", at=at)

    assert Alert.objects.get(code="ADRENAL_RED").closed_at is None
    lift_red_flag(actor=prescriber, patient=patient, reason="Discharged", at=at)
    assert running_taper_of(patient=patient) is None


def test_the_same_again_is_one_alert_and_something_new_is_said_in_one(report, taper):
    report()
    report()
    report({Symptom.CONFUSION})

    waiting = Alert.objects.filter(code="ADRENAL_RED", closed_at=None)
    assert [alert.values["symptoms"] for alert in waiting] == [["FAINTING", "CONFUSION"]]
    assert TeamTask.objects.filter(kind=TaskKind.RED_FLAG).count() == 1
    assert SymptomReport.objects.count() == 3


def test_after_it_was_lifted_a_red_flag_acts_anew(report, patient, taper, prescriber, at):
    report()
    lift_red_flag(actor=prescriber, patient=patient, reason="Seen", at=at)
    report()

    assert open_red_flag(patient=patient)
    assert Alert.objects.filter(code="ADRENAL_RED", acknowledged_at=None).count() == 1
    assert TeamTask.objects.filter(done_at=None).count() == 1


def test_a_form_sent_twice_is_one_report(report, taper):
    form = uuid4()

    assert report(form_id=form) == report(form_id=form)
    assert SymptomReport.objects.count() == 1
    assert Reminder.objects.filter(kind="RED_FLAG").count() == 1


def test_two_minor_symptoms_are_a_warning_and_one_is_not(report, taper):
    report({Symptom.FATIGUE})
    assert not Alert.objects.filter(code="ADRENAL_MINOR").exists()

    report(TWO_MINOR)
    assert Alert.objects.get(code="ADRENAL_MINOR").severity == "WARNING"
    assert TeamTask.objects.get().kind == TaskKind.CALL_PATIENT


def test_minor_symptoms_pause_nothing(report, patient, taper):
    report(TWO_MINOR)

    patient.refresh_from_db()
    assert patient.reminders_paused_at is None
    assert open_red_flag(patient=patient) is None


def test_who_was_told_to_wait_is_not_reminded_of_a_reduction_before_the_call(
    report, patient, taper, nurse, mailbox, at
):
    report({Symptom.FATIGUE})
    for hours in range(0, 24 * 8, 4):
        engine.sweep(at=at + timedelta(hours=hours))

    steps = Reminder.objects.filter(kind__startswith="STEP", audience="PATIENT")
    assert not steps.filter(status="SENT").exists()
    assert steps.filter(status="EXPIRED").exists()  # what came too late is listed, not lost

    called_at = at + timedelta(days=8)
    [task] = TeamTask.objects.filter(key__startswith="symptoms:")
    finish_task(actor=nurse, task=task, note="A cold. Goes on as planned.", at=called_at)
    for hours in range(0, 24 * 8, 4):
        engine.sweep(at=called_at + timedelta(hours=hours))

    assert steps.filter(status="SENT", kind="STEP_DAY").exists()


def test_nothing_at_all_is_no_report(report, taper):
    with pytest.raises(BadInput):
        report(frozenset())


@pytest.mark.parametrize(
    "given", [{"symptoms": ["HEADLESS"]}, {"reported_by": "CAT"}, {"note": "x" * 501}]
)
def test_what_cannot_be_taken_is_refused(report, taper, given):
    with pytest.raises(BadInput):
        report(**given)
    assert not SymptomReport.objects.exists()


def test_a_link_reports_for_its_own_patient_only(report, clinic, reader, stranger):
    other = PatientByLink(PatientFactory(clinic=clinic).pk)

    for actor in (other, reader, stranger):
        with pytest.raises(NotPermitted):
            report(actor=actor)
    assert not SymptomReport.objects.exists()


# What the patient reports of a step ---------------------------------------------------------------


def answer(by, taper, outcome, *, on=None, step=1, at, **given):
    return report_step(
        actor=by,
        taper=taper,
        step_number=step,
        outcome=outcome,
        taken_on=on,
        reported_by="PATIENT",
        at=at,
        **given,
    )


def test_the_patient_says_that_a_step_was_taken(by_link, taper, at):
    stored = answer(by_link, taper, "TAKEN", on=may(4), at=at)

    assert (stored.recorded_by, stored.reported_by) == (None, "PATIENT")
    assert AuditEvent.objects.get(event=Event.STEP_REPORTED).system == "patient link"


def test_a_late_one_moves_the_plan_in_a_revision_of_nobody_of_the_team(by_link, taper):
    answer(by_link, taper, "TAKEN", on=may(6), at=morning_of(may(6)))

    taper.refresh_from_db()
    revision = taper.revisions.get(number=2)
    assert (revision.created_by, revision.origin) == (None, "LATE_STEP")


def test_the_last_step_completes_the_taper(by_link, taper):
    for step in plan_of(taper).steps:
        answer(
            by_link,
            taper,
            "TAKEN",
            on=step.starts_on,
            step=step.number,
            at=morning_of(step.starts_on),
        )

    taper.refresh_from_db()
    assert (taper.status, taper.ended_by) == ("COMPLETED", None)


def test_not_yet_pressed_twice_is_one_answer(by_link, taper, at):
    first = answer(by_link, taper, "NOT_YET", at=at)

    assert answer(by_link, taper, "NOT_YET", at=at) == first
    assert taper.reports.count() == 1


def test_an_answer_to_a_page_of_another_revision_is_refused(by_link, taper, at):
    with pytest.raises(Conflict, match="changed since"):
        answer(by_link, taper, "TAKEN", on=may(4), revision=7, at=at)


def test_no_link_answers_for_another_patient(clinic, taper, at):
    other = PatientByLink(PatientFactory(clinic=clinic).pk)

    with pytest.raises(NotPermitted):
        answer(other, taper, "TAKEN", on=may(4), at=at)
