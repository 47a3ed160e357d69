from datetime import date, timedelta

import pytest

from notifications.models import Reminder
from patients.errors import BadInput, Conflict, NotPermitted
from tapers.domain.errors import DomainError
from tapers.errors import NotAtZero
from tapers.models import Alert
from tapers.selectors import courses_for
from tapers.services.plans import (
    complete_taper,
    draft_taper,
    hold_taper,
    report_step,
    start_taper,
    stop_taper,
)
from tests.factories import AssessmentFactory
from tests.tapers.story import (
    FORTY_MG,
    REASONS,
    june,
    may,
    morning_of,
    taken_before,
    waiting_steps,
)

pytestmark = pytest.mark.django_db
WEDNESDAY = may(20)


def stopped(taper, actor, *, on=WEDNESDAY, reason="Moved away"):
    return stop_taper(actor=actor, taper=taper, on=on, reason=reason, at=morning_of(on))


def completed(taper, actor, on):
    return complete_taper(actor=actor, taper=taper, on=on, at=morning_of(on))


def test_stopping_ends_the_mails_of_steps_and_of_visits(prescriber, taper, patient):
    taper = stopped(taper, prescriber)

    assert (taper.status, taper.ended_on, taper.end_reason) == (
        "REVOKED",
        may(20),
        "Moved away",
    )
    assert waiting_steps(taper) == []
    assert not Reminder.objects.filter(patient=patient, status="SCHEDULED").exists()
    patient.refresh_from_db()
    assert patient.next_assessment_due_on is None


def test_after_stopping_the_last_dose_stays_as_a_guess(prescriber, taper, patient):
    stopped(taper, prescriber)

    course = courses_for(patient_ids=[patient.pk], at=morning_of(june(30)))[patient.pk]
    assert (course.status, course.daily_mg, course.dose_now.confirmed) == ("REVOKED", 10, False)
    assert (course.next_step, course.late) == (None, None)


def test_stopped_on_hold_the_held_dose_stays(prescriber, nurse, taper, patient):
    """Held at 10 mg since 20 May; by the plan it would have been 2.5 mg when it was stopped."""
    hold_taper(actor=nurse, taper=taper, on=may(20), reason="Fever", at=morning_of(may(20)))
    stopped(taper, prescriber, on=june(10))

    [course] = courses_for(patient_ids=[patient.pk], at=morning_of(june(30))).values()
    assert course.daily_mg == 10


def test_a_stopped_taper_leaves_room_for_the_next(prescriber, nurse, taper, patient):
    stopped(taper, prescriber)

    second = start_taper(
        actor=prescriber,
        patient=patient,
        proposal=FORTY_MG,
        reasons=REASONS,
        at=morning_of(may(21)),
    )

    course = courses_for(patient_ids=[patient.pk], at=morning_of(may(21)))[patient.pk]
    assert course.taper_id == second.pk


def test_alerts_of_a_taper_that_is_over_wait_for_nobody(prescriber, nurse, taper):
    taken_before(4, actor=nurse, taper=taper)
    report_step(
        actor=nurse,
        taper=taper,
        step_number=4,
        outcome="TAKEN",
        taken_on=june(15),
        reported_by="STAFF",
        at=morning_of(june(15)),
    )
    assert Alert.objects.filter(taper=taper, closed_at=None, acknowledged_at=None).exists()

    stopped(taper, prescriber, on=june(16))

    assert not Alert.objects.filter(taper=taper, closed_at=None).exists()


def test_a_taper_is_completed_at_zero_only(prescriber, taper):
    with pytest.raises(NotAtZero) as refused:
        completed(taper, prescriber, june(14))
    assert "2.5 mg" in refused.value.message

    assert completed(taper, prescriber, june(15)).status == "COMPLETED"


def test_what_the_calendar_says_is_not_what_the_patient_takes(prescriber, nurse, taper):
    """Held at 10 mg, the plan's first day at 0 mg goes by: nothing is complete."""
    hold_taper(actor=nurse, taper=taper, on=may(20), reason="Fever", at=morning_of(may(20)))

    with pytest.raises(NotAtZero):
        completed(taper, prescriber, june(15))


def test_a_step_not_taken_keeps_a_taper_from_being_complete(prescriber, nurse, taper):
    report_step(
        actor=nurse,
        taper=taper,
        step_number=6,
        outcome="NOT_YET",
        taken_on=None,
        reported_by="PATIENT",
        at=morning_of(june(9)),
    )

    with pytest.raises(NotAtZero):
        completed(taper, prescriber, june(20))


def test_nothing_is_complete_before_its_day(prescriber, taper):
    with pytest.raises(BadInput) as refused:
        complete_taper(actor=prescriber, taper=taper, on=june(15), at=morning_of(may(20)))

    assert refused.value.field == "on"


def test_visits_are_followed_for_a_year_after_the_last_dose(prescriber, taper, patient):
    AssessmentFactory(patient=patient, assessed_on=june(10), full=True)

    completed(taper, prescriber, june(15))

    patient.refresh_from_db()
    assert patient.next_assessment_due_on == june(10) + timedelta(days=28)
    waiting = Reminder.objects.filter(source=f"monitoring:{patient.pk}", status="SCHEDULED")
    assert set(waiting.values_list("kind", flat=True)) == {
        "ASSESSMENT_DUE",
        "ASSESSMENT_OVERDUE",
        "VISIT_SECOND",
        "VISIT_UNANSWERED",
        "VISIT_ESCALATED",
    }


def test_a_completed_patient_is_at_zero(prescriber, taper, patient):
    completed(taper, prescriber, june(15))

    course = courses_for(patient_ids=[patient.pk], at=morning_of(june(30)))[patient.pk]
    assert (course.status, course.daily_mg, course.dose_now.confirmed) == ("COMPLETED", 0, True)


def test_only_a_prescriber_ends_a_taper(nurse, coordinator, reader, stranger, taper):
    for actor in (nurse, coordinator, reader, stranger):
        with pytest.raises(NotPermitted):
            stopped(taper, actor)
        with pytest.raises(NotPermitted):
            completed(taper, actor, june(15))


def test_what_is_over_stays_over(prescriber, nurse, taper):
    stopped(taper, prescriber)

    for change in (
        lambda: stopped(taper, prescriber),
        lambda: completed(taper, prescriber, june(15)),
        lambda: hold_taper(
            actor=nurse, taper=taper, on=may(21), reason="Fever", at=morning_of(may(21))
        ),
    ):
        with pytest.raises(Conflict) as refused:
            change()
        assert refused.value.code == "WRONG_STATUS"


def test_a_draft_is_not_ended(prescriber, nurse, patient, at):
    draft = draft_taper(actor=nurse, patient=patient, proposal=FORTY_MG, at=at)

    with pytest.raises(Conflict):
        stopped(draft, prescriber)


@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31)])
def test_absurd_days_are_refused(prescriber, taper, day, at):
    with pytest.raises(DomainError):
        stop_taper(actor=prescriber, taper=taper, on=day, reason="Moved away", at=at)
    with pytest.raises(DomainError):
        complete_taper(actor=prescriber, taper=taper, on=day, at=at)
