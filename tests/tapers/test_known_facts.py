"""What the rules are told of recorded facts, as known on a day."""

from datetime import date

import pytest

from patients.facts import FactKind
from patients.services.exposure import correct_exposure, mark_exposure_in_error
from tapers.domain.record import Fall, Infection, Medicine, Test, TestDone
from tapers.models import Alert
from tapers.selectors.known import sick_day_plan_for
from tapers.selectors.record import course_facts
from tapers.services import facts
from tests.factories import SteroidExposureFactory
from tests.tapers.story import may, morning_of

pytestmark = pytest.mark.django_db
MARCH, APRIL = date(2026, 3, 2), date(2026, 4, 1)


@pytest.fixture
def record(nurse, patient):
    def stored(kind, at=None, **given):
        at = at or morning_of(may(4))
        return facts.record_fact(actor=nurse, patient=patient, kind=kind, given=given, at=at)

    return stored


@pytest.fixture
def known(patient):
    return lambda day: course_facts(patient=patient, as_of=day)


def test_nobody_having_asked_is_not_no(known):
    facts = known(may(4))

    assert facts.medicines is None
    assert facts.active_infection is None
    assert facts.pregnant_or_planning is None


def test_a_medicine_counts_from_its_first_day_to_before_its_end(record, known):
    record(FactKind.MEDICINE, medicine="ALLOPURINOL", from_on=MARCH, until_on=APRIL)
    record(FactKind.MEDICINE, medicine="OTHER", name="Vitamin D", from_on=APRIL)

    assert known(date(2026, 3, 1)).medicines is None
    assert known(MARCH).medicines == {Medicine.ALLOPURINOL}
    assert known(date(2026, 3, 31)).medicines == {Medicine.ALLOPURINOL}
    assert known(APRIL).medicines == frozenset()


def test_no_other_medicines_is_a_statement_of_its_own(record, known):
    record(FactKind.CIRCUMSTANCE, circumstance="OTHER_MEDICINES", answer="NO", on=APRIL)
    record(FactKind.CIRCUMSTANCE, circumstance="OTHER_MEDICINES", answer="NOT_ASKED", on=may(2))

    assert known(MARCH).medicines is None
    assert known(APRIL).medicines == frozenset()
    assert known(may(2)).medicines is None


def test_an_answer_holds_until_the_next_one(record, known):
    for answer, day in (("NO", MARCH), ("YES", APRIL), ("NOT_ASKED", may(3))):
        record(FactKind.CIRCUMSTANCE, circumstance="REGULAR_ALCOHOL", answer=answer, on=day)

    answers = [known(day).regular_alcohol for day in (date(2026, 3, 1), MARCH, APRIL, may(3))]

    assert answers == [None, False, True, None]


def test_of_two_answers_of_a_day_the_later_one_holds(record, known):
    for hour, answer in enumerate(("YES", "NO")):
        record(
            FactKind.CIRCUMSTANCE,
            at=morning_of(may(4)).replace(minute=hour),
            circumstance="LIVE_VACCINE_PLANNED",
            answer=answer,
            on=may(4),
        )

    assert known(may(4)).live_vaccine_planned is False


def test_an_infection_is_active_until_it_has_ended(record, known):
    record(FactKind.CIRCUMSTANCE, circumstance="INFECTION_NOW", answer="NO", on=MARCH)
    record(FactKind.INFECTION, infection="PNEUMONIA", from_on=APRIL, until_on=may(1))

    assert [known(day).active_infection for day in (MARCH, APRIL, may(1))] == [False, True, False]
    assert known(APRIL).infections == (Infection(APRIL, None, pneumonia=True),)
    assert known(may(1)).infections == (Infection(APRIL, may(1), pneumonia=True),)


def test_tests_and_falls_carry_their_days(record, known):
    record(FactKind.TEST, test="TPMT", on=APRIL)
    record(FactKind.FALL, on=APRIL)
    record(FactKind.FALL, on=may(2), injured=True)

    assert known(may(4)).tests == (TestDone(Test.TPMT, APRIL),)
    assert known(may(4)).falls == (Fall(APRIL), Fall(may(2), injured=True))
    assert known(APRIL).falls == (Fall(APRIL),)
    assert known(MARCH).tests == ()


def test_the_reason_for_a_low_dose_holds_while_it_holds(record, known):
    record(FactKind.LOW_DOSE_REASON, text="Beside methotrexate", from_on=APRIL, until_on=may(2))

    reasons = [known(day).low_dose_reason for day in (MARCH, APRIL, may(2))]

    assert reasons == ["", "Beside methotrexate", ""]


def test_the_sick_day_plan_of_a_day_is_the_latest_given_by_then(record, patient):
    for text, day in (("First", MARCH), ("Second", APRIL)):
        record(FactKind.SICK_DAY_PLAN, text=text, written_by="Dr Hale", on=day)

    assert sick_day_plan_for(patient=patient, on=date(2026, 3, 1)) is None
    assert sick_day_plan_for(patient=patient, on=date(2026, 3, 31)).text == "First"
    assert sick_day_plan_for(patient=patient, on=APRIL).text == "Second"


def test_a_fall_with_injury_is_told_at_once_and_no_more_when_it_was_never_so(
    record, nurse, patient
):
    fall = record(FactKind.FALL, on=may(2), injured=True)
    raised = Alert.objects.get(patient=patient, code="FALLS")

    facts.mark_fact_in_error(actor=nurse, fact=fall, reason="Wrong patient", at=morning_of(may(4)))

    raised.refresh_from_db()
    assert raised.severity == "WARNING"
    assert raised.closed_at is not None


def test_a_corrected_course_of_steroids_counts_as_it_now_stands(nurse, patient, known):
    wrong = SteroidExposureFactory(patient=patient, daily_mg=40, started_on=MARCH)

    correct_exposure(
        actor=nurse,
        exposure=wrong,
        drug="PREDNISONE",
        daily_mg=20,
        started_on=APRIL,
        reason="Another patient's dose",
        at=morning_of(may(4)),
    )

    assert known(MARCH).dose_on(MARCH) is None
    assert known(may(4)).dose_on(may(4)).prednisone_mg == 20


def test_a_course_entered_in_error_was_never_taken(nurse, patient, known):
    wrong = SteroidExposureFactory(patient=patient)

    mark_exposure_in_error(
        actor=nurse, exposure=wrong, reason="Wrong patient", at=morning_of(may(4))
    )

    assert known(may(4)).periods == ()


def test_a_correction_keeps_the_day_on_which_a_dose_of_unknown_start_was_seen(
    nurse, patient, known
):
    seen = SteroidExposureFactory(patient=patient, started_on=None, daily_mg=40)

    correct_exposure(
        actor=nurse,
        exposure=seen,
        drug="PREDNISONE",
        daily_mg=30,
        reason="Misread",
        at=morning_of(may(4)),
    )

    assert known(may(4)).dose_on(APRIL).prednisone_mg == 30
