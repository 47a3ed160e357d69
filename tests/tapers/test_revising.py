from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from notifications.models import Reminder
from patients.errors import BadInput, Conflict, NotPermitted
from patients.models import AuditEvent
from patients.vocabulary import Event
from tapers.domain.dose import Drug
from tapers.domain.errors import DomainError, PlanDoesNotEndAtZero, ReviseBeforeTaken
from tapers.domain.schedule import Regimen
from tapers.errors import NeedsReason
from tapers.models import Alert, DoseStep
from tapers.proposal import Proposal
from tapers.selectors import (
    courses_for,
    current_revision,
    findings_of,
    plan_of,
    plan_of_revision,
    revisions_of,
)
from tapers.selectors.revising import Remainder, preview_revision
from tapers.services.plans import (
    activate_taper,
    hold_taper,
    report_step,
    resume_taper,
    revise_taper,
    start_taper,
    stop_taper,
)
from tests.tapers.story import (
    REASONS,
    doses,
    july,
    june,
    may,
    morning_of,
    steps_of,
    taken_before,
    waiting_steps,
)

pytestmark = pytest.mark.django_db
SLOW = Regimen(decrement_mg=Decimal(5), interval_days=7, interval_days_from_10_mg=14)


def revised(taper, actor, *, on, daily_mg, regimen=SLOW, steps=None, at=None, reasons=REASONS):
    return revise_taper(
        actor=actor,
        taper=taper,
        reason="Tired and dizzy",
        reasons=reasons,
        starts_on=on,
        daily_mg=Decimal(daily_mg),
        regimen=None if steps is not None else regimen,
        steps=steps,
        at=at or morning_of(on),
    )


def reported(taper, actor, number, outcome, *, taken_on=None, at):
    return report_step(
        actor=actor,
        taper=taper,
        step_number=number,
        outcome=outcome,
        taken_on=taken_on,
        reported_by="PATIENT",
        at=at,
    )


def test_a_collapse_at_5_mg_is_answered_by_a_step_back(prescriber, patient):
    """The documented re-increase: back to 7.5 mg, two weeks at each dose from there."""
    before = datetime(2026, 3, 2, 15, tzinfo=UTC)
    day = date(2026, 4, 3)
    weekly = Regimen(Decimal(10), 7, 7)
    proposal = Proposal(
        drug=Drug.PREDNISONE,
        daily_mg=Decimal(40),
        starts_on=date(2026, 3, 2),
        regimen=weekly,
        exposure_days=500,
    )
    taper = start_taper(
        actor=prescriber, patient=patient, proposal=proposal, reasons=REASONS, at=before
    )

    taper = revised(
        taper, prescriber, on=day, daily_mg="7.5", regimen=Regimen(Decimal(10), 7, 14, 14)
    )

    plan = plan_of(taper)
    assert steps_of(taper)[5:] == doses(
        (date(2026, 4, 3), "7.5"),
        (date(2026, 4, 17), "5"),
        (date(2026, 5, 1), "2.5"),
        (date(2026, 5, 15), "0"),
    )
    assert (plan.starts_on, plan.duration_days) == (date(2026, 3, 2), 74)
    assert plan.cumulative_prednisone_mg() == Decimal("702.5")
    severities = {each.code: each.severity for each in findings_of(taper)}
    assert (severities["DOSE_REINCREASE"], severities["PLAN_LONG"]) == ("INFO", "INFO")


def test_the_whole_course_is_kept_and_old_numbers_stay(prescriber, taper):
    before = plan_of(taper).steps

    after = plan_of(revised(taper, prescriber, on=may(27), daily_mg="7.5"))

    assert after.steps[:3] == before[:3]
    assert after.steps[3].starts_on == may(25)
    assert [step.number for step in after.steps] == list(range(1, len(after.steps) + 1))
    assert after.step(5).starts_on == may(27)


def test_the_old_revision_stays_as_it_was(prescriber, taper):
    before = plan_of(taper)

    taper = revised(taper, prescriber, on=may(27), daily_mg="7.5")

    first, second = revisions_of(taper)
    assert plan_of_revision(first) == before
    assert plan_of_revision(second) == plan_of(taper) != before
    assert (second.number, second.origin, second.created_by) == (2, "REVISED", prescriber)
    assert second.reason == "Tired and dizzy"
    assert (second.revised_from_step, second.edited_from_step) == (5, None)


def test_mails_of_the_old_plan_give_way_to_those_of_the_new(prescriber, taper):
    taper = revised(taper, prescriber, on=may(27), daily_mg="7.5")

    assert waiting_steps(taper, from_on=may(27)) == [(june(10), 6), (june(24), 7), (july(8), 8)]
    waiting = Reminder.objects.filter(
        source=f"taper:{taper.pk}", status="SCHEDULED", local_date__gte=may(27)
    )
    assert {row.revision for row in waiting} == {2}
    old = Reminder.objects.filter(source=f"taper:{taper.pk}", revision=1, local_date__gte=may(27))
    assert {row.status for row in old} == {"CANCELLED"}


def test_the_revision_s_first_day_is_not_reminded_of_when_the_dose_stays(prescriber, taper):
    taper = revised(taper, prescriber, on=may(27), daily_mg="7.5", at=morning_of(may(26)))

    assert may(27) not in dict(waiting_steps(taper))


def test_a_dose_said_not_to_be_taken_is_not_written_down_as_given(prescriber, nurse, taper):
    """7.5 mg was planned for 25 May and not taken; the revision knows 10 mg until its own day."""
    reported(taper, nurse, 4, "NOT_YET", at=morning_of(may(26)))

    taper = revised(taper, prescriber, on=may(28), daily_mg="10")

    assert steps_of(taper)[2:5] == doses((may(18), "10"), (may(28), "10"), (june(11), "7.5"))
    assert plan_of(taper).dose_on(may(26)) == 10


def test_after_a_revision_an_old_not_yet_holds_nothing_back(prescriber, nurse, taper, patient):
    reported(taper, nurse, 4, "NOT_YET", at=morning_of(may(26)))
    taper = revised(taper, prescriber, on=may(28), daily_mg="12.5")

    course = courses_for(patient_ids=[patient.pk], at=morning_of(may(29)))[patient.pk]

    assert course.dose_now.daily_mg == Decimal("12.5")
    assert course.dose_now.step_number == 4


def test_a_problem_does_not_tell_that_a_step_was_not_taken(prescriber, nurse, taper, patient):
    reported(taper, nurse, 5, "PROBLEM", at=morning_of(june(2)))

    taper = revised(taper, prescriber, on=june(3), daily_mg="7.5")

    assert steps_of(taper)[3:6] == doses((may(25), "7.5"), (june(1), "5"), (june(3), "7.5"))
    course = courses_for(patient_ids=[patient.pk], at=morning_of(june(4)))[patient.pk]
    assert course.dose_now.daily_mg == Decimal("7.5")


@pytest.mark.parametrize("day", [15, 18])
def test_a_step_already_taken_is_not_rewritten(prescriber, nurse, taper, day):
    taken_before(3, actor=nurse, taper=taper)
    reported(taper, nurse, 3, "TAKEN", taken_on=may(18), at=morning_of(may(18)))

    with pytest.raises(ReviseBeforeTaken) as refused:
        revised(taper, prescriber, on=may(day), daily_mg="20", at=morning_of(may(18)))

    assert refused.value.field == "starts_on"
    taper.refresh_from_db()
    assert taper.revision == 1


def test_the_day_after_a_taken_step_may_be_revised(prescriber, nurse, taper):
    taken_before(3, actor=nurse, taper=taper)
    reported(taper, nurse, 3, "TAKEN", taken_on=may(18), at=morning_of(may(18)))

    taper = revised(taper, prescriber, on=may(19), daily_mg="15")

    assert steps_of(taper)[2:4] == doses((may(18), "10"), (may(19), "15"))


def test_a_step_taken_early_may_be_stepped_back_from_before_its_planned_day(
    prescriber, nurse, taper
):
    taken_before(4, actor=nurse, taper=taper)
    reported(taper, nurse, 4, "TAKEN", taken_on=may(22), at=morning_of(may(22)))

    taper = revised(taper, prescriber, on=may(23), daily_mg="10")

    assert steps_of(taper)[2:5] == doses((may(18), "10"), (may(22), "7.5"), (may(23), "10"))


def test_a_plan_that_has_not_begun_is_replaced_altogether(prescriber, taper):
    taper = revised(taper, prescriber, on=may(2), daily_mg="35", at=morning_of(may(4)))

    assert steps_of(taper)[0] == (may(2), Decimal(35))
    assert taper.starts_on == may(2)


def test_a_draft_is_revised_without_being_asked_for_reasons(prescriber, draft, at):
    draft = revised(draft, prescriber, on=may(4), daily_mg="30", reasons={}, at=at)

    assert (draft.status, draft.revision) == ("DRAFT", 2)
    assert not Alert.objects.exists()
    assert not Reminder.objects.exists()
    assert findings_of(draft)
    active = activate_taper(actor=prescriber, taper=draft, reasons=REASONS, at=at)
    assert {alert.revision_number for alert in Alert.objects.filter(taper=active)} == {2}


def test_steps_may_be_written_by_hand_with_their_reasons(prescriber, taper):
    steps = [(may(27), Decimal("7.5")), (may(30), Decimal(2)), (june(20), Decimal(0))]

    with pytest.raises(NeedsReason) as refused:
        revised(taper, prescriber, on=may(27), daily_mg="7.5", steps=steps, reasons={})
    assert {"STEP_LARGE", "STEP_FAST"} <= {each.code for each in refused.value.findings}
    taper.refresh_from_db()
    assert taper.revision == 1

    taper = revised(taper, prescriber, on=may(27), daily_mg="7.5", steps=steps)

    assert steps_of(taper)[4:] == doses((may(27), "7.5"), (may(30), "2"), (june(20), "0"))
    assert current_revision(taper).edited_from_step == 5


def test_what_was_accepted_once_is_not_asked_again(prescriber, taper):
    """ADRENAL_RISK and ASSESS_BASELINE were given their reasons at activation."""
    taper = revised(taper, prescriber, on=may(27), daily_mg="7.5", reasons={"PLAN_LONG": "Agreed"})

    alert = Alert.objects.get(taper=taper, revision_number=2, code="ADRENAL_RISK")
    assert alert.reason == REASONS["ADRENAL_RISK"]
    assert not Alert.objects.filter(taper=taper, revision_number=1, closed_at=None).exists()
    again = AuditEvent.objects.filter(event=Event.RULE_OVERRIDDEN, details__code="ADRENAL_RISK")
    assert again.count() == 1


def test_a_reason_given_once_does_not_silence_a_later_worse_warning(prescriber, taper):
    """The same step is too large both times, so only what is said of it tells them apart."""
    large = [(may(27), Decimal("7.5")), (may(30), Decimal(2)), (june(20), Decimal(0))]
    larger = [(may(27), Decimal("7.5")), (may(30), Decimal(0))]
    taper = revised(taper, prescriber, on=may(27), daily_mg="7.5", steps=large)

    asked = preview_revision(
        taper=taper, remainder=Remainder(may(27), Decimal("7.5"), steps=larger), reason="Again"
    ).asked
    with pytest.raises(NeedsReason) as refused:
        revised(taper, prescriber, on=may(27), daily_mg="7.5", steps=larger, reasons={})

    assert {each.code for each in refused.value.findings} == set(asked)
    assert "STEP_LARGE" in asked
    assert "ADRENAL_RISK" not in asked
    reasons = REASONS | {"PLAN_SHORT": "The infection does not wait"}
    revised(taper, prescriber, on=may(27), daily_mg="7.5", steps=larger, reasons=reasons)
    again = AuditEvent.objects.filter(event=Event.RULE_OVERRIDDEN, details__code="STEP_LARGE")
    assert sorted(each.details["revision"] for each in again) == [2, 3]


def test_the_very_same_warning_is_not_asked_again(prescriber, taper):
    steps = [(may(27), Decimal("7.5")), (may(30), Decimal(2)), (june(20), Decimal(0))]
    taper = revised(taper, prescriber, on=may(27), daily_mg="7.5", steps=steps)

    taper = revised(taper, prescriber, on=may(27), daily_mg="7.5", steps=steps, reasons={})

    alert = Alert.objects.get(taper=taper, revision_number=3, code="STEP_LARGE")
    assert alert.reason == REASONS["STEP_LARGE"]


def test_a_long_plan_accepted_is_asked_again_only_when_it_gets_longer(prescriber, taper):
    taper = revised(taper, prescriber, on=may(27), daily_mg="7.5")
    shorter = Regimen(decrement_mg=Decimal(5), interval_days=7, interval_days_from_10_mg=13)

    taper = revised(taper, prescriber, on=may(27), daily_mg="7.5", regimen=shorter, reasons={})

    kept = Alert.objects.get(taper=taper, revision_number=3, code="PLAN_LONG")
    assert kept.reason == REASONS["PLAN_LONG"]
    with pytest.raises(NeedsReason) as refused:
        revised(taper, prescriber, on=june(1), daily_mg="7.5", reasons={})
    assert "PLAN_LONG" in {each.code for each in refused.value.findings}


def test_a_plan_that_a_late_step_made_longer_is_asked_for_at_the_next_revision(
    prescriber, nurse, taper
):
    taper = revised(taper, prescriber, on=may(27), daily_mg="7.5")
    reported(taper, nurse, 6, "TAKEN", taken_on=june(16), at=morning_of(june(16)))
    taper.refresh_from_db()
    carried = Alert.objects.get(taper=taper, revision_number=3, code="PLAN_LONG")
    assert carried.reason == REASONS["PLAN_LONG"]

    with pytest.raises(NeedsReason) as refused:
        revised(taper, prescriber, on=june(17), daily_mg="5", reasons={})

    assert "PLAN_LONG" in {each.code for each in refused.value.findings}


@pytest.mark.parametrize(
    "steps",
    [
        [(may(27), Decimal("7.5")), (june(3), Decimal(5))],  # does not end at 0
        [(may(27), Decimal("7.5")), (june(3), Decimal(10)), (june(10), Decimal(0))],  # rises
        [(may(27), Decimal("7.5")), (may(26), Decimal(0))],  # goes back in time
        [(may(27), Decimal("-1")), (june(3), Decimal(0))],
        [(may(27), Decimal("NaN")), (june(3), Decimal(0))],
        [(may(27), Decimal(500)), (june(3), Decimal(0))],
        [(may(26), Decimal(5)), (june(3), Decimal(0))],  # begins before the revision
        [],
        [(may(27), Decimal("7.5")), (date(9999, 12, 31), Decimal(0))],
        [(may(27) + timedelta(days=n), Decimal("7.5")) for n in range(201)],
    ],
)
def test_steps_that_cannot_be_a_plan_are_refused(prescriber, taper, steps):
    with pytest.raises(DomainError):
        revised(taper, prescriber, on=may(27), daily_mg="7.5", steps=steps)

    assert plan_of(taper).first_zero_on == june(15)


def test_a_revision_that_stays_above_zero_is_refused(prescriber, taper):
    with pytest.raises(PlanDoesNotEndAtZero):
        revised(taper, prescriber, on=may(27), daily_mg="7.5", steps=[(may(27), Decimal("7.5"))])


@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31)])
def test_absurd_days_are_refused(prescriber, taper, day, at):
    with pytest.raises(DomainError) as refused:
        revised(taper, prescriber, on=day, daily_mg="7.5", at=at)

    assert refused.value.field == "starts_on"


@pytest.mark.parametrize("reason", ["", " ", "x" * 501])
def test_a_revision_has_a_reason(prescriber, taper, reason, at):
    with pytest.raises(BadInput) as refused:
        revise_taper(
            actor=prescriber,
            taper=taper,
            reason=reason,
            reasons={},
            starts_on=may(27),
            daily_mg=Decimal(10),
            regimen=SLOW,
            at=at,
        )

    assert refused.value.field == "reason"


def test_only_a_prescriber_revises(nurse, stranger, taper, at):
    for actor in (nurse, stranger):
        with pytest.raises(NotPermitted):
            revised(taper, actor, on=may(27), daily_mg="7.5", at=at)


def test_a_taper_that_is_over_is_not_revised(prescriber, taper, at):
    stop_taper(actor=prescriber, taper=taper, on=may(4), reason="Moved away", at=at)

    with pytest.raises(Conflict) as refused:
        revised(taper, prescriber, on=may(27), daily_mg="7.5", at=at)
    assert refused.value.code == "WRONG_STATUS"


# On hold -----------------------------------------------------------------------------------------


@pytest.fixture
def held(nurse, taper):
    """On hold at 10 mg from 20 May."""
    return hold_taper(actor=nurse, taper=taper, on=may(20), reason="Fever", at=morning_of(may(20)))


def test_a_revision_on_hold_stays_on_hold_and_sends_nothing(prescriber, held):
    taper = revised(held, prescriber, on=may(27), daily_mg="15")

    assert taper.status == "ON_HOLD"
    assert waiting_steps(taper) == []


def test_on_hold_the_dose_of_the_revision_comes_into_force(prescriber, held, patient):
    """A step back during a hold must not leave the lower dose on the screen."""
    taper = revised(held, prescriber, on=may(27), daily_mg="15")

    def dose_on(day):
        return courses_for(patient_ids=[patient.pk], at=morning_of(day))[patient.pk].dose_now

    assert dose_on(may(26)).daily_mg == 10
    assert dose_on(may(27)).daily_mg == 15
    assert dose_on(june(30)).daily_mg == 15
    assert taper.held_on == may(20)


def test_what_the_hold_kept_from_happening_is_not_written_down_as_given(prescriber, held):
    """On 1 June 5 mg was planned, but since 20 May nothing was lowered."""
    taper = revised(held, prescriber, on=june(1), daily_mg="10")

    assert steps_of(taper)[2:4] == doses((may(18), "10"), (june(1), "10"))
    assert plan_of(taper).dose_on(may(30)) == 10


def test_resuming_after_a_revision_waits_in_full_at_the_revised_dose(prescriber, held):
    taper = revised(held, prescriber, on=may(27), daily_mg="15")

    taper = resume_taper(actor=prescriber, taper=taper, on=june(3), at=morning_of(june(3)))

    assert steps_of(taper)[3:5] == doses((may(27), "15"), (june(10), "10"))


def test_a_revision_that_lies_ahead_is_not_put_off_by_resuming(prescriber, held):
    """Back to 15 mg from 1 June, resumed on 25 May: 15 mg still begins on 1 June."""
    taper = revised(held, prescriber, on=june(1), daily_mg="15", at=morning_of(may(22)))

    taper = resume_taper(actor=prescriber, taper=taper, on=may(25), at=morning_of(may(25)))

    assert steps_of(taper)[3:5] == doses((june(1), "15"), (june(8), "10"))


def test_dose_steps_are_only_ever_added(prescriber, taper):
    before = set(DoseStep.objects.values_list("id", "starts_on", "daily_mg", "ends_on"))

    revised(taper, prescriber, on=may(27), daily_mg="7.5")

    after = set(DoseStep.objects.values_list("id", "starts_on", "daily_mg", "ends_on"))
    assert before < after
