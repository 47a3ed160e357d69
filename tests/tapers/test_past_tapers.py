"""A history from elsewhere: doses, visits, falls and a finished taper, read as of any day."""

from datetime import date
from decimal import Decimal

import pytest

from notifications.models import Reminder
from patients.errors import BadInput, Conflict, NotPermitted
from patients.facts import FactKind
from patients.instruments.reading import check_reading
from tapers.domain.dose import Drug
from tapers.domain.errors import DomainError
from tapers.domain.history import exposure_between
from tapers.domain.rules.rulebook import course_findings
from tapers.models import Alert, Taper
from tapers.selectors import courses_for, step_reports_of, tapers_for, timeline_of
from tapers.selectors.record import course_facts
from tapers.services.assessments import record_assessment
from tapers.services.facts import record_exposure, record_fact
from tapers.services.past_tapers import mark_past_taper_in_error, record_past_taper
from tests.factories_tapers import TaperFactory
from tests.tapers.story import may, morning_of

pytestmark = pytest.mark.django_db
STEPS = (
    (date(2025, 9, 1), Decimal(30)),
    (date(2025, 9, 8), Decimal(20)),
    (date(2025, 9, 15), Decimal(10)),
    (date(2025, 9, 22), Decimal("7.5")),
    (date(2025, 9, 29), Decimal(5)),
    (date(2025, 10, 6), Decimal("2.5")),
    (date(2025, 10, 13), Decimal(0)),
)
AT = morning_of(may(4))


@pytest.fixture
def enter(nurse, patient):
    def stored(steps=STEPS, actor=nurse, **values):
        given = {"drug": Drug.PREDNISONE, "daily_mg": Decimal(40)} | values
        return record_past_taper(actor=actor, patient=patient, steps=steps, at=AT, **given)

    return stored


@pytest.fixture
def history(enter, nurse, patient):
    """40 mg since March 2025, two visits, a fall in the taper, and the taper to 0."""
    record_exposure(
        actor=nurse,
        patient=patient,
        drug="PREDNISONE",
        daily_mg=Decimal(40),
        started_on=date(2025, 3, 3),
        ended_on=STEPS[0][0],
        at=AT,
    )
    for day, mmt in ((date(2025, 8, 25), 70), (date(2025, 10, 1), 60)):
        readings = [check_reading(code="MMT8", value=Decimal(mmt), unit="{score}")]
        record_assessment(
            actor=nurse, patient=patient, assessed_on=day, rater="R. Ames", readings=readings, at=AT
        )
    for day in (date(2025, 9, 10), date(2025, 9, 20)):
        record_fact(actor=nurse, patient=patient, kind=FactKind.FALL, given={"on": day}, at=AT)
    return enter()


def codes_on(patient, day):
    found = course_findings(facts=course_facts(patient=patient, as_of=day), as_of=day)
    return {each.code for each in found}


@pytest.mark.usefixtures("history")
class TestAsOf:
    @pytest.mark.parametrize(
        ("day", "mg"),
        [
            (date(2025, 8, 31), 40),
            (date(2025, 9, 1), 30),
            (date(2025, 9, 14), 20),
            (date(2025, 10, 12), Decimal("2.5")),
            (date(2025, 10, 13), 0),
            (may(4), 0),
        ],
    )
    def test_the_dose_of_a_day_is_the_one_that_was_taken(self, patient, day, mg):
        dose = course_facts(patient=patient, as_of=day).dose_on(day)

        assert (dose.prednisone_mg, dose.confirmed) == (mg, True)

    @pytest.mark.parametrize(
        ("day", "since_the_first_step"),
        [(date(2025, 9, 8), 7 * 30), (date(2025, 10, 13), 525), (may(4), 525)],
    )
    def test_the_cumulative_dose_is_the_sum_of_its_days(self, patient, day, since_the_first_step):
        facts = course_facts(patient=patient, as_of=day)

        taken = exposure_between(facts, from_on=STEPS[0][0], to_on=day)

        assert taken.cumulative_mg == since_the_first_step
        assert taken.unknown_days == 0

    def test_before_the_first_step_there_was_no_plan(self, patient):
        before, during = (
            course_facts(patient=patient, as_of=day).taper for day in (may(4), STEPS[0][0])
        )

        assert course_facts(patient=patient, as_of=date(2025, 8, 31)).taper is None
        assert during.ended_on is None
        assert before.ended_on == date(2025, 10, 13)

    def test_falls_and_a_drop_are_told_from_the_day_they_were_known(self, patient):
        assert "FALLS" not in codes_on(patient, date(2025, 9, 9))
        assert "FALLS" in codes_on(patient, date(2025, 9, 20))
        assert "FALLS" not in codes_on(patient, date(2025, 10, 25))
        assert "MMT_DROP" not in codes_on(patient, date(2025, 9, 30))
        assert "MMT_DROP" in codes_on(patient, date(2025, 10, 1))

    def test_on_no_day_is_a_step_of_it_late(self, patient):
        for day in (date(2025, 9, 8), date(2025, 9, 12), date(2025, 10, 20)):
            assert "STEP_LATE" not in codes_on(patient, day)


def test_nothing_is_reminded_of_what_is_over(history, patient):
    assert not Reminder.objects.filter(patient=patient, source__contains=str(history.pk)).exists()


def test_a_running_taper_stays_the_one_the_patient_is_on(enter, patient):
    running = TaperFactory(patient=patient, running=True)

    enter()

    assert courses_for(patient_ids=[patient.pk], at=AT)[patient.pk].taper_id == running.pk


def test_its_doses_are_in_the_sum_of_the_taper_that_runs_now(history, patient):
    TaperFactory(patient=patient, running=True)  # 30 mg on may 4, from 40 mg
    facts = course_facts(patient=patient, as_of=may(4))

    assert facts.taper.begins_on == may(4)
    assert facts.steroid_begins_on == date(2025, 3, 3)
    exposure = exposure_between(facts, from_on=date(2025, 3, 3), to_on=may(5))
    assert exposure.cumulative_mg == 182 * 40 + 525 + 30
    assert exposure.unknown_days == (may(4) - date(2025, 10, 13)).days


def test_of_two_finished_tapers_the_later_one_stands(enter, patient):
    later = enter()

    enter([(date(2024, 9, 2), Decimal(5)), (date(2024, 9, 9), Decimal(0))])

    assert courses_for(patient_ids=[patient.pk], at=AT)[patient.pk].taper_id == later.pk


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ([], "1"),
        (STEPS[:-1], "ends at 0 mg"),
        ((STEPS[1], STEPS[0], STEPS[-1]), "in order"),
        ((STEPS[0], STEPS[0], STEPS[-1]), "in order"),
        (((date(1900, 1, 1), Decimal(5)), STEPS[-1]), "must lie between"),
        ((STEPS[0], (date(2027, 1, 1), Decimal(0))), "must lie between"),
        (((STEPS[0][0], Decimal("NaN")), STEPS[-1]), "from 0 to"),
        (((STEPS[0][0], Decimal(5000)), STEPS[-1]), "from 0 to"),
    ],
)
def test_what_was_no_finished_taper_is_refused(enter, steps, says):
    with pytest.raises((BadInput, DomainError), match=says) as refused:
        enter(steps)

    assert refused.value.field == "steps"
    assert not Taper.objects.exists()


def test_days_of_another_taper_are_refused(enter):
    enter()

    with pytest.raises(Conflict) as refused:
        enter([(date(2025, 10, 1), Decimal(5)), (date(2025, 11, 1), Decimal(0))])
    enter([(date(2025, 10, 13), Decimal(5)), (date(2025, 11, 1), Decimal(0))])

    assert refused.value.code == "TAPERS_OVERLAP"
    assert Taper.objects.count() == 2


@pytest.mark.parametrize("who", ["reader", "coordinator", "stranger"])
def test_others_may_not(who, request, enter):
    with pytest.raises(NotPermitted):
        enter(actor=request.getfixturevalue(who))


# Entered in error --------------------------------------------------------------------------------


@pytest.fixture
def mark(prescriber):
    def marked(taper, actor=prescriber, reason="It was another patient"):
        return mark_past_taper_in_error(actor=actor, taper=taper, reason=reason, at=AT)

    return marked


DAYS = (date(2025, 9, 1), date(2025, 9, 20), date(2025, 10, 2), date(2025, 10, 13), may(4))


def read_on(patient, day):
    facts = course_facts(patient=patient, as_of=day)
    taken = exposure_between(facts, from_on=date(2025, 3, 3), to_on=day)
    return facts, taken, codes_on(patient, day)


def test_what_was_entered_in_error_counts_on_no_day(enter, nurse, prescriber, patient, mark):
    """Each day reads as if it had never been entered: doses, totals, findings."""
    record_exposure(
        actor=nurse,
        patient=patient,
        drug="PREDNISONE",
        daily_mg=Decimal(40),
        started_on=date(2025, 3, 3),
        at=AT,
    )
    without = [read_on(patient, day) for day in DAYS]
    taper = enter()
    assert [read_on(patient, day) for day in DAYS] != without

    mark(taper)

    assert [read_on(patient, day) for day in DAYS] == without
    assert courses_for(patient_ids=[patient.pk], at=AT) == {}
    patient.refresh_from_db()
    assert patient.next_assessment_due_on is None


def test_alerts_that_rest_on_it_are_over(history, patient, mark):
    assert Alert.objects.filter(patient=patient, code="ASSESS_OVERDUE", closed_at=None).exists()

    mark(history)

    assert not Alert.objects.filter(patient=patient, code="ASSESS_OVERDUE", closed_at=None).exists()


def test_it_stays_readable_with_who_when_and_why(enter, mark, prescriber, patient):
    taper = mark(enter())

    assert (taper.status, taper.ended_on) == ("ENTERED_IN_ERROR", date(2025, 10, 13))
    assert (taper.in_error_by, taper.in_error_at) == (prescriber, AT)
    assert taper.in_error_reason == "It was another patient"
    assert len(step_reports_of(taper)) == len(STEPS)
    assert taper not in tapers_for(actor=prescriber, patient=patient)
    texts = [entry.text for entry in timeline_of(actor=prescriber, patient=patient)]
    assert (
        "Finished taper from 40 mg, 2025-09-01 to 2025-10-13, marked as entered in error." in texts
    )


def test_what_is_right_is_entered_for_the_same_days(enter, mark, patient):
    mark(enter())

    right = enter(daily_mg=Decimal(35))

    assert courses_for(patient_ids=[patient.pk], at=AT)[patient.pk].taper_id == right.pk


def test_a_taper_that_ran_here_stays_in_the_record(patient, nurse, mark, at):
    ran = TaperFactory(
        patient=patient,
        status="COMPLETED",
        running=True,
        ended_on=may(4),
        ended_by=nurse,
        ended_at=AT,
        created_at=morning_of(date(2026, 3, 1)),
    )

    with pytest.raises(Conflict) as refused:
        mark(ran)

    assert refused.value.code == "TAPER_RAN_HERE"


def test_one_that_runs_and_one_marked_already_are_refused(patient, enter, mark):
    for taper in (TaperFactory(patient=patient, running=True), mark(enter())):
        with pytest.raises(Conflict) as refused:
            mark(taper)
        assert refused.value.code == "WRONG_STATUS"


@pytest.mark.parametrize("who", ["nurse", "reader", "coordinator", "stranger"])
def test_only_a_prescriber_marks_it(who, request, enter, mark):
    taper = enter()

    with pytest.raises(NotPermitted):
        mark(taper, actor=request.getfixturevalue(who))


def test_it_wants_a_reason(enter, mark):
    taper = enter()

    with pytest.raises(BadInput) as refused:
        mark(taper, reason=" ")

    assert "reason" in refused.value.fields
    taper.refresh_from_db()
    assert taper.status == "COMPLETED"
