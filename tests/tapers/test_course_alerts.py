"""Alerts of the course: one open an episode, again only when worse, never in anybody's way."""

from datetime import date
from decimal import Decimal

import pytest

from patients.instruments.reading import check_reading
from patients.models import Assessment, AuditEvent
from patients.vocabulary import Event
from tapers.domain.dose import Drug
from tapers.domain.rules.rulebook import VERSION, course_findings
from tapers.models import Alert
from tapers.proposal import Proposal
from tapers.selectors import open_alert_counts
from tapers.selectors.record import course_facts
from tapers.services import course_alerts, plans
from tapers.services.alerts import acknowledge_alert
from tapers.services.assessments import correct_assessment, record_assessment
from tapers.services.facts import correct_exposure, record_exposure
from tapers.services.reporting import report_step
from tapers.services.symptoms import lift_red_flag, report_symptoms
from tests.factories import SteroidExposureFactory
from tests.factories_tapers import FAST, STARTS_ON, TaperFactory
from tests.tapers.story import FORTY_MG, REASONS, june, may, morning_of

pytestmark = pytest.mark.django_db
RED = "ADRENAL_RED"
NO_REMINDER = "No reminder of a reduction is sent until a prescriber lifts this."
START, END = date(2026, 3, 2), date(2026, 4, 13)


def visit(*, mmt=None, ibmfrs=None, ck=None, muscles=()):
    """The readings of a visit; *muscles* by name and Kendall grade, on the right side."""
    readings = [
        check_reading(code=code, value=Decimal(value))
        for code, value in (("MMT8", mmt), ("IBMFRS", ibmfrs))
        if value is not None
    ]
    if ck is not None:
        readings.append(
            check_reading(code="CK", value=Decimal(ck), unit="U/L", upper_limit=Decimal(308))
        )
    readings += [
        check_reading(code="MMT_MUSCLE", grade=grade, scale="KENDALL", side="RIGHT", muscle=muscle)
        for muscle, grade in muscles
    ]
    return tuple(readings)


@pytest.fixture
def seen(nurse, patient):
    """Record a visit of the patient, by one rater, on the day itself."""

    def record(day, **values):
        return record_assessment(
            actor=nurse,
            patient=patient,
            assessed_on=day,
            rater="R. Ames",
            readings=visit(**values),
            at=morning_of(day),
        )

    return record


@pytest.fixture
def running(patient):
    return TaperFactory(patient=patient, running=True)


def said(patient, **only):
    rows = Alert.objects.filter(patient=patient, taper__isnull=True, **only)
    return {row.code: row.severity for row in rows}


def open_codes(patient):
    rows = Alert.objects.filter(patient=patient, taper__isnull=True)
    return {row.code for row in rows.filter(acknowledged_at=None, closed_at=None)}


def test_weaker_at_the_end_of_the_taper_with_a_normal_ck(seen, patient, prescriber, nurse):
    SteroidExposureFactory(patient=patient, started_on=date(2025, 5, 6), ended_on=START)
    seen(
        START,
        mmt=62,
        ibmfrs=28,
        ck=480,
        muscles=[("QUADRICEPS", "6"), ("ILIOPSOAS", "7"), ("DEEP_FINGER_FLEXORS", "4")],
    )
    taper = plans.start_taper(
        actor=prescriber,
        patient=patient,
        proposal=Proposal(
            drug=Drug.PREDNISONE, daily_mg=Decimal(40), starts_on=START, regimen=FAST
        ),
        reasons=REASONS | {"BIOPSY_MISSING": "Done elsewhere", "TAPER_DELAYED": "Moved here"},
        at=morning_of(START),
    )
    for number in range(1, 8):
        day = date.fromordinal(START.toordinal() + 7 * (number - 1))
        report_step(
            actor=nurse,
            taper=taper,
            step_number=number,
            outcome="TAKEN",
            taken_on=day,
            reported_by="STAFF",
            at=morning_of(day),
        )
    Alert.objects.filter(taper__isnull=True).update(closed_at=morning_of(END))
    before = set(Alert.objects.values_list("pk", flat=True))

    second = seen(
        END,
        mmt=55,
        ibmfrs=26,
        ck=170,
        muscles=[("QUADRICEPS", "4"), ("ILIOPSOAS", "5"), ("DEEP_FINGER_FLEXORS", "4")],
    )

    new = Alert.objects.exclude(pk__in=before)
    assert {alert.code: alert.severity for alert in new} == {
        "MMT_DROP": "WARNING",
        "IBMFRS_DROP": "INFO",
        "CK_NORMALISED": "INFO",
        "NATURAL_HISTORY_NOTE": "INFO",
        "RATE_NOTE": "INFO",
        "STEROID_MYOPATHY_PATTERN": "INFO",
    }
    drop = new.get(code="MMT_DROP")
    assert (drop.assessment, drop.rulebook_version, drop.patient) == (second, VERSION, patient)
    assert drop.values["drop_percent"] == "8.75"
    assert drop.sources
    assert drop.message.startswith("Strength total fell 8.75 % of the scale since 2 March 2026")


def test_the_same_episode_is_told_once(seen, running, patient):
    seen(STARTS_ON, mmt=62)
    seen(may(11), mmt=55)
    seen(may(12), ibmfrs=28)

    rows = Alert.objects.filter(patient=patient, code="MMT_DROP")
    assert len(rows) == 1
    assert "MMT_DROP" in open_codes(patient)


def test_what_was_taken_note_of_is_told_again_only_when_worse(seen, running, patient, prescriber):
    seen(STARTS_ON, mmt=62)
    seen(may(11), mmt=55)
    alert = Alert.objects.get(code="MMT_DROP")
    acknowledge_alert(
        actor=prescriber, alert=alert, reason="Seen by the team", at=morning_of(may(11))
    )

    seen(may(18), mmt=55)
    assert "MMT_DROP" not in open_codes(patient)

    seen(may(25), mmt=35)
    assert "MMT_DROP" in open_codes(patient)


def test_an_alert_that_worsens_takes_the_place_of_the_one_that_stood(seen, running, patient):
    seen(STARTS_ON, mmt=62)
    seen(may(11), mmt=55)
    seen(may(18), mmt=35)

    rows = Alert.objects.filter(code="MMT_DROP").order_by("raised_at")
    assert [row.closed_at is None for row in rows] == [False, True]


def test_a_corrected_typing_error_takes_its_alert_back(seen, running, patient, nurse):
    seen(STARTS_ON, mmt=62)
    wrong = seen(may(11), mmt=26)
    assert "MMT_DROP" in open_codes(patient)

    correct_assessment(
        actor=nurse,
        assessment=wrong,
        assessed_on=may(11),
        rater="R. Ames",
        readings=visit(mmt=62),
        reason="Figures swapped",
        at=morning_of(may(11)),
    )

    assert "MMT_DROP" not in open_codes(patient)
    assert Alert.objects.get(code="MMT_DROP").closed_at == morning_of(may(11))


def test_what_is_critical_waits_for_a_person_even_when_it_is_over(seen, patient):
    seen(may(4), ck=5000)
    assert said(patient)["CK_URGENT"] == "CRITICAL"

    seen(may(18), ck=300)

    assert "CK_URGENT" in open_codes(patient)


def test_what_only_a_decision_ends_is_over_with_the_plan_that_is_signed(patient, nurse, prescriber):
    SteroidExposureFactory(patient=patient, daily_mg=Decimal(40), started_on=START)
    course_alerts.evaluate_course(patient=patient, at=morning_of(may(4)))
    assert said(patient)["DOSE_GT10"] == "CRITICAL"

    plans.start_taper(
        actor=prescriber, patient=patient, proposal=FORTY_MG, reasons=REASONS, at=morning_of(may(4))
    )

    assert "DOSE_GT10" not in open_codes(patient)


def test_without_a_taper_the_course_is_read_too(seen, patient):
    seen(may(4), mmt=62)
    seen(may(11), mmt=50)

    assert "MMT_DROP" in open_codes(patient)
    assert open_alert_counts(patient_ids=[patient.pk]) == {patient.pk: 1}


def test_only_what_asks_for_a_reason_is_counted(seen, patient):
    seen(STARTS_ON, mmt=62, ibmfrs=28, ck=400)
    seen(may(11), ibmfrs=26)

    assert said(patient, code="IBMFRS_DROP") == {"IBMFRS_DROP": "INFO"}
    assert open_alert_counts(patient_ids=[patient.pk]) == {}


def test_a_report_names_itself_as_the_cause(patient, running, nurse):
    report = report_symptoms(
        actor=nurse,
        patient=patient,
        symptoms=["FALL_WITH_INJURY"],
        reported_by="STAFF",
        at=morning_of(may(5)),
    )

    fall = Alert.objects.get(code="FALLS")
    assert (fall.symptom_report, fall.taper, fall.revision_number) == (report, None, None)


@pytest.mark.parametrize("symptoms", [["FAINTING"], ["NAUSEA", "FATIGUE"]])
def test_what_a_report_raises_at_once_is_not_raised_twice(patient, running, nurse, symptoms):
    for day in (5, 6):
        report_symptoms(
            actor=nurse,
            patient=patient,
            symptoms=symptoms,
            reported_by="STAFF",
            at=morning_of(may(day)),
        )

    codes = ["ADRENAL_RED", "ADRENAL_MINOR"]
    assert Alert.objects.filter(code__in=codes).count() == 1


def test_a_red_flag_without_a_taper_is_an_alert_all_the_same(patient, nurse):
    report_symptoms(
        actor=nurse,
        patient=patient,
        symptoms=["FAINTING"],
        reported_by="STAFF",
        at=morning_of(may(5)),
    )

    assert said(patient, code="ADRENAL_RED") == {"ADRENAL_RED": "CRITICAL"}
    assert "reminder" not in Alert.objects.get(code="ADRENAL_RED").message.lower()


def test_a_red_flag_speaks_of_reminders_of_reductions_only_while_a_taper_runs(
    patient, running, nurse, prescriber
):
    """And only until it was lifted: what is told of a later day is true on that day."""

    def told_on(day):
        facts = course_facts(patient=patient, as_of=may(day))
        [finding] = [
            each for each in course_findings(facts=facts, as_of=may(day)) if each.code == RED
        ]
        return NO_REMINDER in finding.message

    report_symptoms(
        actor=nurse,
        patient=patient,
        symptoms=["FAINTING"],
        reported_by="STAFF",
        at=morning_of(may(5)),
    )
    assert NO_REMINDER in Alert.objects.get(code=RED).message
    assert told_on(6)

    lift_red_flag(actor=prescriber, patient=patient, reason="Seen", at=morning_of(may(7)))

    assert (told_on(6), told_on(7)) == (True, False)


def test_minor_symptoms_of_two_reports_are_taken_together(patient, running, nurse):
    for day, symptom in ((5, "NAUSEA"), (7, "FATIGUE")):
        report_symptoms(
            actor=nurse,
            patient=patient,
            symptoms=[symptom],
            reported_by="STAFF",
            at=morning_of(may(day)),
        )

    assert said(patient, code="ADRENAL_MINOR") == {"ADRENAL_MINOR": "WARNING"}


def test_a_late_step_stops_being_late_when_it_is_reported(patient, running, nurse):
    seen_on = june(1)
    record_assessment(
        actor=nurse,
        patient=patient,
        assessed_on=seen_on,
        rater="R. Ames",
        readings=visit(mmt=62),
        at=morning_of(seen_on),
    )
    assert "STEP_LATE" in open_codes(patient)
    late = Alert.objects.get(code="STEP_LATE")

    report_step(
        actor=nurse,
        taper=running,
        step_number=1,
        outcome="TAKEN",
        taken_on=may(4),
        reported_by="STAFF",
        at=morning_of(june(1)),
    )

    late.refresh_from_db()
    assert late.closed_at is not None


def test_raising_is_in_the_trail_under_the_name_of_who_brought_it_up(seen, running, nurse):
    seen(STARTS_ON, mmt=62)
    seen(may(11), mmt=55)

    drop = Alert.objects.get(code="MMT_DROP")
    row = AuditEvent.objects.get(event=Event.ALERT_RAISED, subject_id=str(drop.pk))
    assert (row.actor, row.details["episode"]) == (nurse, drop.episode)


def test_the_rulebook_can_be_asked_by_nobody(patient, running):
    course_alerts.evaluate_course(patient=patient, at=morning_of(june(29)))

    row = AuditEvent.objects.filter(event=Event.ALERT_RAISED, patient=patient).first()
    assert (row.actor, row.system) == (None, "rulebook")


def test_a_rule_that_fails_loses_nobody_the_visit(seen, patient, monkeypatch, caplog):
    def broken(**_):
        raise ZeroDivisionError

    monkeypatch.setattr(course_alerts, "course_findings", broken)

    stored = seen(may(4), mmt=62)

    assert Assessment.objects.get() == stored
    assert not Alert.objects.exists()
    assert "rules of the course failed" in caplog.text


def test_a_dose_recorded_above_the_one_before_asks_for_its_reason(nurse, patient, running):
    dose = {"drug": "PREDNISONE", "daily_mg": Decimal(60), "started_on": STARTS_ON}
    row = record_exposure(actor=nurse, patient=patient, **dose, at=morning_of(STARTS_ON))
    asked = said(patient, code="DOSE_TAKEN_UP")

    correct_exposure(
        actor=nurse,
        exposure=row,
        **dose,
        raise_reason="Weaker legs, agreed by telephone",
        reason="Without the reason",
        at=morning_of(STARTS_ON),
    )

    assert asked == {"DOSE_TAKEN_UP": "WARNING"}
    warned = Alert.objects.filter(patient=patient, severity="WARNING", closed_at=None)
    assert not warned.filter(code="DOSE_TAKEN_UP").exists()


def test_a_note_beside_a_raised_dose_is_not_taken_for_its_reason(nurse, patient, running):
    record_exposure(
        actor=nurse,
        patient=patient,
        drug="PREDNISONE",
        daily_mg=Decimal(60),
        started_on=STARTS_ON,
        note="Tablets of the new brand",
        at=morning_of(STARTS_ON),
    )

    assert said(patient, code="DOSE_TAKEN_UP") == {"DOSE_TAKEN_UP": "WARNING"}
    assert "Reason?" in Alert.objects.get(patient=patient, code="DOSE_TAKEN_UP").message


def test_a_dose_of_an_illness_is_no_rise(nurse, patient, running):
    record_exposure(
        actor=nurse,
        patient=patient,
        drug="PREDNISONE",
        daily_mg=Decimal(60),
        started_on=STARTS_ON,
        sick_day_dose=True,
        at=morning_of(STARTS_ON),
    )

    assert said(patient, code="DOSE_TAKEN_UP") == {}
