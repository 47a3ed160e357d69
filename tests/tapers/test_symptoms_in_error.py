"""Symptoms entered in error stay, struck out; what they had set off is undone with a sentence."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from notifications import engine
from notifications.models import Reminder
from patients.access import PatientByLink
from patients.errors import BadInput, Conflict, NotPermitted
from patients.facts import FactKind
from patients.models import AuditEvent, TeamTask
from patients.services.patients import has_red_flag, pause_reminders
from patients.vocabulary import Event, TaskKind
from tapers.domain.annotations import annotations_of
from tapers.domain.rules.rulebook import course_findings
from tapers.models import Alert, SymptomReport
from tapers.presenters.alerts import cause_of
from tapers.selectors import (
    latest_symptom_report,
    open_red_flag,
    report_to_call_about,
    symptom_reports_for,
    timeline_of,
)
from tapers.selectors.record import course_facts
from tapers.services.alerts import acknowledge_alert
from tapers.services.facts import record_fact
from tapers.services.symptoms import lift_red_flag, report_symptoms
from tapers.services.symptoms_in_error import mark_symptoms_in_error
from tests.tapers.story import may, morning_of
from tests.tapers.test_races import at_once, refusals

pytestmark = pytest.mark.django_db

TOLD_ON = may(20)
TOLD_AT = morning_of(TOLD_ON)
MARKED_AT = TOLD_AT + timedelta(hours=2)
TWO_MINOR = ("FATIGUE", "NAUSEA")


@pytest.fixture
def told(nurse, patient):
    """What the nurse writes down on 20 May, so many minutes after ten."""

    def make(*symptoms, minutes=0, actor=nurse, **given):
        values = {"note": "", "reported_by": "PATIENT", "happened_on": None} | given
        return report_symptoms(
            actor=actor,
            patient=patient,
            symptoms=symptoms or ("FAINTING",),
            at=TOLD_AT + timedelta(minutes=minutes),
            **values,
        )

    return make


@pytest.fixture
def in_error(prescriber):
    def mark(report, *, actor=prescriber, reason="It was another patient", at=MARKED_AT):
        return mark_symptoms_in_error(actor=actor, report=report, reason=reason, at=at)

    return mark


def codes_as_of(patient, day):
    facts = course_facts(patient=patient, as_of=day)
    return {each.code for each in course_findings(facts=facts, as_of=day)}


def open_alerts_about(code):
    return list(Alert.objects.filter(code=code, acknowledged_at=None, closed_at=None))


def open_tasks():
    return list(TeamTask.objects.filter(done_at=None))


# The report ---------------------------------------------------------------------------------------


def test_it_stays_with_who_when_and_why(told, in_error, nurse, prescriber, patient, taper):
    report = in_error(told(note="On the phone"))

    [kept] = symptom_reports_for(actor=nurse, patient=patient)
    assert (kept.symptoms, kept.note) == (["FAINTING"], "On the phone")
    assert (kept.in_error_at, kept.in_error_by) == (MARKED_AT, prescriber)
    assert kept.in_error_reason == report.in_error_reason == "It was another patient"
    assert kept.recorded_by == nurse


def test_the_trail_and_the_timeline_say_so_without_the_reason(
    told, in_error, nurse, prescriber, patient, taper
):
    in_error(told())

    event = AuditEvent.objects.get(event=Event.SYMPTOMS_IN_ERROR)
    assert (event.actor, event.details["symptoms"]) == (prescriber, ["FAINTING"])
    assert event.details["pause"] == "ENDED"
    assert "another patient" not in str(event.details)
    said = [each.text for each in timeline_of(actor=nurse, patient=patient)]
    assert (
        "Symptoms marked as entered in error: fainting or collapse. The pause of the red flag is "
        "over; reminders of reductions go on." in said
    )
    assert "Symptoms reported: fainting or collapse." in said


def test_it_counts_on_no_day(told, in_error, patient, taper):
    report = told("FAINTING", "FALL_WITH_INJURY")
    assert "ADRENAL_RED" in codes_as_of(patient, TOLD_ON)

    in_error(report)

    for day in (TOLD_ON, TOLD_ON + timedelta(days=1)):
        facts = course_facts(patient=patient, as_of=day)
        assert facts.symptoms == ()
        assert annotations_of(facts, as_of=day) == ()
        assert {"ADRENAL_RED", "FALLS"} & codes_as_of(patient, day) == set()


def test_what_the_patient_wrote_can_be_marked_too(told, in_error, patient, taper):
    report = told(actor=PatientByLink(patient.pk))

    assert in_error(report, reason="Pressed while showing it to a friend").in_error_at == MARKED_AT
    assert open_red_flag(patient=patient) is None


def test_history_can_be_marked_and_changes_nothing_but_the_course(told, in_error, patient, taper):
    past = told(happened_on=may(10))
    [warning] = open_alerts_about("ADRENAL_RED")

    in_error(past)

    warning.refresh_from_db()
    assert warning.closed_at == MARKED_AT
    assert codes_as_of(patient, may(10)).isdisjoint({"ADRENAL_RED"})
    assert AuditEvent.objects.get(event=Event.SYMPTOMS_IN_ERROR).details["pause"] is None


# Who, and once ------------------------------------------------------------------------------------


def test_only_who_may_record_symptoms_may_mark_them(
    told, in_error, patient, reader, coordinator, stranger, prescriber
):
    report = told()

    for actor in (reader, coordinator, stranger, PatientByLink(patient.pk)):
        with pytest.raises(NotPermitted):
            in_error(report, actor=actor)
    assert open_red_flag(patient=patient) == report
    assert in_error(report, actor=prescriber).in_error_by == prescriber


def test_an_open_red_flag_is_marked_by_whoever_may_lift_it(
    told, in_error, nurse, patient, prescriber
):
    """The mark ends it, and with it the pause of reductions."""
    flag = told()

    with pytest.raises(NotPermitted):
        in_error(flag, actor=nurse)
    patient.refresh_from_db()
    assert open_red_flag(patient=patient) == flag
    assert has_red_flag(patient)
    assert not AuditEvent.objects.filter(event=Event.SYMPTOMS_IN_ERROR).exists()

    lift_red_flag(actor=prescriber, patient=patient, reason="Seen today", at=TOLD_AT)
    assert in_error(flag, actor=nurse).in_error_by == nurse


def test_what_pauses_nothing_is_marked_by_a_nurse_too(told, in_error, nurse):
    assert in_error(told("FATIGUE"), actor=nurse).in_error_by == nurse


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_it_takes_a_reason(told, in_error, patient, reason):
    report = told()

    with pytest.raises(BadInput) as refusal:
        in_error(report, reason=reason)

    assert list(refusal.value.fields) == ["reason"]
    assert open_red_flag(patient=patient) == report


def test_the_second_press_is_told_and_changes_nothing(told, in_error, prescriber):
    report = told()
    in_error(report)
    before = AuditEvent.objects.count()

    with pytest.raises(Conflict) as refusal:
        in_error(report, actor=prescriber, reason="Again", at=MARKED_AT + timedelta(hours=1))

    assert refusal.value.code == "ENTERED_IN_ERROR"
    report.refresh_from_db()
    assert report.in_error_reason == "It was another patient"
    assert AuditEvent.objects.count() == before


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_presses_in_the_same_moment_one_counts(told, in_error, patient, taper):
    report = told()

    outcomes = at_once(*(lambda: in_error(report) for _ in range(4)))

    assert refusals(outcomes) == ["ENTERED_IN_ERROR"] * 3
    assert AuditEvent.objects.filter(event=Event.SYMPTOMS_IN_ERROR).count() == 1
    assert AuditEvent.objects.filter(event=Event.TASK_DONE).count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_lifted_and_marked_in_the_same_moment_is_one_of_the_two(
    told, in_error, patient, taper, prescriber
):
    report = told()

    outcomes = at_once(
        lambda: in_error(report),
        lambda: lift_red_flag(actor=prescriber, patient=patient, reason="Seen", at=MARKED_AT),
    )

    assert refusals(outcomes) in ([], ["NO_RED_FLAG"])
    patient.refresh_from_db()
    assert (patient.reminders_paused_at, open_red_flag(patient=patient)) == (None, None)
    assert open_tasks() == []
    assert open_alerts_about("ADRENAL_RED") == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_another_red_flag_of_the_same_moment_keeps_the_pause(told, in_error, patient, taper):
    report = told()

    outcomes = at_once(lambda: in_error(report), lambda: told("CONFUSION", minutes=130))

    assert refusals(outcomes) == []
    patient.refresh_from_db()
    assert has_red_flag(patient)
    assert "Confusion" in patient.reminders_paused_reason
    assert len(open_tasks()) == len(open_alerts_about("ADRENAL_RED")) == 1


def test_the_database_keeps_no_mark_without_a_reason_or_a_person(told):
    report = told()

    for half in ({"in_error_at": MARKED_AT}, {"in_error_reason": "No"}):
        with pytest.raises(IntegrityError, match="in_error"), transaction.atomic():
            SymptomReport.objects.filter(pk=report.pk).update(**half)


# The pause ----------------------------------------------------------------------------------------


def test_the_pause_that_only_this_report_caused_ends_and_reductions_are_reminded_of(
    told, in_error, patient, taper, mailbox
):
    report = told()

    in_error(report)
    for hours in range(0, 24 * 12, 4):
        engine.sweep(at=MARKED_AT + timedelta(hours=hours))

    patient.refresh_from_db()
    assert (patient.reminders_paused_at, patient.reminders_paused_reason) == (None, "")
    sent = Reminder.objects.filter(status="SENT", kind="STEP_DAY")
    assert may(25) in {row.local_date for row in sent}


def test_another_red_flag_that_stands_keeps_the_pause_in_its_own_words(
    told, in_error, patient, taper, nurse
):
    wrong = told("FAINTING")
    right = told("CONFUSION", minutes=30)

    in_error(wrong)

    patient.refresh_from_db()
    assert has_red_flag(patient)
    assert patient.reminders_paused_at == right.recorded_at
    assert patient.reminders_paused_reason == (
        "Red flag: Confusion or marked sleepiness, reported 2026-05-20."
    )
    assert open_red_flag(patient=patient) == right
    said = [each.text for each in timeline_of(actor=nurse, patient=patient)]
    assert any("Another red flag is open; reminders of reductions stay paused." in s for s in said)


def test_the_earlier_of_two_stands_when_the_later_was_wrong(told, in_error, patient, taper):
    right = told("FAINTING")
    wrong = told("CONFUSION", minutes=30)

    in_error(wrong)

    patient.refresh_from_db()
    assert "Fainting" in patient.reminders_paused_reason
    assert "Confusion" not in patient.reminders_paused_reason
    assert open_red_flag(patient=patient) == right
    [alert] = open_alerts_about("ADRENAL_RED")
    assert (alert.values["symptoms"], alert.symptom_report) == (["FAINTING"], right)
    [task] = open_tasks()
    assert "Fainting" in task.text


@pytest.mark.parametrize("flags", [1, 2])
def test_a_pause_by_hand_of_before_stands_again(told, in_error, patient, taper, nurse, flags):
    paused_at = TOLD_AT - timedelta(days=1)
    pause_reminders(actor=nurse, patient=patient, reason="On holiday", at=paused_at)
    patient.refresh_from_db()
    reports = [told(minutes=minute) for minute in range(flags)]

    for report in reports:
        in_error(report)

    patient.refresh_from_db()
    assert patient.reminders_paused_at == paused_at
    assert patient.reminders_paused_reason == "On holiday"
    marked = AuditEvent.objects.filter(event=Event.SYMPTOMS_IN_ERROR)
    became = sorted(each.details["pause"] for each in marked)
    assert became == ["BY_HAND", "STANDS"][:flags]


def test_a_flag_that_was_lifted_already_pauses_and_resumes_nothing(
    told, in_error, patient, taper, prescriber
):
    wrong = told()
    lift_red_flag(actor=prescriber, patient=patient, reason="Well", at=TOLD_AT)
    right = told("CONFUSION", minutes=5)

    in_error(wrong)

    patient.refresh_from_db()
    wrong.refresh_from_db()
    assert has_red_flag(patient)
    assert open_red_flag(patient=patient) == right
    assert wrong.lift_reason == "Well"
    assert len(open_tasks()) == len(open_alerts_about("ADRENAL_RED")) == 1


# The alert ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("symptoms", [("FAINTING",), TWO_MINOR])
def test_its_alert_is_closed_and_says_that_it_was_entered_in_error(
    told, in_error, patient, taper, symptoms
):
    report = told(*symptoms)
    [alert] = Alert.objects.filter(symptom_report=report, taper=taper)

    in_error(report)

    alert.refresh_from_db()
    assert (alert.closed_at, alert.acknowledged_at) == (MARKED_AT, None)
    assert cause_of(alert).label.endswith("marked as entered in error")
    told_of = Alert.objects.filter(code__in=["ADRENAL_RED", "ADRENAL_MINOR"])
    assert not told_of.filter(closed_at=None).exists()


def test_without_a_taper_the_critical_alert_of_the_course_is_closed_too(told, in_error, patient):
    report = told()
    [alert] = open_alerts_about("ADRENAL_RED")

    in_error(report)

    alert.refresh_from_db()
    assert alert.closed_at == MARKED_AT
    escalation = Reminder.objects.filter(kind="ALERT_ESCALATED")
    assert {row.status for row in escalation} == {"CANCELLED"}


def test_without_a_taper_what_another_report_of_the_day_says_is_raised_in_its_own_words(
    told, in_error, patient
):
    wrong = told("FAINTING", "CONFUSION")
    told("REPEATED_VOMITING", minutes=10)

    in_error(wrong)

    [alert] = open_alerts_about("ADRENAL_RED")
    assert alert.values["symptoms"] == "repeated vomiting"


def test_a_critical_alert_that_it_made_of_something_else_is_milder_again(
    told, in_error, patient, nurse
):
    record_fact(
        actor=nurse,
        patient=patient,
        kind=FactKind.INFECTION,
        given={"infection": "PNEUMONIA", "from_on": may(18)},
        at=TOLD_AT - timedelta(days=1),
    )
    first = told("CHOKING")
    wrong = told("FAINTING", "CHOKING", minutes=5)
    [critical] = open_alerts_about("SWALLOW")
    assert critical.severity == "CRITICAL"

    in_error(first)
    still = open_alerts_about("SWALLOW")
    in_error(wrong)

    assert [each.severity for each in still] == ["CRITICAL"]
    assert open_alerts_about("SWALLOW") == []


def test_an_alert_first_read_with_the_report_but_not_because_of_it_stays(
    told, in_error, patient, taper
):
    report = told("FAINTING")
    [late] = open_alerts_about("STEP_LATE")
    assert late.symptom_report == report

    in_error(report)

    assert open_alerts_about("STEP_LATE") == [late]


def test_long_after_its_day_the_critical_alert_is_closed_all_the_same(told, in_error, patient):
    report = told()

    in_error(report, at=TOLD_AT + timedelta(days=60))

    assert open_alerts_about("ADRENAL_RED") == []


def test_the_same_symptom_of_another_report_is_raised_anew_under_that_report(told, in_error, taper):
    wrong = told("FAINTING")
    right = told("FAINTING", minutes=10)

    in_error(wrong)

    [alert] = open_alerts_about("ADRENAL_RED")
    assert (alert.symptom_report, alert.values["symptoms"]) == (right, ["FAINTING"])


def test_an_alert_of_others_says_no_more_what_was_wrong(told, in_error, taper):
    wrong = told("FATIGUE", "NAUSEA")
    told("NAUSEA", "ACHES", minutes=10)

    in_error(wrong)

    [alert] = open_alerts_about("ADRENAL_MINOR")
    assert alert.values["symptoms"] == ["NAUSEA", "ACHES"]


def test_what_a_person_took_note_of_stays_as_it_was_written(
    told, in_error, patient, taper, prescriber
):
    report = told()
    [alert] = open_alerts_about("ADRENAL_RED")
    acknowledge_alert(actor=prescriber, alert=alert, reason="Called", at=TOLD_AT)

    in_error(report)

    alert.refresh_from_db()
    assert (alert.reason, alert.closed_at) == ("Called", None)
    assert open_alerts_about("ADRENAL_RED") == []


def test_what_was_lifted_with_it_is_not_asked_again(told, in_error, patient, taper, prescriber):
    wrong = told("FAINTING")
    told("FAINTING", minutes=5)
    at = TOLD_AT + timedelta(minutes=30)
    lift_red_flag(actor=prescriber, patient=patient, reason="Seen", at=at)

    in_error(wrong)

    assert open_alerts_about("ADRENAL_RED") == []


# The task and the word to the patient -------------------------------------------------------------


@pytest.mark.parametrize("symptoms", [("FAINTING",), ("NAUSEA",)])
def test_its_task_is_closed_with_a_sentence(told, in_error, prescriber, taper, symptoms):
    in_error(told(*symptoms))

    [task] = TeamTask.objects.all()
    assert (task.done_at, task.done_by) == (MARKED_AT, prescriber)
    assert task.done_note == (
        "The symptoms were marked as entered in error: It was another patient"
    )


def test_a_task_that_a_person_finished_stays_as_it_is(told, in_error, patient, taper, prescriber):
    report = told()
    TeamTask.objects.update(done_at=TOLD_AT, done_by=prescriber, done_note="Called, well")

    in_error(report)

    assert TeamTask.objects.get().done_note == "Called, well"


@pytest.mark.parametrize(
    ("wrong", "right", "kind"),
    [
        (("FAINTING",), ("CONFUSION",), TaskKind.RED_FLAG),
        (("NAUSEA",), ("FEVER",), TaskKind.CALL_PATIENT),
    ],
)
def test_what_was_told_beside_it_is_asked_for_anew(told, in_error, taper, wrong, right, kind):
    first, _ = told(*wrong), told(*right, minutes=10)

    in_error(first)

    [task] = open_tasks()
    assert task.kind == kind
    assert ("Confusion" if kind == TaskKind.RED_FLAG else "Fever") in task.text
    assert TeamTask.objects.filter(done_at__isnull=False).count() == 1


def test_a_call_that_another_report_asked_for_first_stays_one_task(told, in_error, taper):
    told("FEVER")
    second = told("NAUSEA", minutes=10)

    in_error(second)

    assert ["Fever" in task.text for task in open_tasks()] == [True]
    assert TeamTask.objects.count() == 1


def test_the_patient_is_no_longer_told_to_call(told, in_error, patient, taper):
    report = told("NAUSEA")
    assert report_to_call_about(patient=patient) == report

    in_error(report)

    assert report_to_call_about(patient=patient) is None
    assert latest_symptom_report(patient=patient) is None


def test_the_patient_is_told_to_call_about_what_else_was_said(told, in_error, patient, taper):
    right = told("FEVER")
    wrong = told("NAUSEA", minutes=10)

    in_error(wrong)

    assert report_to_call_about(patient=patient) == right


# The mail to the team -----------------------------------------------------------------------------


def test_a_mail_that_waits_is_cancelled_with_the_reason(told, in_error, taper, mailbox):
    in_error(told())

    mail = Reminder.objects.get(kind="RED_FLAG")
    assert (mail.status, mail.outcome_note) == (
        "CANCELLED",
        "The red flag was marked as entered in error.",
    )
    engine.sweep(at=MARKED_AT + timedelta(minutes=1))
    assert not [each for each in mailbox.received if "red flag" in str(each["Subject"]).lower()]


def test_a_mail_that_was_sent_stays_sent_and_none_follows_it(
    told, in_error, taper, nurse, prescriber, mailbox
):
    report = told()
    engine.sweep(at=TOLD_AT + timedelta(minutes=1))
    sent = len(mailbox.received)

    in_error(report)
    engine.sweep(at=MARKED_AT + timedelta(minutes=1))

    assert Reminder.objects.get(kind="RED_FLAG").status == "SENT"
    assert len(mailbox.received) == sent


def test_the_mail_of_another_red_flag_still_goes_out(told, in_error, taper):
    wrong, right = told(), told("CONFUSION", minutes=1)

    in_error(wrong)

    by_source = dict(Reminder.objects.filter(kind="RED_FLAG").values_list("source", "status"))
    assert by_source == {
        f"red-flag:{wrong.pk}": "CANCELLED",
        f"red-flag:{right.pk}": "SCHEDULED",
    }
