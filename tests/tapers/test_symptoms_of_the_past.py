"""Symptoms have a day of their own: recent ones act as those of today, older ones are history."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from notifications.models import Reminder
from patients.errors import BadInput, Conflict
from patients.models import AuditEvent, TeamTask
from patients.vocabulary import Event, TaskKind
from tapers.domain.annotations import Kind, annotations_of
from tapers.domain.rules.rulebook import course_findings
from tapers.domain.symptoms import ACTS_WITHIN_DAYS, Symptom
from tapers.models import Alert, SymptomReport
from tapers.presenters.alerts import cause_of
from tapers.selectors import (
    latest_symptom_report,
    open_red_flag,
    report_to_call_about,
    timeline_of,
)
from tapers.selectors.record import course_facts
from tapers.services.alerts import acknowledge_alert
from tapers.services.symptoms import lift_red_flag, report_symptoms
from tests.factories import PatientFactory
from tests.tapers.story import may, morning_of

pytestmark = pytest.mark.django_db

TOLD_ON = may(20)
LAST_THAT_ACTS = TOLD_ON - timedelta(days=ACTS_WITHIN_DAYS)
HISTORY = LAST_THAT_ACTS - timedelta(days=1)
TWO_MINOR = ("FATIGUE", "NAUSEA")


@pytest.fixture
def told(nurse, patient):
    """What the nurse writes down on 20 May of an earlier day."""

    def make(on=None, symptoms=("FAINTING",), **given):
        values = {"reported_by": "PATIENT", "at": morning_of(TOLD_ON)} | given
        return report_symptoms(
            actor=nurse, patient=patient, symptoms=symptoms, happened_on=on, **values
        )

    return make


def codes_as_of(patient, day):
    facts = course_facts(patient=patient, as_of=day)
    return {each.code: each.severity for each in course_findings(facts=facts, as_of=day)}


# The day ------------------------------------------------------------------------------------------


def test_without_a_day_it_is_of_the_day_it_was_told(told):
    stored = told()

    assert (stored.happened_on, stored.reported_on, stored.is_history) == (TOLD_ON, TOLD_ON, False)


def test_today_is_the_patients_own_also_late_in_the_evening(nurse, clinic):
    patient = PatientFactory(clinic=clinic, time_zone="Pacific/Auckland")

    stored = report_symptoms(
        actor=nurse,
        patient=patient,
        symptoms=["NAUSEA"],
        reported_by="PATIENT",
        at=morning_of(TOLD_ON),
    )

    assert stored.happened_on == may(21)


def test_any_day_since_birth_can_be_given(told, patient):
    assert told(patient.birth_date).happened_on == patient.birth_date


@pytest.mark.parametrize("days", [1, 3000])
def test_no_day_ahead_can_be_given(told, patient, days):
    with pytest.raises(BadInput) as refusal:
        told(TOLD_ON + timedelta(days=days))

    said = f"The date must lie between {patient.birth_date} and {TOLD_ON}."
    assert refusal.value.fields == {"happened_on": [said]}
    assert not SymptomReport.objects.exists()


def test_no_day_before_the_birth_can_be_given(told, patient):
    with pytest.raises(BadInput) as refusal:
        told(patient.birth_date - timedelta(days=1))

    assert list(refusal.value.fields) == ["happened_on"]


def test_the_trail_and_the_timeline_say_of_which_day(told, nurse, patient):
    past = told(HISTORY)
    told(LAST_THAT_ACTS, symptoms=["NAUSEA"])
    told(symptoms=["ACHES"])

    event = AuditEvent.objects.get(event=Event.SYMPTOMS_REPORTED, subject_id=str(past.pk))
    assert (event.details["happened_on"], event.details["is_history"]) == ("2026-05-12", True)
    said = [each.text for each in timeline_of(actor=nurse, patient=patient)]
    assert "Symptoms of 2026-05-12 reported as history: fainting or collapse." in said
    assert "Symptoms of 2026-05-13 reported: nausea." in said
    assert "Symptoms reported: aching muscles or joints." in said


# What still asks for somebody ---------------------------------------------------------------------


@pytest.mark.parametrize("on", [TOLD_ON, TOLD_ON - timedelta(days=1), LAST_THAT_ACTS])
def test_a_red_flag_of_the_last_days_acts_as_one_of_today(told, patient, taper, on):
    report = told(on)

    patient.refresh_from_db()
    assert patient.reminders_paused_at is not None
    assert open_red_flag(patient=patient) == report
    assert Alert.objects.get(code="ADRENAL_RED").severity == "CRITICAL"
    assert TeamTask.objects.filter(kind=TaskKind.RED_FLAG).count() == 1
    assert Reminder.objects.filter(kind="RED_FLAG").count() == 1
    assert report.taper == taper


def test_task_pause_and_alert_say_the_day_where_it_is_not_today(told, patient, taper):
    told(LAST_THAT_ACTS)

    patient.refresh_from_db()
    assert "of 2026-05-13, reported 2026-05-20" in patient.reminders_paused_reason
    assert "of 2026-05-13" in TeamTask.objects.get(kind=TaskKind.RED_FLAG).text
    alert = Alert.objects.get(code="ADRENAL_RED")
    assert (alert.values["happened_on"], alert.values["reported_on"]) == (
        "2026-05-13",
        "2026-05-20",
    )
    assert cause_of(alert).label == "symptoms of Wed 13 May 2026, reported on Wed 20 May 2026"


def test_other_symptoms_of_the_last_days_ask_the_team_to_call(told, patient, taper):
    report = told(LAST_THAT_ACTS, symptoms=TWO_MINOR)

    assert "New fatigue, nausea of 2026-05-13." in TeamTask.objects.get().text
    assert report_to_call_about(patient=patient) == report
    assert Alert.objects.get(code="ADRENAL_MINOR").taper == taper


# What is only kept --------------------------------------------------------------------------------


@pytest.mark.parametrize("symptoms", [["FAINTING"], TWO_MINOR, ["FEVER"], []])
def test_history_pauses_nothing_opens_no_task_and_mails_nobody(told, patient, taper, symptoms):
    mails = set(Reminder.objects.filter(status="SCHEDULED").values_list("key", flat=True))

    report = told(HISTORY, symptoms=symptoms, note="Told at the visit")

    patient.refresh_from_db()
    assert report.is_history
    assert patient.reminders_paused_at is None
    assert open_red_flag(patient=patient) is None
    assert not TeamTask.objects.exists()
    assert not Alert.objects.filter(severity="CRITICAL").exists()
    assert not Reminder.objects.filter(kind="RED_FLAG").exists()
    after = set(Reminder.objects.filter(status="SCHEDULED").values_list("key", flat=True))
    assert mails <= after


def test_a_red_flag_of_weeks_ago_is_a_warning_before_the_next_step_not_a_call(told, taper):
    told(HISTORY)

    alert = Alert.objects.get(code="ADRENAL_RED")
    assert alert.severity == "WARNING"
    assert "Fainting or collapse on 12 May 2026" in alert.message
    assert "Call patient now" not in alert.message
    assert "No reminder of a reduction" not in alert.message


def test_a_red_flag_of_years_ago_is_no_alert_at_all(told, taper):
    told(date(2024, 2, 1))

    assert not Alert.objects.filter(code="ADRENAL_RED").exists()


def test_history_tells_the_patient_nothing_while_a_call_still_waits(told, patient, taper):
    waiting = told(symptoms=["FATIGUE"])

    told(HISTORY, at=morning_of(TOLD_ON) + timedelta(hours=1))

    assert report_to_call_about(patient=patient) == waiting
    assert latest_symptom_report(patient=patient) == waiting


def test_history_beside_an_open_red_flag_leaves_it_as_it_is(told, patient, taper, prescriber):
    flag = told()
    past = told(HISTORY)
    assert open_red_flag(patient=patient) == flag

    lift_red_flag(actor=prescriber, patient=patient, reason="Seen", at=morning_of(may(21)))

    past.refresh_from_db()
    assert (past.lifted_at, past.lift_reason) == (None, "")
    assert open_red_flag(patient=patient) is None


def test_history_alone_is_no_red_flag_to_lift(told, patient, taper, prescriber):
    told(HISTORY)

    with pytest.raises(Conflict, match="no red flag"):
        lift_red_flag(actor=prescriber, patient=patient, reason="Seen", at=morning_of(may(21)))


def test_history_asks_nobody_again_about_what_was_taken_note_of(told, prescriber, taper):
    told(symptoms=["NAUSEA"], at=morning_of(may(17)))
    told(symptoms=["FATIGUE"], at=morning_of(may(18)))
    [standing] = Alert.objects.filter(code="ADRENAL_MINOR")
    at = morning_of(may(19))
    acknowledge_alert(actor=prescriber, alert=standing, reason="Sodium is normal.", at=at)

    told(HISTORY - timedelta(days=5), symptoms=["LOW_MOOD"])

    assert [each.pk for each in Alert.objects.filter(code="ADRENAL_MINOR")] == [standing.pk]


def test_the_database_keeps_history_in_the_past_and_never_open(told, taper):
    kept = told(HISTORY)

    with pytest.raises(IntegrityError, match="symptom_history_is_past"), transaction.atomic():
        SymptomReport.objects.filter(pk=kept.pk).update(happened_on=TOLD_ON)


# As of a day --------------------------------------------------------------------------------------


@pytest.mark.parametrize("on", [HISTORY, LAST_THAT_ACTS])
def test_a_day_knows_of_it_from_the_day_it_happened_not_from_when_it_was_typed_in(
    told, patient, on
):
    told(on, symptoms=["FALL_WITH_INJURY"])

    before, that_day = (
        course_facts(patient=patient, as_of=day) for day in (on - timedelta(days=1), on)
    )

    assert before.symptoms == ()
    assert [(each.on, each.symptoms) for each in that_day.symptoms] == [
        (on, frozenset({Symptom.FALL_WITH_INJURY}))
    ]


def test_the_rules_read_history_by_its_day(told, patient, taper):
    told(HISTORY)

    said = {
        days: codes_as_of(patient, HISTORY + timedelta(days=days)).get("ADRENAL_RED")
        for days in (-1, 0, ACTS_WITHIN_DAYS, ACTS_WITHIN_DAYS + 1, 27, 28)
    }

    assert said == {-1: None, 0: "CRITICAL", 7: "CRITICAL", 8: "WARNING", 27: "WARNING", 28: None}


def test_minor_symptoms_and_falls_of_the_past_stand_in_the_rules(told, patient, taper):
    told(HISTORY, symptoms=[*TWO_MINOR, "FALL"])

    assert {"ADRENAL_MINOR", "FALLS"} & set(codes_as_of(patient, may(11))) == set()
    assert {"ADRENAL_MINOR", "FALLS"} <= set(codes_as_of(patient, HISTORY))
    assert {"ADRENAL_MINOR", "FALLS"} <= set(codes_as_of(patient, TOLD_ON))


def test_the_course_shows_it_on_its_day(told, patient):
    told(HISTORY)

    facts = course_facts(patient=patient, as_of=TOLD_ON)

    assert [(each.kind, each.on) for each in annotations_of(facts, as_of=TOLD_ON)] == [
        (Kind.RED_FLAG, HISTORY)
    ]
