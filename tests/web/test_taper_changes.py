import re

import pytest

REVISION = {
    "reason": "Weakness after the last step",
    "starts_on": "2026-05-05",
    "daily_mg": "30",
    "decrement_mg": "10",
    "interval_days": "14",
    "interval_days_from_10_mg": "7",
    "step-TOTAL_FORMS": "0",
    "step-INITIAL_FORMS": "0",
}


def url(taper, change: str) -> str:
    return f"/tapers/{taper.pk}/{change}"


def reload(taper):
    taper.refresh_from_db()
    return taper


def test_a_nurse_puts_a_taper_on_hold_and_only_a_prescriber_resumes_it(
    nurse_client, prescriber_client, taper
):
    nurse_client.post(url(taper, "hold"), {"on": "2026-05-04", "reason": "Fever"})
    held = reload(taper).status
    refused = nurse_client.post(url(taper, "resume"), {"on": "2026-05-04", "reason": ""})
    prescriber_client.post(url(taper, "resume"), {"on": "2026-05-04", "reason": ""})

    assert held == "ON_HOLD"
    assert "A prescriber may" in refused.content.decode()
    assert reload(taper).status == "ACTIVE"


def test_the_page_of_a_hold_names_the_dose_and_whether_it_is_known_to_be_taken(nurse_client, taper):
    unknown = nurse_client.get(url(taper, "hold")).content.decode()
    report = {"outcome": "TAKEN", "taken_on": "2026-05-04", "reported_by": "PATIENT"}
    nurse_client.post(url(taper, "steps/1"), report)
    known = nurse_client.get(url(taper, "hold")).content.decode()

    assert "By the plan 30 mg a day today, step 1; nobody has confirmed it." in unknown
    assert "report the step before you put the plan on hold." in unknown
    assert "Today 30 mg a day, step 1, confirmed." in known


def test_stopping_says_what_it_does_not_do_before_it_is_done(prescriber_client, taper):
    page = prescriber_client.get(url(taper, "stop")).content.decode()
    prescriber_client.post(url(taper, "stop"), {"on": "2026-05-04", "reason": "Moved to trial"})

    assert "cannot be undone" in page
    assert "It does not tell the patient to stop the steroid." in page
    assert reload(taper).status == "REVOKED"


def test_a_change_without_its_reason_is_asked_again(prescriber_client, taper):
    response = prescriber_client.post(url(taper, "stop"), {"on": "2026-05-04", "reason": " "})

    assert response.context["form"].errors["reason"]
    assert reload(taper).status == "ACTIVE"


def test_completing_above_0_mg_is_refused_in_a_sentence(prescriber_client, taper):
    response = prescriber_client.post(url(taper, "complete"), {"on": "2026-05-04"})

    assert "a taper is completed at 0 mg" in response.content.decode()
    assert reload(taper).status == "ACTIVE"


def test_the_page_does_not_offer_to_complete_before_0_mg(prescriber_client, taper):
    labels = [
        each.label for each in prescriber_client.get(url(taper, "")[:-1]).context["taper"].actions
    ]

    assert labels == ["Revise plan", "Put on hold", "Stop"]


@pytest.mark.parametrize("change", ["hold", "resume", "stop", "complete", "revise"])
def test_who_may_not_is_told_who_may(reader_client, taper, change):
    response = reader_client.get(url(taper, change))

    assert response.status_code == 403
    assert "Your role here (read-only) may not" in response.content.decode()


def test_a_draft_is_discarded_on_its_own_page(nurse_client, draft):
    nurse_client.post(url(draft, "discard"))

    assert reload(draft).status == "ENTERED_IN_ERROR"


def test_a_revision_is_looked_at_before_it_is_signed(prescriber_client, taper):
    response = prescriber_client.post(url(taper, "revise"), REVISION | {"do": "preview"})

    result = response.context["result"]
    assert [row.dose for row in result.steps[:3]] == ["30 mg", "30 mg", "20 mg"]
    assert reload(taper).revision == 1


def test_a_signed_revision_moves_the_plan(prescriber_client, taper):
    long = {"asked": ["PLAN_LONG"], "reason-PLAN_LONG": "Agreed with the endocrinologist"}

    answer = prescriber_client.post(url(taper, "revise"), REVISION | long | {"do": "sign"})

    assert answer.status_code == 302
    assert reload(taper).revision == 2


def test_a_revision_asks_only_for_reasons_not_given_before(prescriber_client, taper):
    response = prescriber_client.post(url(taper, "revise"), REVISION | {"do": "sign"})

    assert response.status_code == 409
    assert response.context["missing"] == {"PLAN_LONG"}
    assert reload(taper).revision == 1


def test_a_revision_says_what_is_missing_at_once_and_each_once(prescriber_client, taper):
    nothing = REVISION | {
        "reason": "",
        "decrement_mg": "",
        "interval_days": "",
        "interval_days_from_10_mg": "",
    }

    answer = prescriber_client.post(url(taper, "revise"), nothing)

    assert set(answer.context["form"].errors) == {"reason", "decrement_mg"}
    assert "Why the plan changes: Why the plan changes" not in answer.content.decode()


def test_after_a_hold_a_revision_begins_with_the_regimen_that_was_decided(prescriber_client, taper):
    before = prescriber_client.get(url(taper, "revise")).context["form"].initial
    prescriber_client.post(url(taper, "hold"), {"on": "2026-05-04", "reason": "Fever"})
    prescriber_client.post(url(taper, "resume"), {"on": "2026-05-04", "reason": ""})

    after = prescriber_client.get(url(taper, "revise")).context["form"].initial

    names = ("decrement_mg", "interval_days", "interval_days_from_10_mg")
    assert [after[name] for name in names] == [before[name] for name in names] == ["10", 7, 7]


def test_steps_by_hand_are_checked_like_any_plan(prescriber_client, taper):
    by_hand = REVISION | {
        "decrement_mg": "",
        "interval_days": "",
        "interval_days_from_10_mg": "",
        "step-TOTAL_FORMS": "2",
        "step-0-starts_on": "2026-05-05",
        "step-0-daily_mg": "30",
        "step-1-starts_on": "2026-05-20",
        "step-1-daily_mg": "40",
    }

    response = prescriber_client.post(url(taper, "revise"), by_hand | {"do": "preview"})

    assert response.context["result"] is None
    assert "rises" in response.content.decode()


def test_neither_regimen_nor_steps_is_asked_for(prescriber_client, taper):
    nothing = REVISION | {
        "decrement_mg": "",
        "interval_days": "",
        "interval_days_from_10_mg": "",
    }

    response = prescriber_client.post(url(taper, "revise"), nothing)

    assert "the steps by hand" in " ".join(response.context["form"].errors["decrement_mg"])


def test_a_step_is_reported_once(nurse_client, taper):
    report = {"outcome": "TAKEN", "taken_on": "2026-05-04", "reported_by": "PATIENT"}

    nurse_client.post(url(taper, "steps/1"), report)
    again = nurse_client.post(url(taper, "steps/1"), report)

    assert "already been reported" in again.content.decode()


def test_the_step_page_shows_dose_day_and_tablets(nurse_client, taper):
    said = nurse_client.get(url(taper, "steps/1")).content.decode()

    assert "30 mg a day" in said
    assert "Mon 4 May 2026, today" in said
    assert "1 × 20 mg and 2 × 5 mg" in said


@pytest.mark.parametrize("number", [0, 99, 10**9])
def test_a_step_that_is_not_in_the_plan_is_refused_politely(nurse_client, taper, number):
    assert nurse_client.get(url(taper, f"steps/{number}")).status_code in (400, 404)


def test_the_plan_shows_what_was_taken_and_who_signed(prescriber_client, nurse_client, taper):
    nurse_client.post(
        url(taper, "steps/1"),
        {"outcome": "TAKEN", "taken_on": "2026-05-04", "reported_by": "PATIENT"},
    )

    page = prescriber_client.get(f"/tapers/{taper.pk}")

    assert page.context["steps"][0].state == "taken 4 May"
    assert page.context["steps"][0].css == "now"
    assert page.context["taper"].since.startswith("Signed by prescriber")
    assert [row.said for row in page.context["reports"]] == ["Taken"]
    assert {row.code for row in page.context["findings"] if row.reason} == {
        "ADRENAL_RISK",
        "ASSESS_BASELINE",
    }


def test_a_report_made_by_mistake_is_taken_back_from_the_tapers_page(nurse_client, taper):
    nurse_client.post(
        f"/tapers/{taper.pk}/steps/1",
        {"outcome": "TAKEN", "taken_on": "2026-05-04", "reported_by": "STAFF", "note": ""},
    )
    page = nurse_client.get(f"/tapers/{taper.pk}").content.decode()
    link = re.search(r'href="([^"]+/take-back)"', page)[1]

    asked = nurse_client.get(link).content.decode()
    unsaid = nurse_client.post(link, {"reason": ""})
    nurse_client.post(link, {"reason": "It was another patient"})

    assert "Step 1 was not taken" in asked
    assert unsaid.context["form"].errors["reason"]
    page = nurse_client.get(f"/tapers/{taper.pk}").content.decode()
    assert "It was another patient" in page
    assert "/take-back" not in page
