from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from notifications.models import Reminder
from patients.errors import BadInput, Conflict, NotPermitted
from patients.models import AuditEvent
from patients.vocabulary import Event
from tapers.domain.dose import Drug
from tapers.domain.schedule import Regimen
from tapers.errors import AlreadyOnTaper, NeedsReason
from tapers.models import Alert, Taper
from tapers.proposal import Proposal
from tapers.selectors import findings_of, stored_findings_of
from tapers.services.plans import activate_taper, draft_taper
from tests.tapers.story import FORTY_MG, REASONS, june, may, morning_of, waiting_steps

pytestmark = pytest.mark.django_db


def test_only_a_prescriber_activates(nurse, coordinator, reader, stranger, draft, at):
    for actor in (nurse, coordinator, reader, stranger):
        with pytest.raises(NotPermitted):
            activate_taper(actor=actor, taper=draft, reasons=REASONS, at=at)

    draft.refresh_from_db()
    assert draft.status == "DRAFT"


def test_each_warning_asks_for_its_reason(prescriber, draft, at):
    with pytest.raises(NeedsReason) as refused:
        activate_taper(actor=prescriber, taper=draft, reasons={"ADRENAL_RISK": "Card given"}, at=at)

    assert [each.code for each in refused.value.findings] == ["ASSESS_BASELINE"]
    assert refused.value.findings[0].sources
    draft.refresh_from_db()
    assert draft.status == "DRAFT"
    assert not Alert.objects.exists()


@pytest.mark.parametrize("text", ["", "   ", "x" * 501, "nul\x00"])
def test_a_reason_says_something(prescriber, draft, at, text):
    with pytest.raises(BadInput) as refused:
        activate_taper(
            actor=prescriber, taper=draft, reasons=REASONS | {"ADRENAL_RISK": text}, at=at
        )

    assert refused.value.field == "reasons.ADRENAL_RISK"


def test_permission_comes_before_state_and_state_before_findings(nurse, prescriber, taper, at):
    with pytest.raises(NotPermitted):
        activate_taper(actor=nurse, taper=taper, reasons={}, at=at)
    with pytest.raises(Conflict) as refused:
        activate_taper(actor=prescriber, taper=taper, reasons={}, at=at)

    assert refused.value.code == "WRONG_STATUS"


def test_a_second_running_taper_is_refused(prescriber, nurse, taper, patient, at):
    second = draft_taper(actor=nurse, patient=patient, proposal=FORTY_MG, at=at)

    with pytest.raises(AlreadyOnTaper):
        activate_taper(actor=prescriber, taper=second, reasons={}, at=at)

    second.refresh_from_db()
    assert second.status == "DRAFT"


def test_reasons_stand_on_their_alerts_and_on_the_trail(prescriber, taper, patient):
    alert = Alert.objects.get(taper=taper, code="ADRENAL_RISK")

    assert (alert.reason, alert.acknowledged_by) == (REASONS["ADRENAL_RISK"], prescriber)
    assert alert.severity == "WARNING"
    assert alert.sources[0]["title"]
    overridden = AuditEvent.objects.filter(patient=patient, event=Event.RULE_OVERRIDDEN)
    assert {row.details["code"] for row in overridden} == {"ADRENAL_RISK", "ASSESS_BASELINE"}
    assert REASONS["ADRENAL_RISK"] not in str([row.details for row in overridden])


def test_a_long_plan_is_a_note_once_its_reason_is_recorded(prescriber, nurse, patient, at):
    proposal = Proposal(
        drug=Drug.PREDNISONE,
        daily_mg=Decimal(40),
        starts_on=may(4),
        regimen=Regimen(Decimal(5), 14, 14),
    )
    draft = draft_taper(actor=nurse, patient=patient, proposal=proposal, at=at)
    before = {each.code: each.severity for each in findings_of(draft)}

    taper = activate_taper(actor=prescriber, taper=draft, reasons=REASONS, at=at)

    after = {each.code: each.severity for each in findings_of(taper)}
    assert (before["PLAN_LONG"], after["PLAN_LONG"]) == ("WARNING", "INFO")
    assert Alert.objects.get(taper=taper, code="PLAN_LONG").asked_severity == "WARNING"


def test_the_findings_of_a_running_taper_are_those_that_were_shown(taper):
    computed = findings_of(Taper(**_copy_as_draft(taper)))

    stored = stored_findings_of([taper])[taper.pk]
    assert [(each.code, each.message, each.sources) for each in stored] == [
        (each.code, each.message, each.sources) for each in computed
    ]


def _copy_as_draft(taper):
    fields = {field.attname: getattr(taper, field.attname) for field in Taper._meta.fields}
    return fields | {"status": "DRAFT"}


def test_a_patient_treated_elsewhere_starts_no_taper(prescriber, draft, patient, at):
    patient.status = "DIED"
    patient.save(update_fields=["status"])

    with pytest.raises(Conflict) as refused:
        activate_taper(actor=prescriber, taper=draft, reasons=REASONS, at=at)

    assert refused.value.code == "PATIENT_NOT_ACTIVE"


def test_reminders_are_asked_for_instants_still_to_come_only(taper):
    """It starts today at ten: the mail of eight o'clock is past, the rest lies ahead."""
    assert waiting_steps(taper) == [
        (may(11), 2),
        (may(18), 3),
        (may(25), 4),
        (june(1), 5),
        (june(8), 6),
        (june(15), 7),
    ]


def test_a_plan_that_began_in_the_past_may_be_activated(prescriber, draft):
    later = morning_of(may(20))

    taper = activate_taper(actor=prescriber, taper=draft, reasons=REASONS, at=later)

    assert waiting_steps(taper) == [(may(25), 4), (june(1), 5), (june(8), 6), (june(15), 7)]
    assert not Reminder.objects.filter(due_at__lte=later).exists()


def test_a_hold_first_asks_for_no_step_mail_on_its_first_day(prescriber, nurse, patient, at):
    proposal = replace(FORTY_MG, starts_on=may(11), hold_days=14)
    draft = draft_taper(actor=nurse, patient=patient, proposal=proposal, at=at)

    taper = activate_taper(actor=prescriber, taper=draft, reasons=REASONS, at=at)

    assert waiting_steps(taper)[0] == (may(25), 2)


def test_the_mail_says_the_dose_and_the_tablets_only_in_its_context(taper):
    mail = Reminder.objects.get(source=f"taper:{taper.pk}", kind="STEP_DAY", local_date=may(25))

    assert mail.context == {
        "step_number": 4,
        "step_date": "2026-05-25",
        "before": "10 mg",
        "dose": "7.5 mg",
        "drug": "prednisone",
        "tablets": "1 × 5 mg and 1 × 2.5 mg",
    }
    assert (mail.revision, mail.audience) == (1, "PATIENT")
    assert mail.due_at == datetime(2026, 5, 25, 13, tzinfo=UTC)


def test_it_takes_as_many_queries_however_long_the_plan(
    prescriber, nurse, patient, at, django_assert_max_num_queries
):
    draft = draft_taper(actor=nurse, patient=patient, proposal=FORTY_MG, at=at)

    with django_assert_max_num_queries(60):
        activate_taper(actor=prescriber, taper=draft, reasons=REASONS, at=at + timedelta(hours=1))
