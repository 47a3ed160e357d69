from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from patients.errors import BadInput, Conflict, NotPermitted
from patients.models import AuditEvent, TeamTask
from patients.vocabulary import Event
from tapers.domain.errors import DomainError, NoSuchStep
from tapers.errors import AlreadyReported
from tapers.models import Alert, StepReport
from tapers.selectors import courses_for, current_revision, findings_of, plan_of
from tapers.services.plans import report_step, revise_taper, start_taper
from tests.factories_tapers import FAST
from tests.tapers.story import (
    FORTY_MG,
    REASONS,
    doses,
    june,
    may,
    morning_of,
    steps_of,
    taken_before,
    waiting_steps,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(nurse, taper):
    """Reports a step, on the day it was taken unless another day is given."""

    def report(number, outcome="TAKEN", on=None, *, told_on=None, **given):
        return report_step(
            actor=given.pop("actor", nurse),
            taper=taper,
            step_number=number,
            outcome=outcome,
            taken_on=on,
            reported_by=given.pop("reported_by", "PATIENT"),
            at=morning_of(told_on or on or may(4)),
            **given,
        )

    return report


@pytest.fixture
def taken_until(nurse, taper):
    """Reports the steps up to this one as taken, each on its planned day."""

    def report(number):
        taken_before(number + 1, actor=nurse, taper=taper)

    return report


def course_on(patient, day):
    return courses_for(patient_ids=[patient.pk], at=morning_of(day))[patient.pk]


def test_a_step_taken_on_its_day_changes_no_plan(said, taper, taken_until):
    taken_until(1)
    report = said(2, on=may(11), reported_by="STAFF", note="By telephone")

    taper.refresh_from_db()
    assert taper.revision == 1
    assert (report.reported_by, report.note, report.reported_on) == (
        "STAFF",
        "By telephone",
        may(11),
    )


def test_taken_makes_the_dose_of_the_day_certain(said, taper, patient, taken_until):
    taken_until(1)
    assert not course_on(patient, may(12)).dose_now.confirmed

    said(2, on=may(11))

    dose = course_on(patient, may(12)).dose_now
    assert (dose.daily_mg, dose.step_number, dose.confirmed) == (Decimal(20), 2, True)


def test_a_late_step_moves_all_later_ones_by_its_delay(said, taper, taken_until):
    taken_until(3)
    said(4, on=may(28))

    assert steps_of(taper := refreshed(taper))[2:] == doses(
        (may(18), "10"),
        (may(28), "7.5"),
        (june(4), "5"),
        (june(11), "2.5"),
        (june(18), "0"),
    )
    revision = current_revision(taper)
    assert (revision.number, revision.origin, taper.first_zero_on) == (2, "LATE_STEP", june(18))
    assert plan_of(taper).step(3).wait_days == 7


def refreshed(taper):
    taper.refresh_from_db()
    return taper


def test_the_mails_follow_the_late_step(said, taper, taken_until):
    taken_until(3)
    said(4, on=may(28))

    assert waiting_steps(taper, from_on=may(28)) == [(june(4), 5), (june(11), 6), (june(18), 7)]


def test_a_late_step_is_never_blocked_by_what_it_brings_up(said, taper, taken_until):
    """Three weeks late, the plan now takes more than eight weeks: raised, and left open."""
    taken_until(3)
    said(4, on=june(15))

    alert = Alert.objects.get(taper=taper, code="PLAN_LONG")
    assert (alert.revision_number, alert.acknowledged_at, alert.closed_at) == (2, None, None)
    assert AuditEvent.objects.filter(event=Event.ALERT_RAISED, details__code="PLAN_LONG").exists()
    assert "PLAN_LONG" in {each.code for each in findings_of(refreshed(taper))}


def test_an_early_step_is_a_fact_and_moves_nothing(said, taper, patient, taken_until):
    taken_until(3)
    said(4, on=may(22))

    taper.refresh_from_db()
    assert taper.revision == 1
    assert plan_of(taper).step(4).starts_on == may(25)
    assert course_on(patient, may(23)).daily_mg == Decimal("7.5")


def test_not_yet_keeps_the_dose_and_stops_the_later_mails(said, taper, patient, taken_until):
    """Nobody is told to go to 5 mg who has not gone to 7.5 mg."""
    taken_until(2)
    said(3, on=may(18))
    said(4, "NOT_YET", told_on=may(26))

    course = course_on(patient, june(2))
    assert (course.daily_mg, course.next_step.number) == (Decimal(10), 4)
    assert course.late[0].number == 4
    assert waiting_steps(taper, from_on=may(26)) == []


def test_once_taken_the_later_mails_wait_again(said, taper, taken_until):
    taken_until(3)
    said(4, "NOT_YET", told_on=may(26))

    said(4, on=may(27))

    assert waiting_steps(taper, from_on=may(27)) == [(june(3), 5), (june(10), 6), (june(17), 7)]


def test_not_yet_said_before_the_day_holds_nothing_back(said, taper, patient):
    said(4, "NOT_YET", told_on=may(20))

    assert course_on(patient, may(26)).daily_mg == Decimal("7.5")
    assert (june(1), 5) in waiting_steps(taper)


def test_a_problem_calls_a_person_once(said, taper, patient):
    said(4, "PROBLEM", told_on=may(25))
    said(4, "PROBLEM", told_on=may(26))

    task = TeamTask.objects.get()
    assert (task.kind, task.patient) == ("STEP_PROBLEM", patient)
    assert "mg" not in task.text
    assert StepReport.objects.count() == 2


def test_a_problem_with_a_step_that_was_taken_leaves_it_taken(said, patient, taken_until):
    taken_until(3)
    said(4, on=may(25))
    said(4, "PROBLEM", told_on=may(27))

    dose = course_on(patient, may(28)).dose_now
    assert (dose.daily_mg, dose.confirmed) == (Decimal("7.5"), True)


def test_the_zero_step_completes_the_taper(said, taper, patient, taken_until):
    taken_until(6)
    said(7, on=june(15))

    taper.refresh_from_db()
    assert (taper.status, taper.ended_on) == ("COMPLETED", june(15))
    course = course_on(patient, june(20))
    assert (course.daily_mg, course.dose_now.confirmed) == (0, True)
    assert waiting_steps(taper, from_on=june(15)) == []


def test_the_zero_step_taken_late_moves_and_completes(said, taper, taken_until):
    taken_until(6)
    said(7, on=june(20))

    taper.refresh_from_db()
    assert (taper.status, taper.ended_on, taper.first_zero_on) == (
        "COMPLETED",
        june(20),
        june(20),
    )
    assert current_revision(taper).origin == "LATE_STEP"


def test_a_nurse_s_report_of_the_last_step_completes_too(said, nurse, taper, taken_until):
    taken_until(6)
    said(7, on=june(15), reported_by="STAFF")

    assert refreshed(taper).ended_by == nurse


def test_the_same_step_is_taken_once(said, taken_until):
    taken_until(1)
    said(2, on=may(11))

    with pytest.raises(AlreadyReported):
        said(2, on=may(12))
    with pytest.raises(AlreadyReported):
        said(2, "NOT_YET", told_on=may(12))


def test_a_step_is_not_taken_before_the_one_before_it(said, taken_until):
    taken_until(1)
    said(2, on=may(13))

    for day in (12, 13):
        with pytest.raises(BadInput) as refused:
            said(3, on=may(day))
        assert refused.value.field == "taken_on"


def test_a_forgotten_report_is_caught_up_without_moving_what_came_after(said, taper):
    for passed_over in (1, 2):
        said(passed_over, "NOT_YET", told_on=may(18))
    said(3, on=may(18))

    said(2, on=may(13), told_on=may(19))

    assert refreshed(taper).revision == 1
    with pytest.raises(BadInput):
        said(1, on=may(19))


def test_a_day_that_lies_ahead_is_no_fact(said, taper, taken_until):
    taken_until(1)
    said(2, on=may(11), told_on=may(11))

    with pytest.raises(BadInput) as refused:
        said(3, on=may(19), told_on=may(18))
    assert refused.value.field == "taken_on"
    said(3, on=may(18), told_on=may(18))


@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31)])
def test_absurd_days_are_refused(said, day):
    with pytest.raises(DomainError):
        said(1, on=day, told_on=may(4))


@pytest.mark.parametrize("number", [0, 8, -1, 10**9])
def test_there_is_no_such_step(said, number):
    with pytest.raises(NoSuchStep):
        said(number, on=may(11))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"outcome": "MAYBE", "on": may(11)}, "outcome"),
        ({"outcome": "TAKEN"}, "taken_on"),
        ({"outcome": "NOT_YET", "on": may(11)}, "taken_on"),
        ({"on": may(11), "reported_by": "NEIGHBOUR"}, "reported_by"),
        ({"on": may(11), "note": "x" * 501}, "note"),
        ({"on": may(11), "note": "nul\x00"}, "note"),
    ],
)
def test_bad_values_are_refused_by_their_field(said, given, field):
    with pytest.raises(BadInput) as refused:
        said(2, **given)

    assert refused.value.field == field
    assert not StepReport.objects.exists()


def test_a_draft_has_no_steps_to_report(nurse, draft, at):
    with pytest.raises(Conflict) as refused:
        report_step(
            actor=nurse,
            taper=draft,
            step_number=1,
            outcome="TAKEN",
            taken_on=may(4),
            reported_by="STAFF",
            at=at,
        )

    assert refused.value.code == "WRONG_STATUS"


def test_readers_and_strangers_report_nothing(said, reader, coordinator, stranger):
    for actor in (reader, coordinator, stranger):
        with pytest.raises(NotPermitted):
            said(1, on=may(4), actor=actor)


def test_a_step_not_confirmed_is_late_from_its_day_on(taper, patient):
    late = course_on(patient, may(4)).late

    assert (late[0].number, late[1]) == (1, 0)
    assert course_on(patient, may(7)).late[1] == 3


def test_two_steps_are_never_merged(said, taper, patient, taken_until):
    """Step 4 is three weeks late: step 5 still comes a full week after it."""
    taken_until(3)
    said(4, on=june(14))

    plan = plan_of(refreshed(taper))
    assert plan.step(5).starts_on == june(21)
    assert course_on(patient, june(20)).daily_mg == Decimal("7.5")


def test_a_hold_begun_late_is_held_in_full(prescriber, nurse, patient, at):
    """Two weeks at the present dose before the first reduction: they count from their first day."""
    proposal = replace(FORTY_MG, hold_days=14)
    taper = start_taper(
        actor=prescriber, patient=patient, proposal=proposal, reasons=REASONS, at=at
    )

    report_step(
        actor=nurse,
        taper=taper,
        step_number=1,
        outcome="TAKEN",
        taken_on=may(7),
        reported_by="STAFF",
        at=morning_of(may(7)),
    )

    assert steps_of(refreshed(taper))[:2] == doses((may(7), "40"), (may(21), "30"))


def test_nobody_is_asked_about_steps_that_a_revision_settled(said, prescriber, taper, patient):
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

    late = course_on(patient, may(22)).late
    assert (late[0].number, late[1]) == (4, 2)
    said(4, on=may(21), told_on=may(22))
    assert course_on(patient, may(22)).late is None
    assert course_on(patient, may(30)).late[0].number == 5
