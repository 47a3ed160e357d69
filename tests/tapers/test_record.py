"""What was known of a patient on a day, read from the rows."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patients.instruments.kidney import EquationSex
from tapers.domain.record import CourseFacts, Diagnosis, DoseOfDay
from tapers.domain.symptoms import Symptom
from tapers.selectors.record import course_facts
from tapers.services.changing import hold_taper, resume_taper
from tapers.services.reporting import report_step
from tapers.services.symptoms import report_symptoms
from tests.factories import (
    AssessmentFactory,
    DiagnosisFactory,
    MeasurementFactory,
    PatientFactory,
    SteroidExposureFactory,
)
from tests.factories_tapers import TaperFactory
from tests.tapers.story import may, morning_of

pytestmark = pytest.mark.django_db
APRIL = date(2026, 4, 1)


def test_of_a_new_patient_nothing_is_known_but_birth_date_and_sex(patient):
    facts = course_facts(patient=patient, as_of=may(4))

    assert facts == CourseFacts(
        born_on=patient.birth_date, sex=EquationSex(patient.sex), protocol=facts.protocol
    )
    assert facts.medicines is None
    assert facts.dose_on(may(4)) is None


def test_the_diagnosis_is_as_recorded(patient):
    DiagnosisFactory(patient=patient, confirmed_on=date(2026, 3, 20))

    assert course_facts(patient=patient, as_of=may(4)).diagnosis == Diagnosis(
        confirmed=True, confirmed_on=date(2026, 3, 20)
    )


def test_a_diagnosis_counts_from_the_day_it_was_confirmed_on(patient):
    DiagnosisFactory(patient=patient, confirmed_on=date(2026, 3, 20))

    before, on = (
        course_facts(patient=patient, as_of=date(2026, 3, day)).diagnosis for day in (19, 20)
    )

    assert before == Diagnosis()
    assert on == Diagnosis(confirmed=True, confirmed_on=date(2026, 3, 20))


def test_a_day_has_the_diagnosis_that_held_then(patient):
    DiagnosisFactory(
        patient=patient,
        status="SUSPECTED",
        confirmed_on=None,
        recorded_at=morning_of(date(2026, 1, 5)),
    )
    DiagnosisFactory(
        patient=patient, confirmed_on=date(2026, 2, 1), recorded_at=morning_of(date(2026, 2, 1))
    )
    DiagnosisFactory(
        patient=patient, confirmed_on=date(2026, 3, 1), recorded_at=morning_of(date(2026, 4, 1))
    )

    held = [
        course_facts(patient=patient, as_of=day).diagnosis.confirmed
        for day in (date(2026, 1, 4), date(2026, 1, 5), date(2026, 2, 28), date(2026, 3, 1))
    ]

    assert held == [None, False, False, True]


def test_a_day_knows_only_what_was_measured_and_said_by_then(patient, nurse):
    AssessmentFactory(patient=patient, assessed_on=APRIL, full=True)
    AssessmentFactory(patient=patient, assessed_on=may(4), full=True)
    for day in (5, 9):
        report_symptoms(
            actor=nurse,
            patient=patient,
            symptoms=["NAUSEA"],
            reported_by="STAFF",
            at=morning_of(may(day)),
        )

    before, after = (course_facts(patient=patient, as_of=may(day)) for day in (3, 8))

    assert {each.on for each in before.readings} == {APRIL}
    assert before.symptoms == ()
    assert {each.on for each in after.readings} == {APRIL, may(4)}
    assert [(each.on, each.symptoms) for each in after.symptoms] == [
        (may(5), frozenset({Symptom.NAUSEA}))
    ]


def test_a_reading_keeps_what_tells_it_apart(patient):
    visit = AssessmentFactory(patient=patient, assessed_on=APRIL, rater="R. Ames")
    MeasurementFactory(
        assessment=visit,
        code="MMT_MUSCLE",
        value=Decimal(6),
        grade="6",
        unit="{score}",
        scale="KENDALL",
        side="RIGHT",
        muscle="QUADRICEPS",
    )

    [dated] = course_facts(patient=patient, as_of=may(4)).readings

    assert (dated.rater, dated.reading.scale, dated.reading.side, dated.reading.muscle) == (
        "R. Ames",
        "KENDALL",
        "RIGHT",
        "QUADRICEPS",
    )


def test_a_count_of_cells_is_read_with_the_laboratorys_lower_limit(patient):
    blood = AssessmentFactory(patient=patient, assessed_on=APRIL)
    MeasurementFactory(
        assessment=blood, code="PLATELETS", value=Decimal(140), lower_limit=Decimal(150)
    )

    [dated] = course_facts(patient=patient, as_of=may(4)).readings

    assert (dated.reading.code, dated.reading.lower_limit) == ("PLATELETS", 150)


def test_a_corrected_visit_counts_as_it_now_stands(patient):
    wrong = AssessmentFactory(patient=patient, assessed_on=APRIL, full=True)
    AssessmentFactory(
        patient=patient, assessed_on=may(1), corrects=wrong, version=2, reason="Day", full=True
    )

    facts = course_facts(patient=patient, as_of=may(4))

    assert {each.on for each in facts.readings} == {may(1)}


def test_doses_before_the_taper_come_from_the_recorded_course(patient):
    SteroidExposureFactory(
        patient=patient,
        daily_mg=Decimal(30),
        alternate_daily_mg=Decimal(10),
        started_on=APRIL,
        ended_on=may(4),
    )

    facts = course_facts(patient=patient, as_of=may(10))

    assert facts.dose_on(date(2026, 4, 10)) == DoseOfDay(Decimal(20), confirmed=True)
    assert facts.dose_on(date(2026, 3, 1)) is None


def test_the_dose_of_a_day_follows_plan_and_reports(patient, nurse):
    taper = TaperFactory(patient=patient, running=True)
    report_step(
        actor=nurse,
        taper=taper,
        step_number=1,
        outcome="TAKEN",
        taken_on=may(4),
        reported_by="STAFF",
        at=morning_of(may(4)),
    )

    facts = course_facts(patient=patient, as_of=may(20))

    assert facts.dose_on(may(5)) == DoseOfDay(Decimal(30), confirmed=True)
    assert facts.dose_on(may(12)) == DoseOfDay(Decimal(20), confirmed=False)


def test_the_plan_of_a_day_is_the_one_that_held_then(patient, nurse):
    taper = TaperFactory(patient=patient, running=True)
    report_step(
        actor=nurse,
        taper=taper,
        step_number=1,
        outcome="TAKEN",
        taken_on=may(8),
        reported_by="STAFF",
        at=morning_of(may(8)),
    )

    before, after = (course_facts(patient=patient, as_of=may(day)).taper for day in (7, 8))

    assert before.plan.step(1).starts_on == may(4)
    assert before.reports == ()
    assert after.plan.step(1).starts_on == may(8)


def test_a_hold_that_was_resumed_since_still_held_then(patient, prescriber):
    taper = TaperFactory(patient=patient, running=True)
    hold_taper(actor=prescriber, taper=taper, on=may(6), reason="Fever", at=morning_of(may(6)))
    resume_taper(actor=prescriber, taper=taper, on=may(20), at=morning_of(may(20)))

    before, during, after = (course_facts(patient=patient, as_of=may(day)) for day in (5, 15, 20))

    assert [each.taper.held_on for each in (before, during, after)] == [None, may(6), None]
    assert during.dose_on(may(15)).prednisone_mg == 30
    assert after.dose_on(may(15)).prednisone_mg == 30


def test_a_draft_is_no_taper_yet(patient):
    TaperFactory(patient=patient)

    assert course_facts(patient=patient, as_of=may(20)).taper is None


def test_a_long_history_costs_no_more_queries_than_a_short_one(clinic):
    few, many = (PatientFactory(clinic=clinic) for _ in range(2))
    for patient, visits in ((few, 1), (many, 12)):
        TaperFactory(patient=patient, running=True)
        SteroidExposureFactory(patient=patient)
        for number in range(visits):
            AssessmentFactory(patient=patient, assessed_on=date(2026, 4, 1 + number), full=True)

    counts = []
    for patient in (few, many):
        with CaptureQueriesContext(connection) as captured:
            course_facts(patient=patient, as_of=may(20))
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 12
