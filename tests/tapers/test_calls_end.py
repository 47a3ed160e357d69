"""A call that an answer has made needless is no task any more, and the task says why."""

import pytest

from notifications import engine
from notifications.models import Reminder
from patients.access import PatientByLink
from patients.models import TeamTask
from patients.vocabulary import TaskKind
from tapers.selectors import timeline_of
from tapers.services.assessments import record_assessment
from tapers.services.plans import report_step
from tests.factories import TeamTaskFactory
from tests.patients.readings import CK, FULL_VISIT
from tests.tapers.story import may, morning_of

pytestmark = pytest.mark.django_db


def sweep_until(day):
    """Let the engine run on each morning on which something falls due, until *day*."""
    due = Reminder.objects.filter(due_at__lte=morning_of(day)).order_by("due_at")
    for at in sorted(set(due.values_list("due_at", flat=True))):
        engine.sweep(at=at)


def calls():
    return TeamTask.objects.filter(kind=TaskKind.CALL_PATIENT)


def answer(actor, taper, number, *, at, outcome="TAKEN", taken_on=None):
    report_step(
        actor=actor,
        taper=taper,
        step_number=number,
        outcome=outcome,
        taken_on=taken_on,
        reported_by="PATIENT",
        at=at,
    )


@pytest.fixture
def unanswered(taper, mailbox):
    """Nobody has said anything of step 1, planned for 4 May; since 7 May the team is to call."""
    sweep_until(may(8))
    return calls().get()


def test_the_patients_own_answer_ends_the_call(taper, unanswered):
    by_link = PatientByLink(taper.patient_id)

    answer(by_link, taper, 1, taken_on=may(4), at=morning_of(may(8)))

    unanswered.refresh_from_db()
    assert (unanswered.done_at, unanswered.done_by) == (morning_of(may(8)), None)
    assert unanswered.done_note == "Step 1 was answered for: taken. No call is needed for that."


@pytest.mark.parametrize("outcome", ["NOT_YET", "PROBLEM"])
def test_any_answer_that_the_team_records_ends_it_too(nurse, taper, unanswered, outcome):
    answer(nurse, taper, 1, outcome=outcome, at=morning_of(may(8)))

    unanswered.refresh_from_db()
    assert unanswered.done_by == nurse
    assert unanswered.done_note.startswith("Step 1 was answered for")


def test_the_history_says_that_an_answer_made_it_needless(nurse, taper, unanswered):
    answer(nurse, taper, 1, taken_on=may(4), at=morning_of(may(8)))

    told = [entry.text for entry in timeline_of(actor=nurse, patient=taper.patient)]
    assert "Task done: an answer made the call needless." in told


def test_a_call_about_a_later_step_goes_on_waiting(nurse, taper, unanswered):
    later = TeamTaskFactory(
        clinic=taper.patient.clinic,
        patient=taper.patient,
        kind=TaskKind.CALL_PATIENT,
        key=f"call:taper:{taper.pk}:STEP_UNANSWERED:{may(11)}",
    )

    answer(nurse, taper, 1, taken_on=may(4), at=morning_of(may(14)))

    later.refresh_from_db()
    assert later.done_at is None
    assert list(calls().filter(done_at__isnull=True)) == [later]


def test_a_call_about_symptoms_is_not_ended_by_a_step(nurse, taper, unanswered):
    TeamTaskFactory(
        clinic=taper.patient.clinic,
        patient=taper.patient,
        kind=TaskKind.CALL_PATIENT,
        key=f"symptoms:{taper.patient_id}",
    )

    answer(nurse, taper, 1, taken_on=may(4), at=morning_of(may(8)))

    assert calls().get(done_at__isnull=True).key == f"symptoms:{taper.patient_id}"


@pytest.mark.parametrize(("readings", "ends"), [(FULL_VISIT, True), ((CK,), False)])
def test_a_full_visit_ends_the_call_for_the_overdue_one(nurse, patient, taper, at, readings, ends):
    call = TeamTaskFactory(
        clinic=patient.clinic,
        patient=patient,
        kind=TaskKind.CALL_PATIENT,
        key=f"call:monitoring:{patient.pk}:VISIT_UNANSWERED:{may(4)}",
    )

    record_assessment(
        actor=nurse, patient=patient, assessed_on=may(4), rater="R. Ames", readings=readings, at=at
    )

    call.refresh_from_db()
    assert (call.done_at is not None) is ends
