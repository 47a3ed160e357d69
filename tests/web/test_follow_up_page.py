"""The follow-up of steroid effects, and the emergency text on every page that shows a dose."""

from datetime import timedelta

import pytest

from patients.facts import FactKind
from patients.selectors.facts import facts_of
from tests.api.program import Program
from tests.factories_tapers import STARTS_ON

EMERGENCY = "possible adrenal crisis, on steroids"


@pytest.fixture
def path(patient) -> str:
    return f"/patients/{patient.pk}/follow-up"


def test_each_item_stands_with_what_is_asked_and_when_it_is_due(nurse_client, path, taper):
    rows = {row.name: row for row in nurse_client.get(path).context["page"].rows}

    assert len(rows) == 9
    assert rows["Eyes"].state == "Due"
    assert rows["Eyes"].due == "Mon 4 May 2026, today, at the start"
    assert rows["Eyes"].last == "not recorded"


def test_several_are_recorded_at_once(nurse_client, path, patient, taper):
    sent = {"items": ["EYES", "LIPIDS"], "on": STARTS_ON.isoformat(), "note": "no complaints"}

    said = nurse_client.post(path, sent, follow=True).content.decode()

    assert "2 are recorded." in said
    assert "no complaints" in said
    rows = facts_of(patient=patient, kind=FactKind.FOLLOW_UP)
    assert {(row.code, row.from_on, row.note) for row in rows} == {
        ("EYES", STARTS_ON, "no complaints"),
        ("LIPIDS", STARTS_ON, "no complaints"),
    }


def test_what_was_typed_is_kept_when_it_is_refused(nurse_client, path, patient, taper):
    ahead = (STARTS_ON + timedelta(days=3)).isoformat()

    response = nurse_client.post(path, {"items": ["EYES"], "on": ahead, "note": "typed"})

    said = response.content.decode()
    assert "The date must lie between" in said
    assert f'value="{ahead}"' in said
    assert "typed" in said
    assert facts_of(patient=patient, kind=FactKind.FOLLOW_UP) == []


def test_nothing_chosen_is_said_beside_the_choices(nurse_client, path, taper):
    said = nurse_client.post(path, {"on": STARTS_ON.isoformat()}).content.decode()

    assert "Choose at least one." in said


def test_who_only_reads_sees_the_dates_and_no_form(reader_client, path, taper):
    assert "Record what was done" not in reader_client.get(path).content.decode()
    assert reader_client.post(path, {"items": ["EYES"]}).status_code == 403


def test_without_a_steroid_the_page_says_so(nurse_client, path):
    assert "No steroid is recorded." in nurse_client.get(path).content.decode()


def test_page_and_rest_tell_the_same_days(nurse_client, path, patient, nurse, taper):
    told = Program(nurse).get(f"patients/{patient.pk}/toxicity").json()

    rows = nurse_client.get(path).context["page"].rows

    assert [row.code for row in rows] == [each["item"] for each in told["items"]]
    assert told["begins_on"] == STARTS_ON.isoformat()
    assert told["ends_on"] == "2027-06-15"


def test_it_stands_on_the_worklist_once_a_patient(nurse_client, path, taper):
    response = nurse_client.get("/?type=follow-up")

    said = response.content.decode()
    assert "Steroid follow-up due: 9 checks" in said
    assert path in said


@pytest.mark.parametrize("where", ["", "/course", "/follow-up", "/taper/new"])
def test_the_emergency_text_stands_where_doses_are_shown(nurse_client, patient, taper, where):
    assert EMERGENCY in nurse_client.get(f"/patients/{patient.pk}{where}").content.decode()


@pytest.mark.parametrize("where", ["", "/revise"])
def test_it_stands_on_the_pages_of_the_plan_too(prescriber_client, taper, where):
    assert EMERGENCY in prescriber_client.get(f"/tapers/{taper.pk}{where}").content.decode()


def test_it_stands_nowhere_without_a_steroid(nurse_client, patient):
    assert EMERGENCY not in nurse_client.get(f"/patients/{patient.pk}").content.decode()
