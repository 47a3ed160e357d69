"""Alerts on pages: in words, with what caused them, whose they are, and when to look again."""

from datetime import timedelta

import pytest
import time_machine
from django.utils.html import escape

from patients.models import Membership
from tapers.domain.rules.contradictions import CONTRADICTIONS
from tapers.domain.rules.rulebook import STATEMENTS, VERSION
from tapers.domain.rules.titles import title_of
from tapers.domain.sources import Mark
from tapers.models import Alert, ClinicProtocol, RulebookSignature
from tapers.presenters.findings import WEIGHT_WORDS
from tapers.selectors.protocols import protocol_of
from tests.factories_tapers import AlertFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert(taper, at) -> Alert:
    return AlertFactory(taper=taper, code="STEP_LATE", raised_at=at, values={"days_late": "3"})


def page(client, path: str) -> str:
    return " ".join(client.get(path).content.decode().split())


def test_the_patient_page_says_what_whose_why_and_until_when(nurse_client, alert):
    said = page(nurse_client, f"/patients/{alert.patient_id}")

    assert "<strong>Dose step not confirmed</strong>" in said
    assert "revision 1 of the plan" in said
    assert "Nobody looks after it yet." in said
    assert "If nobody acts, the leads are told on Mon 11 May 2026, 09:00." in said
    assert "<dt>Late by</dt><dd>3 days</dd>" in said
    assert "version test" in said


def test_a_nurse_takes_it_on_from_the_page(nurse_client, nurse, alert):
    me = Membership.objects.get(user=nurse)
    path = f"/patients/{alert.patient_id}"

    answer = nurse_client.post(f"/alerts/{alert.pk}/assign", {"owner": str(me.pk), "next": path})

    assert answer["Location"] == path
    assert "You look after it." in page(nurse_client, path)
    nurse_client.post(f"/alerts/{alert.pk}/assign", {"owner": "", "next": path})
    alert.refresh_from_db()
    assert alert.owner is None


def test_a_reason_with_a_day_brings_it_back_to_the_worklist(
    prescriber_client, client_of, prescriber, alert, at
):
    given = {"reason": "Called", "next_check_on": "2026-05-06", "next": "/"}
    prescriber_client.post(f"/alerts/{alert.pk}/acknowledge", given)
    assert "Look again: Dose step not confirmed" not in page(prescriber_client, "/")

    with time_machine.travel(at + timedelta(days=2), tick=False):
        prescriber_client = client_of(prescriber)  # the session of Monday is over
        assert "Look again: Dose step not confirmed" in page(prescriber_client, "/")
        assert "Reason given: Called" in page(prescriber_client, "/?type=alert")
        prescriber_client.post(f"/alerts/{alert.pk}/check", {"note": "Taken since", "next": "/"})
        assert "Look again: Dose step not confirmed" not in page(prescriber_client, "/")
        said = page(prescriber_client, f"/patients/{alert.patient_id}")
    assert "Taken since" in said


def test_what_went_away_says_so_beside_its_reason(nurse_client, prescriber, patient, at):
    AlertFactory(
        taper=None,
        revision_number=None,
        patient=patient,
        code="MTX_TMP_SMX",
        episode="METHOTREXATE from 2026-05-01",
        reason="Changed to another antibiotic",
        acknowledged_by=prescriber,
        acknowledged_at=at,
        closed_at=at,
    )

    said = page(nurse_client, f"/patients/{patient.pk}")

    assert "No rule says this since Mon 4 May 2026, 10:00. The same again would be a new" in said


def test_a_day_out_of_range_is_said_and_nothing_is_stored(prescriber_client, alert):
    given = {"reason": "Called", "next_check_on": "2027-01-01", "next": "/"}
    said = " ".join(
        prescriber_client.post(f"/alerts/{alert.pk}/acknowledge", given, follow=True)
        .content.decode()
        .split()
    )

    assert "Give a day from 2026-05-05 to 2026-08-02, or none." in said
    alert.refresh_from_db()
    assert alert.acknowledged_at is None


def test_no_page_leads_away_from_ours(prescriber_client, alert):
    given = {"reason": "Called", "next": "https://elsewhere.example/"}

    answer = prescriber_client.post(f"/alerts/{alert.pk}/acknowledge", given)

    assert answer["Location"] == "/"


def test_every_rule_and_contradiction_stands_on_the_page_that_is_signed(nurse_client):
    said = page(nurse_client, "/rules")

    for rule in STATEMENTS:
        assert f'id="{rule.code}"' in said
        assert title_of(rule.code) in said
    for each in CONTRADICTIONS:
        assert escape(each.title) in said
    assert "Not yet reviewed by a clinician." in said
    assert "Nobody has signed these rules with these settings" in said
    assert "Sign for" not in said


def test_who_signs_reads_the_weight_and_the_note_of_every_source(nurse_client):
    said = page(nurse_client, "/rules")

    cited = {source for rule in STATEMENTS for source in rule.sources}
    assert {source.mark for source in cited} == set(Mark)
    for source in cited:
        line = f"{WEIGHT_WORDS[source.mark]} {source.note}".strip()
        assert f"{escape(line)} Not yet reviewed by a clinician." in said, source.code
    assert "Known: cited from memory, not read again." in said
    assert "The copy read breaks off" in said
    assert "marked there as pending human review" in said
    assert "the clinic&#x27;s taper brief" not in said


def test_a_prescriber_signs_after_confirming_to_have_read(prescriber_client, prescriber, clinic):
    versions = {"rulebook_version": VERSION, "protocol_version": "1"}
    refused = prescriber_client.post("/rules", versions | {"note": "My note"})
    assert "Confirm that you have read the rules" in refused.content.decode()
    assert "My note" in refused.content.decode()

    prescriber_client.post("/rules", versions | {"has_read": "on"})

    signature = RulebookSignature.objects.get(clinic=clinic)
    assert (signature.signed_by, signature.rulebook_version) == (prescriber, VERSION)
    assert "Signed for this clinic as it reads here." in page(prescriber_client, "/rules")


class TestProtocolPage:
    def changed(self, **values):
        standard = {
            "window_applies_to": "TOTAL",
            "target_mg": "0",
            "visit_due_days": "28",
            "visit_overdue_after_days": "56",
            "mmt_drop_percent_same_rater": "7.5",
            "mmt_drop_percent_other_rater": "10",
            "ibmfrs_note_points": "2",
            "ibmfrs_warning_points": "5",
            "ck_rise_percent": "65",
            "lab_overdue_days": "7",
            "critical_escalates_after_hours": "4",
            "warning_escalates_after_days": "7",
        }
        return standard | {"version": "1", "reason": "Few rooms"} | values

    def test_a_lead_is_shown_the_difference_and_confirms_it(self, client_of, lead, clinic):
        client = client_of(lead)

        asked = client.post("/clinic/protocol", self.changed(visit_due_days="35"))
        assert "28 days becomes <strong>35 days</strong>" in asked.content.decode()
        assert not ClinicProtocol.objects.exists()

        client.post("/clinic/protocol", self.changed(visit_due_days="35", confirmed="on"))
        assert protocol_of(clinic).visit_due_days == 35
        assert "28 days became 35 days" in page(client, "/clinic/protocol")

    def test_out_of_its_limits_the_value_stays_and_the_limits_are_named(self, client_of, lead):
        answer = client_of(lead).post("/clinic/protocol", self.changed(visit_due_days="99"))

        said = answer.content.decode()
        assert "Give a value from 14 to 56 days." in said
        assert 'value="99"' in said

    def test_every_setting_shows_limits_standard_and_source(self, nurse_client):
        said = page(nurse_client, "/clinic/protocol")

        assert "Limits: 14 to 56 days." in said
        assert "strength, function and CK every 4 to 8 weeks" in said
        assert "Show what changes" not in said

    def test_who_does_not_lead_cannot_change_it(self, prescriber_client):
        answer = prescriber_client.post("/clinic/protocol", self.changed(visit_due_days="35"))

        assert answer.status_code == 403
