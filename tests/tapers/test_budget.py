"""What the rules cost the team: warnings a patient-month, and how often nothing changed."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from patients import audit
from patients.errors import BadInput
from patients.models import Patient
from patients.vocabulary import Event, PatientStatus
from tapers.selectors.budget import alert_budget, period_of
from tapers.services.alerts import acknowledge_alert
from tapers.services.changing import hold_taper
from tests.factories import PatientFactory
from tests.factories_tapers import AlertFactory, TaperFactory
from tests.tapers.story import may, morning_of

pytestmark = pytest.mark.django_db
MONDAY = may(4)


def budget(clinic):
    return alert_budget(clinic=clinic, from_on=may(1), to_on=may(30))


def on_a_taper(clinic, *, code, severity="WARNING", day=MONDAY):
    taper = TaperFactory(patient=PatientFactory(clinic=clinic), running=True)
    return AlertFactory(taper=taper, code=code, severity=severity, raised_at=morning_of(day))


def acknowledge(prescriber, alert, day):
    acknowledge_alert(actor=prescriber, alert=alert, reason="Seen", at=morning_of(day))


def test_a_patient_month_is_one_patient_under_care_for_a_month(clinic):
    PatientFactory.create_batch(2, clinic=clinic)
    left = PatientFactory(clinic=clinic, status=PatientStatus.TRANSFERRED)
    Patient.objects.update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    Patient.objects.filter(pk=left.pk).update(status_changed_at=morning_of(may(10)))

    assert budget(clinic).patient_months == Decimal("2.30")  # (30 + 30 + 10) / 30.4375


def test_warnings_count_and_notes_do_not(clinic):
    Patient.objects.update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    on_a_taper(clinic, code="STEP_LATE")
    on_a_taper(clinic, code="CK_URGENT", severity="CRITICAL")
    on_a_taper(clinic, code="CK_RISE", severity="INFO")
    on_a_taper(clinic, code="NO_PLAN", day=may(31))

    found = budget(clinic)

    assert {each.code: each.raised for each in found.codes} == {"STEP_LATE": 1, "CK_URGENT": 1}
    assert found.warnings == 2


def test_a_reason_without_a_change_of_the_plan_is_an_override(clinic, prescriber, nurse):
    held, same = (on_a_taper(clinic, code="STEP_LATE") for _ in range(2))
    for alert in (held, same):
        acknowledge(prescriber, alert, may(5))
    hold_taper(actor=nurse, taper=held.taper, on=may(6), reason="Fever", at=morning_of(may(6)))

    [late] = budget(clinic).codes

    assert (late.acknowledged, late.unchanged, late.override_percent) == (2, 1, Decimal("50.0"))
    assert not late.is_mostly_overridden


def test_a_change_more_than_a_week_later_is_no_answer(clinic, prescriber, nurse):
    alert = on_a_taper(clinic, code="STEP_LATE")
    acknowledge(prescriber, alert, may(5))
    hold_taper(actor=nurse, taper=alert.taper, on=may(13), reason="Fever", at=morning_of(may(13)))

    [late] = budget(clinic).codes
    assert late.unchanged == 1


def happened(alert, event, day, **details):
    audit.record(event, patient=alert.patient, system="test", at=morning_of(day), **details)


@pytest.mark.parametrize(
    ("code", "event", "details"),
    [
        ("MTX_TMP_SMX", Event.FACT_ENDED, {"kind": "MEDICINE"}),
        ("LAB_OVERDUE", Event.ASSESSMENT_RECORDED, {"codes": ["ALT", "PLATELETS"]}),
        ("CK_URGENT", Event.ASSESSMENT_RECORDED, {"codes": ["CK"]}),
        ("ASSESS_BASELINE", Event.ASSESSMENT_RECORDED, {"codes": ["MMT8"]}),
        ("STEP_LATE", Event.STEP_REPORTED, {}),
    ],
)
def test_what_a_rule_asks_for_is_an_answer_to_it(clinic, prescriber, code, event, details):
    answered, same = (on_a_taper(clinic, code=code) for _ in range(2))
    for alert in (answered, same):
        acknowledge(prescriber, alert, may(5))
    happened(answered, event, may(6), **details)

    [row] = budget(clinic).codes

    assert (row.acknowledged, row.unchanged) == (2, 1)
    assert not row.is_mostly_overridden


@pytest.mark.parametrize(
    ("code", "event", "details"),
    [
        ("MTX_TMP_SMX", Event.FACT_RECORDED, {"kind": "FALL"}),
        ("LAB_OVERDUE", Event.ASSESSMENT_RECORDED, {"codes": ["MMT8"]}),
        ("STEP_LATE", Event.ASSESSMENT_RECORDED, {"codes": ["MMT8"]}),
    ],
)
def test_what_does_not_fit_the_rule_is_no_answer(clinic, prescriber, code, event, details):
    alert = on_a_taper(clinic, code=code)
    acknowledge(prescriber, alert, may(5))
    happened(alert, event, may(6), **details)

    [row] = budget(clinic).codes
    assert row.unchanged == 1


def test_where_no_record_can_tell_the_answer_nothing_is_claimed(
    clinic, prescriber, client_of, lead
):
    for _ in range(3):
        acknowledge(prescriber, on_a_taper(clinic, code="SWALLOW"), may(5))

    [row] = budget(clinic).codes
    assert (row.acknowledged, row.unchanged, row.override_percent) == (3, None, None)
    assert not row.is_mostly_overridden
    said = client_of(lead).get("/clinic/alert-budget?from_on=2026-05-01&to_on=2026-05-30")
    assert "not known: what it asks for is not recorded here" in said.content.decode()


@pytest.mark.parametrize(("unchanged", "marked"), [(9, False), (10, True)])
def test_above_ninety_percent_it_is_marked(clinic, prescriber, nurse, unchanged, marked):
    for number in range(10):
        alert = on_a_taper(clinic, code="STEP_LATE")
        acknowledge(prescriber, alert, may(5))
        if number >= unchanged:
            hold_taper(
                actor=nurse, taper=alert.taper, on=may(6), reason="Fever", at=morning_of(may(6))
            )

    [late] = budget(clinic).codes
    assert late.is_mostly_overridden is marked


def test_the_adrenal_acknowledgement_is_no_override_and_costs_nothing(clinic, prescriber):
    acknowledge(prescriber, on_a_taper(clinic, code="ADRENAL_RISK"), may(5))
    on_a_taper(clinic, code="STEP_LATE")

    found = budget(clinic)

    adrenal = next(each for each in found.codes if each.code == "ADRENAL_RISK")
    assert (adrenal.raised, adrenal.override_percent) == (1, None)
    assert not adrenal.is_mostly_overridden
    assert found.warnings == 1


def test_without_anybody_or_any_reason_nothing_is_made_up(clinic):
    assert budget(clinic).per_patient_month is None
    on_a_taper(clinic, code="STEP_LATE")
    [late] = budget(clinic).codes
    assert late.override_percent is None


def test_another_clinics_alerts_do_not_count(clinic, other_clinic):
    on_a_taper(other_clinic, code="STEP_LATE")

    assert budget(clinic).codes == ()


def test_the_period_is_ninety_days_unless_asked_and_never_ahead(clinic, at):
    assert period_of(clinic=clinic, at=at) == (may(4) - timedelta(days=89), may(4))
    for wrong in ({"to_on": may(5)}, {"from_on": may(4), "to_on": may(3)}):
        with pytest.raises(BadInput):
            period_of(clinic=clinic, at=at, **wrong)
    with pytest.raises(BadInput):
        period_of(clinic=clinic, at=at, to_on=date.min)


def test_a_lead_reads_it_on_a_page(client_of, lead, clinic, nurse):
    on_a_taper(clinic, code="STEP_LATE")

    said = client_of(lead).get("/clinic/alert-budget?from_on=2026-05-01&to_on=2026-05-30")
    assert "Dose step not confirmed" in said.content.decode()
    assert client_of(nurse).get("/clinic/alert-budget").status_code == 403
