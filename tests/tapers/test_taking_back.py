"""A step reported taken that was not: the report stays, and the patient is asked again."""

from decimal import Decimal

import pytest
import time_machine

from patients.access import PatientByLink
from patients.errors import BadInput, Conflict, NotPermitted
from patients.models import AuditEvent
from patients.vocabulary import Event
from tapers.domain.course import Outcome
from tapers.errors import AlreadyTakenBack, EarlierStepUnreported
from tapers.models import Alert, StepReport
from tapers.selectors import courses_for, step_reports_of
from tapers.selectors.record import course_facts
from tapers.services import daily
from tapers.services.plans import (
    hold_taper,
    report_step,
    revise_taper,
    stop_taper,
    take_back_report,
)
from tests.factories import MembershipFactory
from tests.factories_tapers import FAST
from tests.tapers.story import REASONS, june, may, morning_of, waiting_steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def reported(nurse, taper):
    def report(number, outcome, *, taken_on, told_on):
        return report_step(
            actor=nurse,
            taper=taper,
            step_number=number,
            outcome=outcome,
            taken_on=taken_on,
            reported_by="STAFF",
            at=morning_of(told_on),
        )

    return report


@pytest.fixture
def taken(reported):
    return lambda number, on: reported(number, Outcome.TAKEN, taken_on=on, told_on=on)


@pytest.fixture
def took_back(nurse, taper):
    def take(report, *, on=None, actor=nurse, reason="It was another patient"):
        return take_back_report(
            actor=actor, taper=taper, report=report, reason=reason, at=morning_of(on or may(12))
        )

    return take


def course_on(patient, day):
    return courses_for(patient_ids=[patient.pk], at=morning_of(day))[patient.pk]


def test_the_dose_of_the_day_is_an_estimate_again_and_the_step_late(taken, took_back, patient):
    taken(1, may(4))
    report = taken(2, may(11))

    took_back(report)

    course = course_on(patient, may(12))
    assert not course.dose_now.confirmed
    assert course.late is not None
    assert course.late[0].number == 2


def test_its_reminders_come_back(taken, took_back, taper, patient):
    taken(1, may(4))
    before = waiting_steps(taper)
    report = taken(2, may(8))
    assert waiting_steps(taper) != before

    took_back(report, on=may(8))

    assert waiting_steps(taper) == before


def test_the_report_stays_with_who_when_and_why(taken, took_back, taper, nurse):
    report = took_back(taken(1, may(4)), on=may(5))

    assert list(step_reports_of(taper)) == [report]
    assert (
        report.outcome,
        report.taken_back_by,
        report.taken_back_at,
        report.taken_back_reason,
    ) == (
        "TAKEN",
        nurse,
        morning_of(may(5)),
        "It was another patient",
    )


def test_the_step_can_be_reported_anew(taken, took_back, patient):
    took_back(taken(1, may(4)), on=may(5))

    taken(1, may(6))

    assert course_on(patient, may(7)).dose_now.confirmed


def test_it_never_counted_in_the_course_either(taken, took_back, patient):
    report = taken(1, may(4))
    assert course_facts(patient=patient, as_of=may(5)).dose_on(may(5)).confirmed

    took_back(report, on=may(7))

    assert not course_facts(patient=patient, as_of=may(5)).dose_on(may(5)).confirmed


def test_dates_that_a_late_report_moved_stay_moved(taken, took_back, taper, patient):
    taken(1, may(4))
    report = taken(2, may(14))
    moved = course_on(patient, may(15)).first_zero_on

    took_back(report, on=may(15))

    course = course_on(patient, may(15))
    assert course.first_zero_on == moved
    assert course.late[0].starts_on == may(14)


def test_twice_is_refused(taken, took_back):
    report = taken(1, may(4))
    took_back(report)

    with pytest.raises(AlreadyTakenBack):
        took_back(report)


def test_not_yet_is_answered_anew_and_not_taken_back(nurse, taper, took_back):
    report = report_step(
        actor=nurse,
        taper=taper,
        step_number=1,
        outcome=Outcome.NOT_YET,
        taken_on=None,
        reported_by="STAFF",
        at=morning_of(may(4)),
    )

    with pytest.raises(Conflict, match="Report the step anew"):
        took_back(report)


def test_a_completed_taper_is_not_opened_again(taken, took_back, taper):
    for number, step in enumerate(taper.revisions.get().steps.order_by("number"), start=1):
        report = taken(number, step.starts_on)

    with pytest.raises(Conflict, match="start a new plan from that dose"):
        took_back(report, on=june(20))


def test_on_hold_it_can_be_taken_back_and_after_a_stop_no_more(
    taken, took_back, taper, nurse, prescriber
):
    first, second = taken(1, may(4)), taken(2, may(11))
    hold_taper(actor=nurse, taper=taper, on=may(12), reason="Fever", at=morning_of(may(12)))
    took_back(second)
    taper.refresh_from_db()
    stop_taper(actor=prescriber, taper=taper, on=may(13), reason="Moved", at=morning_of(may(13)))

    with pytest.raises(Conflict, match="no longer running"):
        took_back(first, on=may(13))


def test_a_reason_is_asked_for(taken, took_back):
    with pytest.raises(BadInput) as refusal:
        took_back(taken(1, may(4)), reason=" ")

    assert "reason" in refusal.value.fields
    assert StepReport.objects.get().taken_back_at is None


def test_who_only_reads_takes_nothing_back(taken, took_back, clinic):
    reader = MembershipFactory(clinic=clinic, role="READ_ONLY").user

    with pytest.raises(NotPermitted):
        took_back(taken(1, may(4)), actor=reader)


def test_dose_totals_count_the_plan_again(taken, took_back, patient):
    report = taken(1, may(2))
    assert course_on(patient, may(3)).daily_mg == Decimal(30)

    took_back(report, on=may(3))

    assert course_on(patient, may(3)).daily_mg == Decimal(40)


def test_the_trail_says_so(taken, took_back, patient):
    took_back(taken(1, may(4)))

    event = AuditEvent.objects.get(patient=patient, event=Event.STEP_REPORT_TAKEN_BACK)
    assert event.details["step"] == 1
    assert "It was another patient" not in str(event.details)


# Behind a later step that stands as taken ---------------------------------------------------------


def open_questions(patient):
    rows = Alert.objects.filter(patient=patient, code="STEP_LATE", closed_at=None)
    return [(row.severity, row.acknowledged_at is None, row.message) for row in rows]


@pytest.fixture
def left_open(taken, took_back):
    """Step 2 was taken back on the day after step 3 was taken."""
    taken(1, may(4))
    second = taken(2, may(11))
    taken(3, may(18))
    return took_back(second, on=may(19))


@pytest.fixture
def said_not(reported):
    return lambda number, on: reported(number, Outcome.NOT_YET, taken_on=None, told_on=on)


def test_behind_a_later_step_it_is_asked_once_what_was_taken(left_open, patient):
    daily.evaluate_courses(at=morning_of(may(20)))
    daily.evaluate_courses(at=morning_of(may(21)))

    [(severity, is_open, message)] = open_questions(patient)
    assert (severity, is_open) == ("WARNING", True)
    assert "step 2 was taken, due 11 May 2026, has been taken back" in message


def test_no_later_step_is_reported_before_that_is_answered(left_open, taken):
    with pytest.raises(EarlierStepUnreported) as refused:
        taken(4, may(25))

    assert refused.value.step.number == 2


def test_reported_anew_it_ends_and_moves_nothing(left_open, reported, taken, patient):
    before = course_on(patient, may(19)).first_zero_on

    reported(2, Outcome.TAKEN, taken_on=may(13), told_on=may(20))
    taken(4, may(25))

    assert open_questions(patient) == []
    assert course_on(patient, may(25)).first_zero_on == before


def test_said_not_to_have_been_taken_it_ends_too(left_open, said_not, taken, patient):
    said_not(2, may(20))
    taken(4, may(25))

    assert open_questions(patient) == []
    assert [course_on(patient, may(day)).daily_mg for day in (12, 17, 18)] == [30, 30, 10]


def test_not_yet_of_before_the_later_step_is_no_answer(taken, took_back, said_not, patient):
    taken(1, may(4))
    said_not(2, may(11))
    second = taken(2, may(12))
    taken(3, may(19))
    took_back(second, on=may(20))

    assert len(open_questions(patient)) == 1


def test_a_revision_settles_it(left_open, taper, prescriber, patient):
    revise_taper(
        actor=prescriber,
        taper=taper,
        reason="Slower",
        reasons=REASONS,
        starts_on=may(20),
        daily_mg=Decimal(15),
        regimen=FAST,
        at=morning_of(may(20)),
    )
    daily.evaluate_courses(at=morning_of(may(20)))

    assert open_questions(patient) == []


def test_the_patient_is_not_asked_for_it(left_open, taper, patient):
    report_step(
        actor=PatientByLink(patient.pk),
        taper=taper,
        step_number=4,
        outcome=Outcome.TAKEN,
        taken_on=may(25),
        reported_by="PATIENT",
        at=morning_of(may(25)),
    )

    assert len(open_questions(patient)) == 1


def test_the_pages_offer_that_step_first(left_open, taper, patient, nurse_client):
    with time_machine.travel(morning_of(may(20)), tick=False):
        page = nurse_client.get(f"/tapers/{taper.pk}")
        form = nurse_client.get(f"/tapers/{taper.pk}/steps/4")

    assert page.context["reportable"] == 2
    assert "Report step 2 first" in form.content.decode()
