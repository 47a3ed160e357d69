"""Each morning the rules are held against every course: what falls due appears by itself."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from patients.models import Patient, TeamTask
from patients.vocabulary import PatientStatus
from tapers.models import Alert, CourseEvaluation
from tapers.selectors import record
from tapers.services import daily
from tapers.services.course_alerts import evaluate_course
from tests.factories import (
    AssessmentFactory,
    ClinicFactory,
    DiagnosisFactory,
    PatientFactory,
    SteroidExposureFactory,
)
from tests.factories_tapers import TaperFactory
from tests.tapers.story import may, morning_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def untreated(clinic) -> Patient:
    """Confirmed for months, on 40 mg, and nobody has made a plan."""
    patient = PatientFactory(clinic=clinic)
    DiagnosisFactory(patient=patient, confirmed_on=date(2026, 1, 5))
    SteroidExposureFactory(patient=patient, started_on=date(2026, 1, 5), ended_on=None)
    return patient


def codes(patient: Patient) -> set[str]:
    return set(Alert.objects.filter(patient=patient, closed_at=None).values_list("code", flat=True))


def test_nobody_has_to_do_anything_for_a_missing_plan_to_be_told(untreated):
    tally = daily.evaluate_courses(at=morning_of(may(4)))

    assert {"NO_PLAN", "DOSE_GT10"} <= codes(untreated)
    assert (tally.read, tally.failed, tally.stopped) == (1, 0, False)
    assert tally.raised == Alert.objects.count()


def test_a_step_becomes_late_and_a_visit_overdue_as_the_days_go_by(clinic):
    patient = PatientFactory(clinic=clinic)
    TaperFactory(patient=patient, running=True)
    AssessmentFactory(patient=patient, assessed_on=may(4), full=True)
    seen = {}

    for day in (may(4), may(5), may(8), date(2026, 6, 1), date(2026, 7, 1)):
        daily.evaluate_courses(at=morning_of(day))
        seen[day] = codes(patient)

    assert "STEP_LATE" not in seen[may(4)]
    assert "STEP_LATE" in seen[may(5)]
    assert "ASSESS_DUE" not in seen[may(8)]
    assert "ASSESS_DUE" in seen[date(2026, 6, 1)]
    assert "ASSESS_OVERDUE" in seen[date(2026, 7, 1)]
    late = Alert.objects.filter(code="STEP_LATE", patient=patient).order_by("raised_at")
    assert [alert.severity for alert in late][:2] == ["INFO", "WARNING"]


def test_a_course_is_read_once_a_day(untreated):
    first = daily.evaluate_courses(at=morning_of(may(4)))
    again = daily.evaluate_courses(at=morning_of(may(4)) + timedelta(hours=3))
    tomorrow = daily.evaluate_courses(at=morning_of(may(5)))

    assert (first.read, again.read, tomorrow.read) == (1, 0, 1)


def test_it_waits_for_the_morning_of_each_clinic():
    berlin = PatientFactory(clinic=ClinicFactory(time_zone="Europe/Berlin"))
    lisbon = PatientFactory(clinic=ClinicFactory(time_zone="Europe/Lisbon"))
    five_in_berlin = datetime(2026, 5, 4, 3, tzinfo=UTC)

    def read() -> set[Patient]:
        return {each.patient for each in CourseEvaluation.objects.select_related("patient")}

    daily.evaluate_courses(at=five_in_berlin - timedelta(minutes=1))
    assert read() == set()
    daily.evaluate_courses(at=five_in_berlin)
    assert read() == {berlin}
    daily.evaluate_courses(at=five_in_berlin + timedelta(hours=1))
    assert read() == {berlin, lisbon}


@pytest.mark.parametrize("status", [PatientStatus.DIED, PatientStatus.TRANSFERRED])
def test_only_patients_under_care_are_read(clinic, status):
    PatientFactory(clinic=clinic, status=status)

    assert daily.evaluate_courses(at=morning_of(may(4))).read == 0


def test_a_run_that_is_stopped_goes_on_where_it_was(clinic, monkeypatch):
    monkeypatch.setattr(daily, "BATCH", 2)
    PatientFactory.create_batch(7, clinic=clinic)
    left = iter([False, False, False, True])

    first = daily.evaluate_courses(at=morning_of(may(4)), stop=lambda: next(left))
    rest = daily.evaluate_courses(at=morning_of(may(4)) + timedelta(minutes=10))

    assert (first.read, first.stopped) == (3, True)
    assert (rest.read, rest.stopped) == (4, False)


@pytest.fixture
def unreadable(clinic, monkeypatch) -> Patient:
    """A record that makes a rule fail, between two that do not."""
    one, two, three = sorted((PatientFactory(clinic=clinic) for _ in range(3)), key=lambda p: p.pk)
    read = record.course_facts

    def facts(*, patient, as_of):
        if patient.pk == two.pk:
            raise ZeroDivisionError
        return read(patient=patient, as_of=as_of)

    monkeypatch.setattr("tapers.services.course_alerts.course_facts", facts)
    return two


def test_a_course_that_cannot_be_read_stops_no_other_and_is_told(unreadable):
    tally = daily.evaluate_courses(at=morning_of(may(4)))

    assert (tally.read, tally.failed) == (2, 1)
    kept = CourseEvaluation.objects.get(patient=unreadable)
    assert (kept.failure, kept.failed_at, kept.evaluated_on) == (
        "ZeroDivisionError",
        morning_of(may(4)),
        None,
    )
    [task] = TeamTask.objects.filter(patient=unreadable)
    assert task.kind == "COURSE_NOT_READ"
    assert unreadable.code in task.text


def test_what_failed_is_tried_again_after_an_hour_with_one_task(unreadable):
    for minutes in (0, 10, 59, 61):
        daily.evaluate_courses(at=morning_of(may(4)) + timedelta(minutes=minutes))

    kept = CourseEvaluation.objects.get(patient=unreadable)
    assert kept.failed_at == morning_of(may(4)) + timedelta(minutes=61)
    assert TeamTask.objects.filter(patient=unreadable).count() == 1


def test_a_visit_that_makes_a_rule_fail_is_stored_and_the_failure_told(unreadable, nurse):
    evaluate_course(patient=unreadable, actor=nurse, at=morning_of(may(4)))

    assert CourseEvaluation.objects.get(patient=unreadable).failure == "ZeroDivisionError"
    assert TeamTask.objects.filter(patient=unreadable, kind="COURSE_NOT_READ").exists()


def test_once_the_rules_answer_again_the_failure_is_over(unreadable, monkeypatch):
    daily.evaluate_courses(at=morning_of(may(4)))
    monkeypatch.undo()

    daily.evaluate_courses(at=morning_of(may(5)))

    kept = CourseEvaluation.objects.get(patient=unreadable)
    assert (kept.failure, kept.failed_at, kept.evaluated_on) == ("", None, may(5))


def test_reading_costs_as_many_queries_a_patient_whoever_else_there_is(
    clinic, django_assert_max_num_queries
):
    PatientFactory.create_batch(20, clinic=clinic)

    with django_assert_max_num_queries(20 * 26 + 4):
        daily.evaluate_courses(at=morning_of(may(4)))


def test_the_command_reads_the_courses_and_says_how_many(clinic, capsys, monkeypatch):
    PatientFactory(clinic=clinic)
    monkeypatch.setattr("patients.clock.database_now", lambda: morning_of(may(4)))

    call_command("evaluate_courses")

    assert capsys.readouterr().out.startswith("read 1, raised ")


def test_the_command_fails_when_a_course_could_not_be_read(unreadable, monkeypatch):
    monkeypatch.setattr("patients.clock.database_now", lambda: morning_of(may(4)))

    with pytest.raises(CommandError, match="could not be read"):
        call_command("evaluate_courses")
