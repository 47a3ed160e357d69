"""A step reported taken that was not: the report stays, and the patient is asked again."""

from decimal import Decimal

import pytest

from patients.errors import BadInput, Conflict, NotPermitted
from patients.models import AuditEvent
from patients.vocabulary import Event
from tapers.domain.course import Outcome
from tapers.errors import AlreadyTakenBack
from tapers.models import StepReport
from tapers.selectors import courses_for, step_reports_of
from tapers.selectors.record import course_facts
from tapers.services.plans import hold_taper, report_step, stop_taper, take_back_report
from tests.factories import MembershipFactory
from tests.tapers.story import june, may, morning_of, waiting_steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken(nurse, taper):
    def report(number, on):
        return report_step(
            actor=nurse,
            taper=taper,
            step_number=number,
            outcome=Outcome.TAKEN,
            taken_on=on,
            reported_by="STAFF",
            at=morning_of(on),
        )

    return report


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
