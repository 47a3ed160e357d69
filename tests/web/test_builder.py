from datetime import date

import pytest

from notifications.models import Reminder
from tapers.models import Taper
from tests.factories import SteroidExposureFactory

FORTY = {"drug": "PREDNISONE", "daily_mg": "40", "starts_on": "2026-05-04"}
REASONS = {"reason-ADRENAL_RISK": "Card handed out", "reason-ASSESS_BASELINE": "Visit is booked"}
ASKED = {"asked": ["ADRENAL_RISK", "ASSESS_BASELINE"]}


@pytest.fixture
def builder(patient) -> str:
    return f"/patients/{patient.pk}/taper/new"


@pytest.fixture
def start(patient) -> str:
    return f"/patients/{patient.pk}/taper/start"


def test_the_builder_opens_with_the_dose_on_record(nurse_client, builder, patient):
    SteroidExposureFactory(patient=patient, daily_mg=30, started_on=date(2026, 1, 5))

    response = nurse_client.get(builder)

    assert response.context["form"]["daily_mg"].value() == 30
    assert response.context["result"].plan is not None


def test_a_preview_shows_the_plan_that_fits_best_and_stores_nothing(nurse_client, builder):
    response = nurse_client.post(builder, FORTY)

    result = response.context["result"]
    assert (result.plan.weeks, result.plan.total) == ("8 weeks", "875 mg")
    assert [row.dose for row in result.steps[:3]] == ["30 mg", "20 mg", "10 mg"]
    assert result.steps[0].day == "Mon 4 May 2026"
    assert not Taper.objects.exists()
    assert not Reminder.objects.exists()


def test_plans_that_fit_stand_beside_each_other_with_weeks_and_total(nurse_client, builder):
    found = nurse_client.post(builder, FORTY).context["result"].alternatives

    assert [(each.weeks, each.total, each.chosen) for each in found] == [
        ("8 weeks", "875 mg in all", True),
        ("6 weeks", "525 mg in all", False),
    ]


def test_choosing_one_fills_the_fields(nurse_client, builder):
    response = nurse_client.post(builder, FORTY | {"choose": "10/7/7"})

    form, result = response.context["form"], response.context["result"]
    assert [form[name].value() for name in ("decrement_mg", "interval_days")] == ["10", "7"]
    assert [each.chosen for each in result.alternatives] == [False, True]


def test_where_no_plan_fits_it_says_so_with_the_shortest(nurse_client, builder):
    result = nurse_client.post(builder, FORTY | {"daily_mg": "80"}).context["result"]

    assert result.plan is None
    assert result.none_fits.startswith("No plan of the protocol takes 4 to 8 weeks from this dose.")
    assert "The shortest takes 10 weeks" in result.none_fits


def test_how_weeks_are_counted_is_on_the_screen(nurse_client, builder):
    at_once = nurse_client.post(builder, FORTY).context["result"].convention
    held = nurse_client.post(builder, FORTY | {"hold_days": "7"}).context["result"].convention

    assert "first reduction on Mon 4 May 2026 (day 0)" in at_once
    assert "with 7 days at the present dose first" in held


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"daily_mg": "0"}, "daily_mg", "above 0"),
        ({"daily_mg": "-5"}, "daily_mg", "plain digits"),
        ({"daily_mg": "NaN"}, "daily_mg", "number"),
        ({"daily_mg": "1e400"}, "daily_mg", "plain digits"),
        ({"daily_mg": "900"}, "daily_mg", "200 mg"),
        ({"starts_on": "9999-12-31"}, "starts_on", "value from"),
        ({"starts_on": "yesterday"}, "starts_on", "YYYY-MM-DD"),
        ({"hold_days": "90"}, "hold_days", "0 to 56"),
        ({"interval_days": "9"}, "decrement_mg", "all three"),
        (
            {"decrement_mg": "3", "interval_days": "7", "interval_days_from_10_mg": "7"},
            "decrement_mg",
            "5 to 10",
        ),
    ],
)
def test_what_cannot_be_planned_is_said_beside_its_field(nurse_client, builder, given, field, said):
    response = nurse_client.post(builder, FORTY | given)

    assert response.status_code == 200
    assert said in " ".join(response.context["form"].errors[field])
    assert response.context["form"]["drug"].value() == "PREDNISONE"


def test_a_nurse_saves_a_draft_and_nothing_goes_out(nurse_client, builder, patient):
    answer = nurse_client.post(builder, FORTY | {"do": "draft"})

    taper = Taper.objects.get(patient=patient)
    assert answer["Location"] == f"/tapers/{taper.pk}"
    assert taper.status == "DRAFT"
    assert not Reminder.objects.filter(kind__startswith="STEP").exists()


def test_a_draft_without_a_plan_is_refused_with_the_reason(nurse_client, builder):
    response = nurse_client.post(builder, FORTY | {"daily_mg": "80", "do": "draft"})

    assert "Choose a regimen" in " ".join(response.context["form"].errors["decrement_mg"])


def test_signing_shows_the_mail_of_the_next_30_days_before_anything_is_stored(
    prescriber_client, builder
):
    response = prescriber_client.post(builder, FORTY | {"do": "sign"})

    mails = response.context["mails"]
    assert mails
    assert all("prednisone" not in mail.text.lower() for mail in mails if mail.to == "Patient")
    assert not Taper.objects.exists()


def test_signing_with_every_reason_starts_the_taper(prescriber_client, start, patient):
    answer = prescriber_client.post(start, FORTY | ASKED | REASONS)

    taper = Taper.objects.get(patient=patient)
    assert answer.status_code == 302
    assert taper.status == "ACTIVE"
    assert Reminder.objects.filter(source=f"taper:{taper.pk}").exists()


def test_a_missing_reason_is_asked_for_and_nothing_typed_is_lost(prescriber_client, start):
    only_one = {"reason-ADRENAL_RISK": "Card handed out"}

    response = prescriber_client.post(start, FORTY | ASKED | only_one)

    typed = {row.code: row.typed for row in response.context["findings"]}
    assert response.status_code == 409
    assert response.context["missing"] == {"ASSESS_BASELINE"}
    assert typed["ADRENAL_RISK"] == "Card handed out"
    assert not Taper.objects.exists()


def test_a_nurse_cannot_sign_and_is_told_who_may(nurse_client, start):
    response = nurse_client.post(start, FORTY | ASKED | REASONS)

    assert "A prescriber may" in response.content.decode()
    assert not Taper.objects.exists()


def test_a_second_running_taper_is_refused_in_a_sentence(prescriber_client, start, taper):
    response = prescriber_client.post(start, FORTY | ASKED | REASONS)

    assert "already on a taper" in response.content.decode()


def test_a_draft_is_signed_on_its_own_page(prescriber_client, draft):
    page = prescriber_client.get(f"/tapers/{draft.pk}")
    answer = prescriber_client.post(f"/tapers/{draft.pk}/activate", ASKED | REASONS)

    draft.refresh_from_db()
    assert [row.code for row in page.context["findings"] if row.needs_reason] == [
        "ADRENAL_RISK",
        "ASSESS_BASELINE",
    ]
    assert answer.status_code == 302
    assert draft.status == "ACTIVE"


def test_a_draft_without_reasons_stays_a_draft(prescriber_client, draft):
    response = prescriber_client.post(f"/tapers/{draft.pk}/activate", ASKED)

    draft.refresh_from_db()
    assert response.status_code == 409
    assert draft.status == "DRAFT"


def test_the_nurses_view_of_a_draft_has_no_button_to_activate(nurse_client, draft):
    said = nurse_client.get(f"/tapers/{draft.pk}").content.decode()

    assert "Activate plan" not in said
    assert "Only a prescriber of this clinic can activate this plan." in said


def test_findings_name_their_sources_and_whether_a_clinician_reviewed_them(nurse_client, builder):
    findings = nurse_client.post(builder, FORTY).context["result"].findings

    adrenal = next(row for row in findings if row.code == "ADRENAL_RISK")
    assert adrenal.tone.word == "Warning"
    assert all(source.title and source.about for source in adrenal.sources)
    assert {source.review for source in adrenal.sources} == {"Not yet reviewed by a clinician."}
