from datetime import date
from decimal import Decimal

import pytest

from notifications.models import Reminder
from patients.errors import BadInput, Conflict, NotPermitted
from tapers.domain.errors import DomainError
from tapers.models import Alert
from tapers.selectors import courses_for, current_revision
from tapers.services.plans import hold_taper, report_step, resume_taper, revise_taper
from tests.tapers.story import (
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
def held(nurse, taper):
    """On hold at 10 mg from Wednesday 20 May."""
    return hold_taper(actor=nurse, taper=taper, on=may(20), reason="Fever", at=morning_of(may(20)))


def resumed(taper, actor, on):
    return resume_taper(actor=actor, taper=taper, on=on, at=morning_of(on))


def test_a_nurse_holds_and_a_prescriber_resumes(nurse, reader, prescriber, taper, at):
    with pytest.raises(NotPermitted):
        hold_taper(actor=reader, taper=taper, on=may(4), reason="Fever", at=at)
    held = hold_taper(actor=nurse, taper=taper, on=may(4), reason="Fever", at=at)
    with pytest.raises(NotPermitted):
        resume_taper(actor=nurse, taper=held, on=may(5), at=at)

    assert resume_taper(actor=prescriber, taper=held, on=may(5), at=at).status == "ACTIVE"


def test_on_hold_no_step_is_reminded_of_and_visits_still_are(held, patient):
    assert waiting_steps(held) == []
    visits = Reminder.objects.filter(source=f"monitoring:{patient.pk}", status="SCHEDULED")
    assert visits.filter(kind="ASSESSMENT_OVERDUE").count() == 2


def test_on_hold_the_dose_stays_whatever_the_plan_said(held, patient):
    course = courses_for(patient_ids=[patient.pk], at=morning_of(june(30)))[patient.pk]

    assert (course.status, course.daily_mg, course.held_on) == ("ON_HOLD", 10, may(20))
    assert course.next_step is None
    assert course.late is None


def test_the_next_reduction_follows_a_full_wait_after_resuming(prescriber, held):
    taper = resumed(held, prescriber, june(3))

    assert steps_of(taper)[2:] == doses(
        (may(18), "10"),
        (june(10), "7.5"),
        (june(17), "5"),
        (june(24), "2.5"),
        (date(2026, 7, 1), "0"),
    )
    revision = current_revision(taper)
    assert (revision.number, revision.origin) == (2, "RESUMED")
    assert (taper.held_on, taper.frozen_on, taper.hold_reason) == (None, None, "Fever")


def test_resuming_asks_for_the_mails_of_the_new_days(prescriber, held):
    taper = resumed(held, prescriber, june(3))

    assert waiting_steps(taper) == [
        (june(10), 4),
        (june(17), 5),
        (june(24), 6),
        (date(2026, 7, 1), 7),
    ]


def test_resuming_never_brings_a_reduction_forward(prescriber, nurse, taper):
    """Held and resumed on the day before the plan begins: it begins as planned."""
    before = steps_of(taper)
    held = hold_taper(actor=nurse, taper=taper, on=may(2), reason="Fever", at=morning_of(may(4)))

    taper = resume_taper(actor=prescriber, taper=held, on=may(2), at=morning_of(may(4)))

    after = steps_of(taper)
    assert all(new >= old for (new, _), (old, _) in zip(after, before, strict=True))
    assert [mg for _, mg in after] == [mg for _, mg in before]


def test_a_longer_plan_is_raised_but_holds_nobody_up(prescriber, held):
    taper = resumed(held, prescriber, date(2026, 7, 1))

    alert = Alert.objects.get(taper=taper, code="PLAN_LONG", revision_number=2)
    assert (alert.severity, alert.acknowledged_at) == ("WARNING", None)


def test_a_hold_in_front_of_the_plan_keeps_the_dose_of_before(nurse, taper, patient):
    hold_taper(actor=nurse, taper=taper, on=may(3), reason="Fever", at=morning_of(may(4)))

    course = courses_for(patient_ids=[patient.pk], at=morning_of(may(20)))[patient.pk]

    assert (course.daily_mg, course.dose_now.step_number) == (Decimal(40), None)


def test_after_a_step_not_taken_the_wait_counts_from_the_dose_really_in_force(
    prescriber, nurse, taper
):
    report_step(
        actor=nurse,
        taper=taper,
        step_number=4,
        outcome="NOT_YET",
        taken_on=None,
        reported_by="PATIENT",
        at=morning_of(may(26)),
    )
    held = hold_taper(actor=nurse, taper=taper, on=may(26), reason="Fever", at=morning_of(may(26)))

    taper = resumed(held, prescriber, june(1))

    assert steps_of(taper)[2:4] == doses((may(18), "10"), (june(8), "7.5"))


def test_no_step_is_reported_on_hold(nurse, held):
    with pytest.raises(Conflict) as refused:
        report_step(
            actor=nurse,
            taper=held,
            step_number=4,
            outcome="TAKEN",
            taken_on=may(25),
            reported_by="STAFF",
            at=morning_of(may(25)),
        )

    assert refused.value.code == "WRONG_STATUS"


def test_a_hold_does_not_undo_a_step_that_was_taken(nurse, taper):
    taken_before(3, actor=nurse, taper=taper)
    report_step(
        actor=nurse,
        taper=taper,
        step_number=3,
        outcome="TAKEN",
        taken_on=may(18),
        reported_by="STAFF",
        at=morning_of(may(18)),
    )

    with pytest.raises(BadInput) as refused:
        hold_taper(actor=nurse, taper=taper, on=may(17), reason="Fever", at=morning_of(may(18)))

    assert refused.value.field == "on"


def test_resuming_before_the_hold_is_refused(prescriber, held):
    with pytest.raises(BadInput):
        resumed(held, prescriber, may(19))


@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31)])
def test_absurd_days_are_refused(nurse, prescriber, taper, day, at):
    with pytest.raises(DomainError):
        hold_taper(actor=nurse, taper=taper, on=day, reason="Fever", at=at)
    held = hold_taper(actor=nurse, taper=taper, on=may(4), reason="Fever", at=at)
    with pytest.raises(DomainError):
        resume_taper(actor=prescriber, taper=held, on=day, at=at)


def test_a_hold_has_a_reason(nurse, taper, at):
    with pytest.raises(BadInput) as refused:
        hold_taper(actor=nurse, taper=taper, on=may(4), reason=" ", at=at)

    assert refused.value.field == "reason"


def test_what_is_on_hold_is_not_held_again_and_what_runs_is_not_resumed(
    nurse, prescriber, taper, at
):
    with pytest.raises(Conflict):
        resume_taper(actor=prescriber, taper=taper, on=may(4), at=at)
    held = hold_taper(actor=nurse, taper=taper, on=may(4), reason="Fever", at=at)
    with pytest.raises(Conflict):
        hold_taper(actor=nurse, taper=held, on=may(4), reason="Fever", at=at)


def test_hold_and_resume_again_and_again_only_ever_lengthen_the_wait(nurse, prescriber, taper):
    for _ in range(3):
        held = hold_taper(
            actor=nurse, taper=taper, on=may(20), reason="Fever", at=morning_of(may(20))
        )
        taper = resumed(held, prescriber, may(22))

    assert steps_of(taper)[2:4] == doses((may(18), "10"), (may(29), "7.5"))
    assert taper.revision == 4


def test_a_stale_form_changes_the_row_as_it_is_now(nurse, prescriber, taper, at):
    """Two members act on the same page: the second sees what the first did."""
    hold_taper(actor=nurse, taper=taper, on=may(4), reason="Fever", at=at)

    revised = revise_taper(
        actor=prescriber,
        taper=taper,
        reason="Slower",
        reasons={code: "Agreed" for code in ("PLAN_LONG", "STEP_FAST", "STEP_LARGE")},
        starts_on=may(6),
        daily_mg=Decimal(30),
        steps=[(may(6), Decimal(30)), (june(20), Decimal(0))],
        at=at,
    )

    assert revised.status == "ON_HOLD"
