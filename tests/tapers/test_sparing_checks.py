"""Blood tests and the tests before the first dose: partly done, overdue, and kept coming."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from notifications.models import Reminder
from patients.facts import FactKind
from patients.models import AuditEvent, Patient
from tapers.domain.checks import CheckKind, CheckState
from tapers.domain.sparing import Agent, Frequency, SparingDose
from tapers.errors import NeedsReason
from tapers.models import Alert
from tapers.selectors.lab_checks import checks_of_course, checks_overdue
from tapers.selectors.sparing import course_known, known_courses
from tapers.services import daily
from tapers.services.alerts import acknowledge_alert
from tapers.services.facts import mark_fact_in_error, record_fact
from tapers.services.sparing import end_sparing, revise_sparing, start_sparing
from tapers.services.sparing_schedule import ask_for_sparing_of
from tests.factories import PatientFactory
from tests.tapers.story import july, morning_of
from tests.tapers.test_sparing import (
    METHOTREXATE,
    MONDAY,
    RESULTS,
    TPMT_LATER,
    mails,
    measured,
    screened,
)

pytestmark = pytest.mark.django_db
LEVEL = replace(
    METHOTREXATE,
    target_mg=None,
    increment_mg=None,
    every_days=None,
    frequency=Frequency.ONCE_A_WEEK,
)


@pytest.fixture
def denver(clinic) -> Patient:
    return PatientFactory(clinic=clinic, time_zone="America/Denver", reachable=True)


@pytest.fixture
def start(prescriber, denver):
    def started(prescription=METHOTREXATE, *, at=None, reasons=None):
        return start_sparing(
            actor=prescriber,
            patient=denver,
            prescription=prescription,
            reasons=reasons or {},
            at=at or morning_of(MONDAY),
        )

    return started


def screening(course, day):
    [check] = [
        check
        for check in checks_of_course(course, as_of=day)[0]
        if check.kind is CheckKind.SCREENING
    ]
    return check


# What a blood test consists of -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left_out", "missing"),
    [
        ("WHITE_CELLS", ("white cells",)),
        ("NEUTROPHILS", ("neutrophils",)),
        ("PLATELETS", ("platelets",)),
        ("ALT", ("liver enzymes",)),
        ("EGFR", ("creatinine",)),
        ("ALBUMIN", ("albumin",)),
    ],
)
def test_a_blood_test_without_one_of_its_parts_is_partly_done(
    start, nurse, denver, left_out, missing
):
    course = start()

    measured(
        nurse, denver, date(2026, 8, 1), [each for each in RESULTS if each["code"] != left_out]
    )

    check = checks_of_course(course, as_of=date(2026, 8, 3))[0][1]
    assert (check.state, check.missing, check.is_partly_done) == (CheckState.DUE, missing, True)
    assert date(2026, 8, 3) in mails(course, "LAB_DUE")


def test_parts_of_different_days_make_one_blood_test(start, nurse, denver):
    course = start()

    measured(nurse, denver, date(2026, 7, 30), RESULTS[:3])
    measured(nurse, denver, date(2026, 8, 1), RESULTS[3:])

    check = checks_of_course(course, as_of=date(2026, 8, 3))[0][1]
    assert (check.state, check.done_on) == (CheckState.DONE, date(2026, 8, 1))


def test_white_cells_alone_are_still_overdue(start, nurse, denver):
    measured(nurse, denver, july(1))
    screened(nurse, denver, july(1))
    start()

    measured(nurse, denver, date(2026, 8, 3), RESULTS[:1])

    [due] = checks_overdue(actor=nurse, at=morning_of(date(2026, 8, 10)))
    assert due.check.measured == ("white cells",)
    assert due.check.missing[:2] == ("neutrophils", "platelets")


# Before the first dose ---------------------------------------------------------------------------


def test_the_tests_before_methotrexate_fall_due_with_the_first_dose_and_block_nothing(
    start, nurse, denver
):
    course = start(at=morning_of(july(1)))

    check = screening(course, july(1))
    assert (check.due_on, check.state, check.is_baseline) == (MONDAY, CheckState.AHEAD, True)
    assert check.missing == ("HBsAg", "anti-HBc", "hepatitis C", "chest film")
    assert (mails(course, "LAB_HEADS_UP")[0], mails(course, "LAB_DUE")[0]) == (july(4), MONDAY)
    assert mails(course, "LAB_OVERDUE", audience="NURSES")[0] == july(13)
    first = Reminder.objects.get(
        source=f"sparing:{course.pk}", kind="LAB_DUE", audience="PATIENT", local_date=MONDAY
    )
    assert first.context == {"due_on": "2026-07-06", "tests": "BEFORE_FIRST_DOSE"}


@pytest.mark.parametrize(("day", "overdue"), [(july(12), False), (july(13), True)])
def test_they_are_overdue_seven_days_after_the_first_dose(start, nurse, denver, day, overdue):
    measured(nurse, denver, july(1))
    course = start()

    daily.evaluate_courses(at=morning_of(day))

    assert (screening(course, day).state is CheckState.OVERDUE) is overdue
    due = [each.check.kind for each in checks_overdue(actor=nurse, at=morning_of(day))]
    assert due == ([CheckKind.SCREENING] if overdue else [])
    assert Alert.objects.filter(code="LAB_OVERDUE", patient=denver).exists() is overdue


def test_tests_recorded_as_facts_end_their_reminders_and_the_alert(start, nurse, denver):
    measured(nurse, denver, july(1))
    course = start()
    daily.evaluate_courses(at=morning_of(july(13)))

    screened(nurse, denver, july(14))

    check = screening(course, july(14))
    assert (check.state, check.done_on) == (CheckState.DONE, july(14))
    assert not checks_overdue(actor=nurse, at=morning_of(july(14)))
    assert not Alert.objects.filter(code="LAB_OVERDUE", closed_at=None).exists()


def test_a_test_entered_in_error_is_asked_for_again(start, nurse, denver):
    measured(nurse, denver, july(1))
    screened(nurse, denver, july(1))
    course = start(at=morning_of(july(1)))
    assert july(13) not in mails(course, "LAB_OVERDUE")

    film = denver.facts.get(code="CHEST_FILM")
    mark_fact_in_error(actor=nurse, fact=film, reason="Another patient", at=morning_of(july(2)))

    assert screening(course, july(2)).missing == ("chest film",)
    assert july(13) in mails(course, "LAB_OVERDUE")


def test_a_test_without_its_result_is_not_done_and_says_so(start, nurse, denver):
    measured(nurse, denver, july(1))
    screened(nurse, denver, july(1), hbsag=None)
    course = start(at=morning_of(july(1)))

    check = screening(course, july(13))

    assert (check.state, check.done_on) == (CheckState.OVERDUE, None)
    assert check.missing == ("HBsAg (result not recorded)",)
    assert check.results == ("anti-HBc negative", "hepatitis C negative", "chest film normal")
    assert july(13) in mails(course, "LAB_OVERDUE")


def test_a_hepatitis_b_without_the_name_of_its_test_is_shown_and_stands_for_neither(
    start, nurse, denver
):
    measured(nurse, denver, july(1))
    screened(nurse, denver, july(1))
    denver.facts.filter(code="HBSAG").update(code="HEPATITIS_B")
    denver.facts.filter(code="ANTI_HBC").delete()
    course = start(at=morning_of(july(1)))

    check = screening(course, july(13))

    assert check.missing == ("HBsAg", "anti-HBc")
    assert check.results[-1] == "hepatitis B negative (which test not recorded)"


# What came of them -------------------------------------------------------------------------------


def came_back(actor, patient, day, result, *, test="HBSAG"):
    return record_fact(
        actor=actor,
        patient=patient,
        kind=FactKind.TEST,
        given={"test": test, "on": day, "result": result},
        at=morning_of(day),
    )


def open_codes(patient):
    rows = Alert.objects.filter(patient=patient, closed_at=None, acknowledged_at=None)
    return sorted(rows.values_list("code", flat=True))


@pytest.mark.parametrize("result", ["POSITIVE", "NOT_CLEAR"])
def test_a_positive_hepatitis_asks_for_a_reason_before_methotrexate_begins(
    start, nurse, denver, result
):
    screened(nurse, denver, july(1), hbsag=result)

    with pytest.raises(NeedsReason) as refusal:
        start(at=morning_of(july(1)))
    start(at=morning_of(july(1)), reasons={"HEPATITIS_POSITIVE": "Hepatology agrees"})

    assert [each.code for each in refusal.value.findings] == ["HEPATITIS_POSITIVE"]
    alert = Alert.objects.get(patient=denver, code="HEPATITIS_POSITIVE")
    assert (alert.severity, alert.reason) == ("WARNING", "Hepatology agrees")


def test_a_result_that_comes_back_positive_later_is_told_once_until_it_is_worse(
    start, nurse, prescriber, denver
):
    start(at=morning_of(july(1)))
    came_back(nurse, denver, july(2), "NOT_CLEAR")
    first = Alert.objects.get(patient=denver, code="HEPATITIS_POSITIVE")
    acknowledge_alert(
        actor=prescriber, alert=first, reason="Repeated by the laboratory", at=morning_of(july(2))
    )

    daily.evaluate_courses(at=morning_of(july(3)))
    quiet = open_codes(denver)
    came_back(nurse, denver, july(4), "POSITIVE")

    assert quiet == []
    assert open_codes(denver) == ["HEPATITIS_POSITIVE"]


def test_each_of_two_results_asks_for_itself(start, nurse, denver):
    start(at=morning_of(july(1)))

    came_back(nurse, denver, july(2), "POSITIVE")
    came_back(nurse, denver, july(3), "POSITIVE", test="HEPATITIS_C")
    came_back(nurse, denver, july(3), "ABNORMAL", test="CHEST_FILM")

    assert open_codes(denver) == ["CHEST_FILM_ABNORMAL", "HEPATITIS_POSITIVE", "HEPATITIS_POSITIVE"]


def test_a_negative_hbsag_leaves_the_question_about_a_positive_anti_hbc(start, nurse, denver):
    start(at=morning_of(july(1)))
    came_back(nurse, denver, july(2), "POSITIVE", test="ANTI_HBC")

    came_back(nurse, denver, july(3), "NEGATIVE", test="HBSAG")
    [asked] = Alert.objects.filter(patient=denver, code="HEPATITIS_POSITIVE", closed_at=None)
    came_back(nurse, denver, july(4), "NEGATIVE", test="ANTI_HBC")

    assert asked.message.startswith("Anti-HBc positive on 2 July 2026")
    assert open_codes(denver) == []


def test_a_negative_result_or_a_correction_ends_the_question(start, nurse, denver):
    start(at=morning_of(july(1)))
    came_back(nurse, denver, july(2), "POSITIVE")
    wrong = came_back(nurse, denver, july(2), "ABNORMAL", test="CHEST_FILM")

    came_back(nurse, denver, july(3), "NEGATIVE")
    mark_fact_in_error(actor=nurse, fact=wrong, reason="Another patient", at=morning_of(july(3)))

    assert open_codes(denver) == []


def test_azathioprine_asks_for_none_of_them(start):
    prescription = replace(
        LEVEL,
        agent=Agent.AZATHIOPRINE,
        start_mg=Decimal(50),
        weekday=None,
        folic_acid_mg_per_week=None,
        frequency=Frequency.ONCE_A_DAY,
        unit_confirmed=True,
    )

    course = start(prescription, reasons=TPMT_LATER)

    kinds = {check.kind for check in checks_of_course(course, as_of=MONDAY)[0]}
    assert kinds == {CheckKind.BLOOD_TEST}


# What a day means --------------------------------------------------------------------------------


def lower_from(actor, course, day, mg, *, at):
    return revise_sparing(
        actor=actor,
        course=course,
        prescription=replace(
            LEVEL, starts_on=None, start_mg=None, doses=(SparingDose(day, Decimal(mg)),)
        ),
        reason="Nausea",
        reasons={},
        at=at,
    )


def test_a_dose_entered_later_counts_from_its_own_day(start, prescriber, denver):
    course = start(LEVEL)

    row = lower_from(prescriber, course, july(13), "10", at=morning_of(july(20)))

    by_day = {day: course_known(row, as_of=july(day)).dose_on(july(day)).mg for day in (12, 13, 20)}
    assert by_day == {12: 15, 13: 10, 20: 10}
    [known] = known_courses(patient=denver, as_of=july(13))
    assert known.dose_on(july(13)).mg == 10


def test_a_dose_planned_later_was_not_planned_before(start, prescriber):
    course = start(LEVEL)

    row = lower_from(prescriber, course, july(27), "10", at=morning_of(july(20)))

    assert [len(course_known(row, as_of=july(day)).doses) for day in (19, 20)] == [1, 2]


def test_an_end_did_not_hold_before_its_day(start, prescriber):
    course = start(LEVEL)

    row = end_sparing(
        actor=prescriber, course=course, on=july(13), reason="Cough", at=morning_of(july(20))
    )

    assert [course_known(row, as_of=july(day)).ended_on for day in (12, 13)] == [None, july(13)]


# By the day --------------------------------------------------------------------------------------


def rows_of(course):
    return list(
        Reminder.objects.filter(source=f"sparing:{course.pk}")
        .order_by("id")
        .values_list("id", "status", "due_at", "withdrawn_at", "generation")
    )


def test_over_a_year_blood_tests_come_within_reach_by_themselves(start, denver):
    course = start(LEVEL)
    reach = [mails(course, "LAB_DUE")[-1]]

    for week in range(1, 53):
        daily.evaluate_courses(at=morning_of(MONDAY + timedelta(weeks=week)))
        reach.append(mails(course, "LAB_DUE")[-1])

    last = MONDAY + timedelta(weeks=52)
    assert reach == sorted(reach)
    assert reach[0] < MONDAY + timedelta(days=401) <= reach[-1]
    days = [day for day in mails(course, "LAB_DUE") if day > last]
    assert {(after - before).days for before, after in zip(days, days[1:], strict=False)} == {84}
    asked = [row.local_date for row in Reminder.objects.filter(kind="LAB_DUE", audience="PATIENT")]
    assert len(asked) == len(set(asked))


def test_a_second_reading_changes_no_row(start, denver):
    course = start()
    day = MONDAY + timedelta(days=120)
    daily.evaluate_courses(at=morning_of(day))
    before, told = rows_of(course), AuditEvent.objects.count()

    ask_for_sparing_of(denver, morning_of(day) + timedelta(hours=2))
    daily.evaluate_courses(at=morning_of(day) + timedelta(hours=3))

    assert rows_of(course) == before
    assert AuditEvent.objects.count() == told


def test_steps_of_the_dose_stay_asked_for(start):
    course = start()
    steps = mails(course, "SPARING_DAY")

    daily.evaluate_courses(at=morning_of(july(7)))

    assert mails(course, "SPARING_DAY") == steps


def test_a_schedule_that_fails_is_told_and_stores_nothing_of_that_morning(
    start, denver, monkeypatch
):
    def fails(*_args, **_kwargs):
        raise ZeroDivisionError

    start()
    monkeypatch.setattr("tapers.services.course_alerts.ask_for_sparing_of", fails)

    tally = daily.evaluate_courses(at=morning_of(july(13)))

    assert (tally.read, tally.failed) == (0, 1)
    assert denver.tasks.filter(kind="COURSE_NOT_READ").exists()
