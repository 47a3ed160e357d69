"""A step is taken after the ones before it: two reductions are never merged by leaving one out."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from patients.access import PatientByLink
from patients.errors import Refused
from tapers.domain.course import Outcome
from tapers.domain.errors import DomainError
from tapers.errors import EarlierStepUnreported
from tapers.models import Alert, StepReport
from tapers.selectors import courses_for, plan_of
from tapers.selectors.record import course_facts
from tapers.services.plans import (
    hold_taper,
    report_step,
    resume_taper,
    revise_taper,
    take_back_report,
)
from tests.factories_tapers import FAST
from tests.tapers.story import REASONS, june, may, morning_of, waiting_steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(nurse, taper):
    """Reports a step on the day it was taken unless another day is given."""

    def report(number, outcome="TAKEN", on=None, *, told_on=None, actor=nurse):
        return report_step(
            actor=actor,
            taper=taper,
            step_number=number,
            outcome=outcome,
            taken_on=on,
            reported_by="STAFF" if actor is nurse else "PATIENT",
            at=morning_of(told_on or on),
        )

    return report


def course_on(patient, day):
    return courses_for(patient_ids=[patient.pk], at=morning_of(day))[patient.pk]


def test_a_step_is_refused_that_skips_one_nobody_spoke_of(said, taper):
    said(1, on=may(4))

    with pytest.raises(EarlierStepUnreported) as refused:
        said(3, on=may(18))

    assert (refused.value.step.number, refused.value.step.starts_on) == (2, may(11))
    assert "Step 2, planned for 2026-05-11" in refused.value.message
    assert not StepReport.objects.filter(step_number=3).exists()


def test_the_earliest_of_several_comes_first(said):
    with pytest.raises(EarlierStepUnreported) as refused:
        said(4, on=may(25))

    assert refused.value.step.number == 1


def test_what_was_forgotten_is_reported_on_its_past_day_and_then_the_later_one(said, taper):
    said(1, on=may(4))

    said(2, on=may(11), told_on=may(18))
    said(3, on=may(18))

    taper.refresh_from_db()
    assert taper.revision == 1
    assert waiting_steps(taper, from_on=may(18)) == [
        (may(25), 4), (june(1), 5), (june(8), 6), (june(15), 7),
    ]  # fmt: skip


def test_a_step_passed_over_is_said_so_and_the_days_between_keep_the_dose_before(
    said, taper, patient
):
    said(1, on=may(4))

    said(2, "NOT_YET", told_on=may(18))
    said(3, on=may(18))

    assert [course_on(patient, may(day)).daily_mg for day in (10, 12, 17, 18)] == [30, 30, 30, 10]
    assert course_on(patient, may(19)).late is None
    assert waiting_steps(taper, from_on=may(19))[0] == (may(25), 4)


def test_not_yet_of_a_day_before_says_nothing_of_the_days_since(said):
    """Said on Tuesday not to be taken, it may have been taken on Wednesday, and moved the rest."""
    said(1, on=may(4))
    said(2, "NOT_YET", told_on=may(12))

    with pytest.raises(EarlierStepUnreported):
        said(3, on=may(18))

    said(2, on=may(13), told_on=may(18))
    said(3, on=may(20))


def test_a_problem_is_no_word_on_whether_it_was_taken(said):
    said(1, on=may(4))
    said(2, "PROBLEM", told_on=may(18))

    with pytest.raises(EarlierStepUnreported):
        said(3, on=may(18))


def test_the_patient_answers_for_one_step_after_the_other(said, patient):
    """What was passed over is the team's to say; the patient is asked about that step again."""
    by_link = PatientByLink(patient.pk)
    said(1, on=may(4), actor=by_link)
    said(2, "NOT_YET", told_on=may(18), actor=by_link)

    with pytest.raises(EarlierStepUnreported):
        said(3, on=may(18), actor=by_link)

    said(2, on=may(12), told_on=may(18), actor=by_link)
    said(3, on=may(20), actor=by_link)


def test_not_yet_and_a_problem_are_heard_of_any_step(said):
    said(3, "PROBLEM", told_on=may(18))
    said(4, "NOT_YET", told_on=may(25))

    assert StepReport.objects.count() == 2


def test_a_step_passed_over_stays_so_when_the_plan_is_revised(said, taper, prescriber, patient):
    said(1, on=may(4))
    said(2, "NOT_YET", told_on=may(18))
    said(3, on=may(18))

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

    assert course_on(patient, may(12)).daily_mg == 30
    as_of = course_facts(patient=patient, as_of=may(21))
    assert as_of.dose_on(may(12)).prednisone_mg == 30


def test_a_revision_settles_what_lies_before_it(said, taper, prescriber):
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

    said(4, on=may(20))

    with pytest.raises(EarlierStepUnreported) as refused:
        said(6, on=june(10))
    assert refused.value.step.number == 5


def test_after_a_hold_it_goes_on_with_the_step_that_follows(said, taper, nurse, prescriber):
    said(1, on=may(4))
    hold_taper(actor=nurse, taper=taper, on=may(13), reason="Fever", at=morning_of(may(13)))
    resume_taper(actor=prescriber, taper=taper, on=may(20), at=morning_of(may(20)))

    said(3, on=may(27))


def test_a_report_taken_back_is_asked_for_again_before_the_next_step(said, nurse, taper):
    said(1, on=may(4))
    report = said(2, on=may(11))
    take_back_report(
        actor=nurse, taper=taper, report=report, reason="Another patient", at=morning_of(may(12))
    )

    with pytest.raises(EarlierStepUnreported):
        said(3, on=may(18))


def test_a_late_answer_moves_the_rest_and_the_next_step_may_still_be_told_earlier(
    said, taper, patient
):
    """Step 2 was three days late; what the patient really did on the 18th is a fact."""
    said(1, on=may(4))
    said(2, on=may(14), told_on=may(18))
    taper.refresh_from_db()
    assert plan_of(taper).step(3).starts_on == may(21)

    said(3, on=may(18))

    assert course_on(patient, may(18)).daily_mg == 10
    assert course_on(patient, may(19)).late is None


def test_what_is_late_is_the_step_that_may_be_reported(said, patient):
    for day in (5, 12, 19, 26):
        late, _ = course_on(patient, may(day)).late
        said(late.number, on=late.starts_on, told_on=may(day))

    assert course_on(patient, may(26)).late is None


# In whatever order -------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_in_whatever_order_it_is_told(seed, nurse, taper, patient):
    """No step is ever taken past one of which nothing is known, and the taper can be finished."""
    dice, today = Random(seed), may(4)
    for _ in range(14):
        today += timedelta(days=dice.choice((0, 1, 3, 6)))
        taper.refresh_from_db()
        if taper.status != "ACTIVE":
            break
        tell(dice, nurse, taper, today)
        what_was_passed_over_was_said_so(taper)
        mails_wait_only_for_what_lies_ahead(taper)

    finish(nurse, taper, max(today, june(20)))

    taper.refresh_from_db()
    assert taper.status == "COMPLETED"
    what_was_passed_over_was_said_so(taper)
    assert not Alert.objects.filter(patient=patient, code="STEP_LATE", closed_at=None).exists()


def tell(dice: Random, nurse, taper, today: date) -> None:
    plan = plan_of(taper)
    step = dice.choice(plan.steps)
    outcome = dice.choice((Outcome.TAKEN, Outcome.TAKEN, Outcome.NOT_YET, Outcome.PROBLEM))
    on = today - timedelta(days=dice.choice((0, 0, 1, 5)))
    try:
        report_step(
            actor=nurse,
            taper=taper,
            step_number=step.number,
            outcome=outcome,
            taken_on=on if outcome is Outcome.TAKEN else None,
            reported_by="STAFF",
            at=morning_of(today),
        )
    except (Refused, DomainError):
        return


def what_was_passed_over_was_said_so(taper) -> None:
    rows = list(StepReport.objects.filter(taper=taper))
    taken = {row.step_number: row.taken_on for row in rows if row.outcome == "TAKEN"}
    for earlier in range(1, max(taken, default=0)):
        if earlier not in taken:
            on = taken[min(number for number in taken if number > earlier)]
            said = [r for r in rows if (r.step_number, r.outcome) == (earlier, "NOT_YET")]
            assert any(row.reported_on >= on for row in said), (earlier, taken)


def mails_wait_only_for_what_lies_ahead(taper) -> None:
    last = max(
        StepReport.objects.filter(taper=taper, outcome="TAKEN").values_list(
            "step_number", flat=True
        ),
        default=0,
    )
    assert all(number > last for _, number in waiting_steps(taper))


def finish(nurse, taper, today: date) -> None:
    """Answer for the earliest step, again and again: there is always an answer that is accepted."""
    for _ in range(20):
        taper.refresh_from_db()
        if taper.status != "ACTIVE":
            return
        today += timedelta(days=10)
        number = len(plan_of(taper).steps)
        try:
            take(nurse, taper, number, today)
        except EarlierStepUnreported as refused:
            take(nurse, taper, refused.step.number, today)


def take(nurse, taper, number: int, today: date) -> None:
    report_step(
        actor=nurse,
        taper=taper,
        step_number=number,
        outcome="TAKEN",
        taken_on=today,
        reported_by="STAFF",
        at=morning_of(today),
    )
