"""Where patients stand, and how many questions to the database that takes."""

from datetime import date
from decimal import Decimal

import pytest

from tapers.selectors import courses_for, doses_for, plans_of, steps_due_or_late
from tests.factories import PatientFactory, SteroidExposureFactory
from tests.factories_tapers import StepReportFactory, TaperFactory
from tests.tapers.story import june, may, morning_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("many", [5, 50])
def test_courses_take_three_queries_for_5_and_for_50(many, clinic, django_assert_num_queries):
    tapers = [
        TaperFactory(patient=PatientFactory(clinic=clinic), running=True) for _ in range(many)
    ]
    for taper in tapers:
        StepReportFactory(taper=taper)

    with django_assert_num_queries(3):
        courses = courses_for(
            patient_ids=[each.patient_id for each in tapers], at=morning_of(may(12))
        )

    assert len(courses) == many
    assert {each.daily_mg for each in courses.values()} == {Decimal(20)}


@pytest.mark.parametrize("many", [2, 20])
def test_the_worklist_of_steps_takes_four(many, nurse, clinic, django_assert_num_queries):
    for _ in range(many):
        TaperFactory(patient=PatientFactory(clinic=clinic), running=True)

    with django_assert_num_queries(4):
        rows = steps_due_or_late(actor=nurse, clinic=clinic, at=morning_of(may(12)))

    assert len(rows) == many


def test_plans_come_in_one_query(django_assert_num_queries):
    tapers = [TaperFactory() for _ in range(3)]

    with django_assert_num_queries(1):
        plans = plans_of(tapers)

    assert {plan.first_zero_on for plan in plans.values()} == {june(15)}


def test_nobody_asked_for_is_no_course():
    assert courses_for(patient_ids=[], at=morning_of(may(12))) == {}


def test_a_draft_is_no_course():
    draft = TaperFactory()

    assert courses_for(patient_ids=[draft.patient_id], at=morning_of(may(12))) == {}


def test_the_running_taper_comes_before_any_that_ended():
    running = TaperFactory(running=True)
    TaperFactory(
        patient=running.patient,
        running=True,
        status="REVOKED",
        ended_on=may(1),
        ended_by=running.created_by,
        ended_at=morning_of(may(30)),
    )

    [course] = courses_for(patient_ids=[running.patient_id], at=morning_of(may(12))).values()

    assert course.taper_id == running.pk


def test_of_those_that_ended_the_last_one_counts():
    patient = PatientFactory()
    ended = [
        TaperFactory(
            patient=patient,
            running=True,
            status=status,
            ended_on=day,
            ended_by=patient.created_by,
            ended_at=morning_of(day),
        )
        for status, day in (("REVOKED", may(20)), ("COMPLETED", june(15)), ("REVOKED", may(6)))
    ]

    [course] = courses_for(patient_ids=[patient.pk], at=morning_of(june(20))).values()

    assert (course.taper_id, course.daily_mg) == (ended[1].pk, 0)


def test_before_the_plan_the_dose_is_the_one_it_starts_from():
    taper = TaperFactory(running=True)

    [course] = courses_for(patient_ids=[taper.patient_id], at=morning_of(may(1))).values()

    assert (course.daily_mg, course.dose_now.step_number) == (40, None)
    assert course.next_step.number == 1
    assert course.late is None


def test_without_a_taper_the_dose_is_what_was_recorded_or_not_known(clinic):
    known, alternating, unknown = (PatientFactory(clinic=clinic) for _ in range(3))
    SteroidExposureFactory(patient=known, daily_mg=Decimal(30))
    SteroidExposureFactory(patient=alternating, daily_mg=Decimal(25), alternate_daily_mg=Decimal(0))
    SteroidExposureFactory(patient=unknown, started_on=date(2025, 1, 1), ended_on=date(2025, 6, 1))

    doses = doses_for(patients=[known, alternating, unknown], at=morning_of(may(4)))

    assert doses[known.pk].daily_mg == 30
    assert doses[alternating.pk].daily_mg == Decimal("12.5")
    assert unknown.pk not in doses


def test_a_taper_says_more_than_the_exposure_before_it(clinic):
    taper = TaperFactory(patient=PatientFactory(clinic=clinic), running=True)
    SteroidExposureFactory(patient=taper.patient, daily_mg=Decimal(60))

    doses = doses_for(patients=[taper.patient], at=morning_of(may(20)))

    assert doses[taper.patient_id].daily_mg == 10
