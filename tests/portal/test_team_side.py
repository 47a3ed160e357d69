"""What the team sees of a red flag, and how a prescriber ends it."""

import pytest

from patients import clock
from tapers.selectors import open_red_flag
from tapers.services.symptoms import report_symptoms

pytestmark = pytest.mark.django_db


@pytest.fixture
def flagged(by_link, patient, taper):
    return report_symptoms(
        actor=by_link,
        patient=patient,
        symptoms=["FAINTING"],
        reported_by="PATIENT",
        at=clock.now(),
    )


def test_a_red_flag_stands_first_on_the_worklist(flagged, nurse_client):
    said = nurse_client.get("/").content.decode()

    assert "Red flag: call the patient now" in said
    assert said.index("Red flag: call the patient now") < said.index("Step")


def test_a_prescriber_lifts_it_with_a_reason(flagged, patient, prescriber_client):
    page = f"/patients/{patient.pk}/red-flag"
    assert page in prescriber_client.get(f"/patients/{patient.pk}").content.decode()
    assert "Fainting or collapse" in prescriber_client.get(page).content.decode()

    assert prescriber_client.post(page, {"reason": ""}).status_code == 200
    assert open_red_flag(patient=patient)
    prescriber_client.post(page, {"reason": "Seen today, sodium normal"})

    assert open_red_flag(patient=patient) is None
    assert "No red flag is open" in prescriber_client.get(page).content.decode()


def test_a_nurse_sees_it_and_may_not_lift_it(flagged, patient, nurse_client):
    page = f"/patients/{patient.pk}/red-flag"

    assert page not in nurse_client.get(f"/patients/{patient.pk}").content.decode()
    nurse_client.post(page, {"reason": "Well again"})
    assert open_red_flag(patient=patient)
