"""Steroid-sparing drugs: recorded, raised, checked and reminded of, through the real services."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from notifications.models import Reminder
from patients.errors import BadInput, Conflict, NotPermitted
from patients.facts import FactKind
from patients.instruments.reading import check_reading
from patients.models import Patient
from tapers.domain.checks import CheckState
from tapers.domain.errors import (
    DosesNotInOrder,
    DosesOrTitration,
    IncrementMissing,
    NotOfThisDrug,
    OutOfRange,
    UnitNotConfirmed,
)
from tapers.domain.prescription import Prescription
from tapers.domain.sparing import (
    Agent,
    Build,
    CheckScheme,
    Frequency,
    Pace,
    SparingDose,
    Weekday,
    WeightBasis,
)
from tapers.errors import AlreadyOnDrug, NeedsReason
from tapers.models import Alert, SparingCourse, SparingRevision
from tapers.selectors.kidney import kidney_function_of
from tapers.selectors.lab_checks import checks_of_course, checks_overdue
from tapers.selectors.record import course_facts
from tapers.selectors.sparing import course_now, sparing_course_for
from tapers.selectors.sparing_previews import Weights, preview_sparing
from tapers.services.assessments import record_assessment
from tapers.services.facts import record_fact
from tapers.services.infusions import GivenInfusion, discard_infusion, record_infusion
from tapers.services.sparing import discard_sparing, end_sparing, revise_sparing, start_sparing
from tests.factories import PatientFactory
from tests.tapers.story import july, may, morning_of

pytestmark = pytest.mark.django_db
MONDAY = july(6)
METHOTREXATE = Prescription(
    agent=Agent.METHOTREXATE,
    starts_on=MONDAY,
    start_mg=Decimal(15),
    target_mg=Decimal(25),
    increment_mg=Decimal("2.5"),
    every_days=28,
    weekday=Weekday.MONDAY,
    folic_acid_mg_per_week=Decimal(7),
)
AZATHIOPRINE = Prescription(
    agent=Agent.AZATHIOPRINE,
    starts_on=MONDAY,
    start_mg=Decimal(50),
    target_mg=Decimal(125),
    unit_confirmed=True,
    weight_basis=WeightBasis.IDEAL,
)
TPMT_LATER = {"AZA_NO_TPMT": "The result is expected on Thursday"}
RESULTS = (
    {"code": "WHITE_CELLS", "value": 6, "unit": "10*9/L", "lower_limit": 4},
    {"code": "NEUTROPHILS", "value": 3, "unit": "10*9/L", "lower_limit": 2},
    {"code": "PLATELETS", "value": 210, "unit": "10*9/L", "lower_limit": 150},
    {"code": "ALT", "value": 30, "unit": "U/L", "upper_limit": 45},
    {"code": "EGFR", "value": 78, "unit": "mL/min/{1.73_m2}"},
    {"code": "ALBUMIN", "value": 42, "unit": "g/L"},
)
WEAK_KIDNEYS = {"code": "EGFR", "value": 29, "unit": "mL/min/{1.73_m2}"}


@pytest.fixture
def denver(clinic):
    return PatientFactory(clinic=clinic, time_zone="America/Denver", reachable=True)


@pytest.fixture
def start(prescriber, denver):
    def started(prescription=METHOTREXATE, *, reasons=None, at=None, **changes):
        return start_sparing(
            actor=prescriber,
            patient=denver,
            prescription=replace(prescription, **changes),
            reasons=reasons or {},
            at=at or morning_of(MONDAY),
        )

    return started


def measured(actor, patient, on, results=RESULTS):
    return record_assessment(
        actor=actor,
        patient=patient,
        assessed_on=on,
        rater="Central laboratory",
        readings=[
            check_reading(**{k: Decimal(v) if isinstance(v, int) else v for k, v in result.items()})
            for result in results
        ],
        at=morning_of(on),
    )


def screened(actor, patient, on, *, hbsag="NEGATIVE"):
    """Hepatitis B and C and a chest film, as they are asked for before methotrexate."""
    for test, result in (
        ("HBSAG", hbsag),
        ("ANTI_HBC", "NEGATIVE"),
        ("HEPATITIS_C", "NEGATIVE"),
        ("CHEST_FILM", "NORMAL"),
    ):
        record_fact(
            actor=actor,
            patient=patient,
            kind=FactKind.TEST,
            given={"test": test, "on": on, "result": result},
            at=morning_of(on),
        )


def mails(course, kind, *, audience="PATIENT"):
    rows = Reminder.objects.filter(
        source=f"sparing:{course.pk}", kind=kind, audience=audience, status="SCHEDULED"
    )
    return sorted(row.local_date for row in rows)


# Methotrexate ------------------------------------------------------------------------------------


def test_c07_methotrexate_beside_a_taper_from_80_mg(start, nurse, denver):
    measured(nurse, denver, july(1))

    course = start(dense_after_increase=False)

    now = course_now(course)
    assert [(dose.on, dose.mg) for dose in now.doses] == [
        (date(2026, 7, 6), Decimal(15)),
        (date(2026, 8, 3), Decimal("17.5")),
        (date(2026, 8, 31), Decimal(20)),
        (date(2026, 9, 28), Decimal("22.5")),
        (date(2026, 10, 26), Decimal(25)),
    ]
    assert (now.frequency, now.weekday) == (Frequency.ONCE_A_WEEK, Weekday.MONDAY)
    assert now.folic_acid_mg_per_week / 7 == 1
    assert METHOTREXATE.pace() is Pace.WITHIN
    checks, _ = checks_of_course(course, as_of=MONDAY)
    assert [check.due_on for check in checks[1:6]] == [
        date(2026, 8, 3),
        date(2026, 8, 31),
        date(2026, 9, 28),
        date(2026, 11, 23),
        date(2027, 2, 15),
    ]
    assert (checks[0].is_baseline, checks[0].state) == (True, CheckState.DONE)
    assert not Alert.objects.filter(code__startswith="MTX").exists()


def test_each_step_and_each_blood_test_is_reminded_of(start, nurse, denver):
    measured(nurse, denver, july(1))
    screened(nurse, denver, july(1))

    course = start(dense_after_increase=False, at=morning_of(july(1)))

    assert mails(course, "SPARING_DAY")[:3] == [MONDAY, date(2026, 8, 3), date(2026, 8, 31)]
    assert mails(course, "SPARING_HEADS_UP")[0] == july(4)
    assert mails(course, "LAB_DUE")[:2] == [date(2026, 8, 3), date(2026, 8, 31)]
    assert mails(course, "LAB_HEADS_UP")[0] == date(2026, 8, 1)
    assert mails(course, "LAB_OVERDUE")[0] == date(2026, 8, 10)
    assert mails(course, "LAB_DUE", audience="NURSES")[0] == date(2026, 8, 3)
    first = Reminder.objects.get(
        source=f"sparing:{course.pk}", kind="SPARING_DAY", local_date=MONDAY
    )
    assert first.due_at.astimezone(ZoneInfo("America/Denver")).hour == 8
    assert (first.context["dose"], first.context["frequency"]) == ("15 mg", "ONCE_A_WEEK")


def test_the_first_dose_waits_for_its_weekday(start):
    course = start(starts_on=july(8))

    days = [dose.on for dose in course_now(course).doses]
    assert days[0] == july(13)
    assert {day.weekday() for day in days} == {0}


def test_a_result_ends_the_reminders_of_its_check(start, nurse, denver):
    course = start()
    assert date(2026, 8, 3) in mails(course, "LAB_DUE")

    measured(nurse, denver, date(2026, 8, 1))

    assert date(2026, 8, 3) not in mails(course, "LAB_DUE")
    assert date(2026, 8, 10) not in mails(course, "LAB_OVERDUE")
    assert date(2026, 8, 31) in mails(course, "LAB_DUE")


def test_half_a_check_is_still_due(start, nurse, denver):
    course = start()

    measured(nurse, denver, date(2026, 8, 1), RESULTS[:4])

    checks, _ = checks_of_course(course, as_of=date(2026, 8, 3))
    assert (checks[1].state, checks[1].missing) == (CheckState.DUE, ("creatinine", "albumin"))
    assert date(2026, 8, 3) in mails(course, "LAB_DUE")


def test_a_check_not_done_is_overdue_after_a_week_and_no_day_sooner(start, nurse, denver):
    measured(nurse, denver, july(1))
    screened(nurse, denver, july(1))
    start()

    for day, expected in ((9, []), (10, [date(2026, 8, 3)])):
        due = checks_overdue(actor=nurse, at=morning_of(date(2026, 8, day)))
        assert [each.check.due_on for each in due] == expected


def test_taken_daily_is_asked_about_and_the_choice_remains(start):
    with pytest.raises(NeedsReason) as refusal:
        start(frequency=Frequency.ONCE_A_DAY)
    assert [each.code for each in refusal.value.findings] == ["MTX_DAILY"]
    assert not SparingCourse.objects.exists()

    course = start(frequency=Frequency.ONCE_A_DAY, reasons={"MTX_DAILY": "Split dose, one day"})

    assert course_now(course).frequency is Frequency.ONCE_A_DAY
    assert not mails(course, "SPARING_DAY")  # no mail repeats a daily dose to the patient
    assert mails(course, "LAB_HEADS_UP")
    alert = Alert.objects.get(code="MTX_DAILY")
    assert (alert.severity, alert.reason) == ("CRITICAL", "Split dose, one day")


def test_weak_kidneys_ask_for_a_reason_and_strong_ones_do_not(start, nurse, denver):
    measured(nurse, denver, july(1), [WEAK_KIDNEYS])

    with pytest.raises(NeedsReason) as refusal:
        start()

    [finding] = refusal.value.findings
    assert (finding.code, finding.severity) == ("MTX_RENAL", "CRITICAL")


def test_no_folic_acid_is_asked_about(start):
    with pytest.raises(NeedsReason) as refusal:
        start(folic_acid_mg_per_week=None)

    assert [each.code for each in refusal.value.findings] == ["MTX_NO_FOLATE"]


def test_methotrexate_above_25_mg_is_asked_about_and_anew_when_the_dose_rises(start, prescriber):
    course = start(target_mg=Decimal("27.5"), reasons={"MTX_ABOVE_TARGET": "Tolerated before"})

    def revise(mg, on, reasons=None):
        return revise_sparing(
            actor=prescriber,
            course=course,
            prescription=Prescription(
                agent=Agent.METHOTREXATE,
                doses=(SparingDose(on, Decimal(mg)),),
                frequency=Frequency.ONCE_A_WEEK,
                folic_acid_mg_per_week=Decimal(7),
            ),
            reason="Agreed",
            reasons=reasons or {},
            at=morning_of(july(20)),
        )

    revise("27.5", date(2026, 11, 23))  # the same dose on the same day asks for nothing
    with pytest.raises(NeedsReason) as refusal:
        revise("30", date(2026, 11, 23))
    [finding] = refusal.value.findings
    assert (finding.code, finding.severity) == ("MTX_ABOVE_TARGET", "WARNING")
    revise("30", date(2026, 11, 23), {"MTX_ABOVE_TARGET": "By the dermatologist"})
    with pytest.raises(OutOfRange) as refused:
        revise("30.01", date(2026, 11, 23), {"MTX_ABOVE_TARGET": "By the dermatologist"})
    assert (refused.value.field, "30" in refused.value.message) == ("doses", True)


def test_a_dose_lowered_and_raised_again_above_25_mg_is_asked_about_anew(start, prescriber):
    course = start(
        start_mg=None,
        target_mg=None,
        increment_mg=None,
        every_days=None,
        doses=(SparingDose(MONDAY, Decimal(30)), SparingDose(july(20), Decimal(20))),
        starts_on=None,
        frequency=Frequency.ONCE_A_WEEK,
        reasons={"MTX_ABOVE_TARGET": "Continued as before"},
    )

    with pytest.raises(NeedsReason) as refusal:
        revise_sparing(
            actor=prescriber,
            course=course,
            prescription=Prescription(
                agent=Agent.METHOTREXATE,
                doses=(SparingDose(date(2026, 8, 3), Decimal("27.5")),),
                frequency=Frequency.ONCE_A_WEEK,
                folic_acid_mg_per_week=Decimal(7),
            ),
            reason="Worse again",
            reasons={},
            at=morning_of(july(21)),
        )

    assert [each.code for each in refusal.value.findings] == ["MTX_ABOVE_TARGET"]


# Revisions, end, error ---------------------------------------------------------------------------


def test_a_revision_keeps_what_was_before_and_replaces_what_follows(start, prescriber):
    course = start()

    revise_sparing(
        actor=prescriber,
        course=course,
        prescription=Prescription(
            agent=Agent.METHOTREXATE,
            doses=(SparingDose(date(2026, 8, 31), Decimal(15)),),
            frequency=Frequency.ONCE_A_WEEK,
            folic_acid_mg_per_week=Decimal(7),
        ),
        reason="Sores in the mouth",
        reasons={},
        at=morning_of(date(2026, 8, 20)),
    )

    fresh = sparing_course_for(actor=prescriber, id=course.pk)
    assert [(dose.on.month, dose.on.day, dose.mg) for dose in course_now(fresh).doses] == [
        (7, 6, Decimal(15)),
        (8, 3, Decimal("17.5")),
        (8, 31, Decimal(15)),
    ]
    assert SparingRevision.objects.filter(course=course).count() == 2
    assert mails(course, "SPARING_DAY")[-1] == date(2026, 8, 31)


def test_a_revision_with_no_dose_keeps_the_doses(start, prescriber):
    course = start()

    revise_sparing(
        actor=prescriber,
        course=course,
        prescription=Prescription(
            agent=Agent.METHOTREXATE,
            frequency=Frequency.ONCE_A_WEEK,
            folic_acid_mg_per_week=Decimal(14),
        ),
        reason="More folic acid",
        reasons={},
        at=morning_of(july(20)),
    )

    now = course_now(sparing_course_for(actor=prescriber, id=course.pk))
    assert (len(now.doses), now.folic_acid_mg_per_week) == (5, 14)


def test_after_a_day_the_revision_of_that_day_is_what_was_known(start, prescriber, denver):
    course = start()
    revise_sparing(
        actor=prescriber,
        course=course,
        prescription=Prescription(
            agent=Agent.METHOTREXATE,
            doses=(SparingDose(date(2026, 8, 3), Decimal(10)),),
            frequency=Frequency.ONCE_A_WEEK,
            folic_acid_mg_per_week=Decimal(7),
        ),
        reason="Nausea",
        reasons={},
        at=morning_of(july(25)),
    )

    before, after = (
        course_facts(patient=denver, as_of=july(day)).sparing[0].doses for day in (24, 25)
    )
    assert (before[1].mg, after[1].mg) == (Decimal("17.5"), Decimal(10))
    assert course_facts(patient=denver, as_of=july(5)).sparing == ()


def test_a_history_reads_as_it_was(start, denver):
    start(
        METHOTREXATE,
        starts_on=None,
        start_mg=None,
        target_mg=None,
        increment_mg=None,
        every_days=None,
        doses=(SparingDose(date(2025, 3, 3), Decimal(15)),),
        frequency=Frequency.ONCE_A_WEEK,
        reasons={"LAB_OVERDUE": "Done by the other hospital"},
    )

    assert course_facts(patient=denver, as_of=date(2025, 3, 2)).sparing == ()
    [known] = course_facts(patient=denver, as_of=date(2025, 4, 1)).sparing
    assert known.dose_on(date(2025, 4, 1)).mg == 15


def test_an_ended_course_reminds_of_nothing_and_says_nothing_more(start, prescriber, denver, nurse):
    course = start(folic_acid_mg_per_week=None, reasons={"MTX_NO_FOLATE": "Allergy"})

    end_sparing(
        actor=prescriber, course=course, on=july(20), reason="Cough", at=morning_of(july(20))
    )

    assert not Reminder.objects.filter(
        source=f"sparing:{course.pk}", status="SCHEDULED", withdrawn_at=None
    ).exists()
    assert course_facts(patient=denver, as_of=july(20)).sparing[0].dose_on(july(20)) is None
    assert not checks_overdue(actor=nurse, at=morning_of(date(2026, 9, 30)))


def test_an_end_lies_neither_before_the_first_dose_nor_ahead(start, prescriber):
    course = start()

    for day in (5, 21):
        with pytest.raises(BadInput):
            end_sparing(
                actor=prescriber, course=course, on=july(day), reason="x", at=morning_of(july(20))
            )


def test_what_was_entered_in_error_is_known_to_nobody(start, prescriber, denver):
    course = start()

    discard_sparing(actor=prescriber, course=course, reason="Wrong patient", at=morning_of(july(7)))

    assert course_facts(patient=denver, as_of=july(7)).sparing == ()
    with pytest.raises(Conflict) as refusal:
        end_sparing(actor=prescriber, course=course, on=july(7), reason="x", at=morning_of(july(7)))
    assert refusal.value.code == "COURSE_IS_OVER"


def test_one_course_of_a_drug_at_a_time(start):
    start()

    with pytest.raises(AlreadyOnDrug):
        start()


def test_only_a_prescriber_starts_changes_and_ends(start, nurse, denver):
    course = start()
    arguments = {"actor": nurse, "at": morning_of(july(7))}

    with pytest.raises(NotPermitted):
        start_sparing(patient=denver, prescription=METHOTREXATE, reasons={}, **arguments)
    with pytest.raises(NotPermitted):
        revise_sparing(
            course=course, prescription=METHOTREXATE, reason="x", reasons={}, **arguments
        )
    with pytest.raises(NotPermitted):
        end_sparing(course=course, on=july(7), reason="x", **arguments)
    with pytest.raises(NotPermitted):
        discard_sparing(course=course, reason="x", **arguments)


# Azathioprine ------------------------------------------------------------------------------------


def test_azathioprine_has_no_schedule_before_the_unit_is_confirmed(start):
    with pytest.raises(UnitNotConfirmed):
        start(AZATHIOPRINE, unit_confirmed=False)


@pytest.mark.parametrize(("result", "asks"), [("POOR", True), ("INTERMEDIATE", False)])
def test_a_poor_metaboliser_is_asked_about_before_the_first_dose(
    start, denver, nurse, result, asks
):
    for test, found in (("TPMT", result), ("NUDT15", "NORMAL")):
        record_fact(
            actor=nurse,
            patient=denver,
            kind=FactKind.TEST,
            given={"test": test, "on": MONDAY, "result": found},
            at=morning_of(MONDAY),
        )
    if not asks:
        assert start(AZATHIOPRINE)
        return
    with pytest.raises(NeedsReason) as refusal:
        start(AZATHIOPRINE)
    assert [each.code for each in refusal.value.findings] == ["AZA_SLOW"]
    assert start(AZATHIOPRINE, reasons={"AZA_SLOW": "Low dose, counts each week"})


def test_azathioprine_as_written_is_kept_and_reminded_of_by_nobody(start):
    with pytest.raises(NeedsReason) as refusal:
        start(AZATHIOPRINE, unit_confirmed=False, target_mg=None)
    assert {each.code for each in refusal.value.findings} == {"AZA_UNIT", "AZA_NO_TPMT"}

    course = start(
        AZATHIOPRINE,
        unit_confirmed=False,
        target_mg=None,
        as_written="25-50 mg weekly",
        reasons=TPMT_LATER | {"AZA_UNIT": "Asked the hospital"},
    )

    assert mails(course, "SPARING_DAY") == []
    assert mails(course, "LAB_DUE")[:2] == [july(13), july(20)]


def test_azathioprine_rises_at_the_pace_of_its_label(start, prescriber):
    course = start(AZATHIOPRINE, reasons=TPMT_LATER)

    assert [((d.on - MONDAY).days, d.mg) for d in course_now(course).doses] == [
        (0, 50), (42, 75), (70, 100), (98, 125),
    ]  # fmt: skip
    revision = SparingRevision.objects.get(course=course)
    assert (revision.unit_confirmed_by, revision.unit_confirmed_at) == (
        prescriber,
        morning_of(MONDAY),
    )


def test_the_pace_of_the_brief_is_marked_faster_than_the_label(prescriber, denver):
    shown = preview_sparing(
        actor=prescriber,
        patient=denver,
        prescription=replace(AZATHIOPRINE, weekly=True),
        weights=Weights(Build.MALE, Decimal(178), Decimal(80)),
        at=morning_of(MONDAY),
    )

    assert shown.pace is Pace.FASTER
    assert "AZA_FAST" in {each.code for each in shown.findings}
    assert [each.pace for each in shown.options] == [Pace.WITHIN, Pace.FASTER]
    assert [(each.basis, each.exact_daily_mg, each.daily_mg) for each in shown.targets] == [
        (WeightBasis.IDEAL, Decimal("146.4"), 125),
        (WeightBasis.ACTUAL, 160, 150),
    ]
    assert not SparingCourse.objects.exists()


def test_a_weekly_check_not_done_is_said_to_be_overdue_by_the_last_of_them_only(start, nurse):
    course = start(AZATHIOPRINE, reasons=TPMT_LATER)

    checks, _ = checks_of_course(course, as_of=july(27))
    assert [check.state for check in checks[:5]] == [
        CheckState.MISSED,  # the baseline
        CheckState.MISSED,
        CheckState.OVERDUE,
        CheckState.DUE,
        CheckState.AHEAD,
    ]
    assert july(20) not in mails(course, "LAB_OVERDUE")


def test_azathioprine_above_2_mg_a_kg_is_judged_by_the_chosen_weight(start):
    """178 cm, 80 kg: 146.4 mg by the ideal weight, 160 by the actual one."""
    man = {"build": Build.MALE, "height_cm": Decimal(178), "weight_kg": Decimal(80)}
    changes = {"target_mg": Decimal(150), "reasons": TPMT_LATER, **man}

    with pytest.raises(NeedsReason) as refusal:
        start(AZATHIOPRINE, weight_basis=WeightBasis.IDEAL, **changes)
    assert [each.code for each in refusal.value.findings] == ["AZA_ABOVE_TARGET"]
    course = start(AZATHIOPRINE, weight_basis=WeightBasis.ACTUAL, **changes)

    assert course_now(course).target_weight_kg == 80
    assert not Alert.objects.filter(code="AZA_ABOVE_TARGET").exists()
    revision = SparingRevision.objects.get(course=course)
    assert (revision.build, revision.height_cm) == ("MALE", 178)


# What cannot be -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prescription", "changes", "refusal"),
    [
        (METHOTREXATE, {"increment_mg": None}, IncrementMissing),
        (METHOTREXATE, {"starts_on": None}, IncrementMissing),
        (METHOTREXATE, {"start_mg": Decimal("2.4")}, OutOfRange),
        (METHOTREXATE, {"target_mg": Decimal("30.1")}, OutOfRange),
        (METHOTREXATE, {"every_days": 10}, OutOfRange),
        (METHOTREXATE, {"weekly": True}, NotOfThisDrug),
        (METHOTREXATE, {"unit_confirmed": True}, NotOfThisDrug),
        (METHOTREXATE, {"check_scheme": CheckScheme.AZATHIOPRINE_BSR}, NotOfThisDrug),
        (METHOTREXATE, {"agent": Agent.IVIG}, NotOfThisDrug),
        (AZATHIOPRINE, {"weekday": Weekday.MONDAY}, NotOfThisDrug),
        (AZATHIOPRINE, {"start_mg": Decimal(24)}, OutOfRange),
        (AZATHIOPRINE, {"target_mg": Decimal("300.01")}, OutOfRange),
        (AZATHIOPRINE, {"height_cm": Decimal("99.9")}, OutOfRange),
        (AZATHIOPRINE, {"height_cm": Decimal("NaN")}, OutOfRange),
        (METHOTREXATE, {"height_cm": Decimal(178)}, NotOfThisDrug),
        (METHOTREXATE, {"build": Build.MALE}, NotOfThisDrug),
        (METHOTREXATE, {"doses": (SparingDose(MONDAY, Decimal(15)),)}, DosesOrTitration),
        (METHOTREXATE, {"start_mg": None}, OutOfRange),
        (
            METHOTREXATE,
            {"start_mg": None, "doses": (SparingDose(MONDAY, Decimal(15)),) * 2},
            DosesNotInOrder,
        ),
        (
            METHOTREXATE,
            {"start_mg": None, "doses": (SparingDose(date(1999, 1, 1), Decimal(15)),)},
            OutOfRange,
        ),
    ],
)
def test_what_cannot_be_prescribed_names_its_field(start, prescription, changes, refusal):
    with pytest.raises(refusal) as refused:
        start(prescription, **changes)

    assert refused.value.field
    assert not SparingCourse.objects.exists()


# IVIG --------------------------------------------------------------------------------------------

IVIG = GivenInfusion(
    infused_on=may(4),
    product="Immunoglobulin 10 %",
    g_per_kg=Decimal(2),
    symptoms="Headache",
    creatinine_umol_per_l=Decimal(80),
    iga_g_per_l=Decimal("2.1"),
    thrombosis_risk=None,
)


def test_an_infusion_is_kept_as_it_was_given_and_plans_nothing(nurse, denver):
    row = record_infusion(actor=nurse, patient=denver, infusion=IVIG, at=morning_of(may(4)))

    [known] = course_facts(patient=denver, as_of=may(4)).infusions
    assert (known.on, known.g_per_kg, known.reaction) == (may(4), 2, "Headache")
    assert row.thrombosis_risk is None
    assert not Reminder.objects.filter(patient=denver).exists()


@pytest.fixture
def ruth(denver):
    Patient.objects.filter(pk=denver.pk).update(birth_date=date(1956, 3, 1), sex="FEMALE")
    denver.refresh_from_db()
    return denver


def kidneys_asked(patient):
    rows = Alert.objects.filter(patient=patient, code="MTX_RENAL", closed_at=None)
    return [(row.severity, row.values.get("egfr")) for row in rows]


@pytest.mark.parametrize(
    ("creatinine", "asked"),
    [
        ("180", [("CRITICAL", "25.8")]),  # 142 x (2.036/0.7)^-1.2 x 0.9938^70 x 1.012
        ("88", []),  # 61.3
        ("2900", [("WARNING", None)]),  # beyond the equation: said, not passed over
    ],
)
def test_a_creatinine_noted_with_an_infusion_counts_for_the_kidneys(
    start, nurse, ruth, creatinine, asked
):
    start()

    record_infusion(
        actor=nurse,
        patient=ruth,
        infusion=replace(IVIG, infused_on=july(7), creatinine_umol_per_l=Decimal(creatinine)),
        at=morning_of(july(7)),
    )

    assert kidneys_asked(ruth) == asked


def test_the_last_creatinine_counts_whichever_form_it_was_entered_on(start, nurse, ruth):
    start()
    weak = replace(IVIG, infused_on=july(7), creatinine_umol_per_l=Decimal(120))
    record_infusion(actor=nurse, patient=ruth, infusion=weak, at=morning_of(july(7)))

    measured(nurse, ruth, july(8), [{"code": "CREATININE", "value": 80, "unit": "umol/L"}])
    after_the_visit = kidneys_asked(ruth)
    row = record_infusion(
        actor=nurse,
        patient=ruth,
        infusion=replace(weak, infused_on=july(9)),
        at=morning_of(july(9)),
    )
    after_the_infusion = kidneys_asked(ruth)
    discard_infusion(actor=nurse, infusion=row, reason="Twice", at=morning_of(july(9)))

    assert after_the_visit == []
    assert after_the_infusion == [("WARNING", "42.0")]
    assert kidneys_asked(ruth) == []
    assert kidney_function_of(patient=ruth, as_of=july(9)).measured_on == july(8)


def test_a_creatinine_noted_with_an_infusion_completes_a_blood_test_and_ends_its_mails(
    start, nurse, denver
):
    course = start()
    measured(nurse, denver, date(2026, 8, 1), [each for each in RESULTS if each["code"] != "EGFR"])
    assert date(2026, 8, 3) in mails(course, "LAB_DUE")

    row = record_infusion(
        actor=nurse,
        patient=denver,
        infusion=replace(IVIG, infused_on=date(2026, 8, 2)),
        at=morning_of(date(2026, 8, 2)),
    )
    without = mails(course, "LAB_DUE")
    discard_infusion(actor=nurse, infusion=row, reason="Twice", at=morning_of(date(2026, 8, 2)))

    assert date(2026, 8, 3) not in without
    assert date(2026, 8, 3) in mails(course, "LAB_DUE")


def test_an_infusion_in_error_is_known_to_nobody(nurse, denver):
    row = record_infusion(actor=nurse, patient=denver, infusion=IVIG, at=morning_of(may(4)))

    discard_infusion(actor=nurse, infusion=row, reason="Twice", at=morning_of(may(5)))

    assert course_facts(patient=denver, as_of=may(5)).infusions == ()
    with pytest.raises(Conflict):
        discard_infusion(actor=nurse, infusion=row, reason="Twice", at=morning_of(may(5)))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("infused_on", may(6)),
        ("infused_on", date(1900, 1, 1)),
        ("product", " "),
        ("g_per_kg", Decimal(0)),
        ("g_per_kg", Decimal("5.01")),
        ("creatinine_umol_per_l", Decimal(9)),
        ("iga_g_per_l", Decimal("NaN")),
    ],
)
def test_an_infusion_that_cannot_be_is_refused_beside_its_field(nurse, denver, field, value):
    with pytest.raises(BadInput) as refused:
        record_infusion(
            actor=nurse,
            patient=denver,
            infusion=replace(IVIG, **{field: value}),
            at=datetime(2026, 5, 4, 15, tzinfo=UTC),
        )

    assert field in refused.value.fields
