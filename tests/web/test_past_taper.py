"""A taper finished elsewhere, entered by its page."""

import pytest

from tapers.models import Taper

TYPED = {
    "drug": "PREDNISONE",
    "daily_mg": "20",
    "steps": "2025-03-03 10\n\n2025-03-10 5\n2025-03-17 0",
}


@pytest.fixture
def path(patient) -> str:
    return f"/patients/{patient.pk}/tapers/past"


def test_it_is_stored_with_its_days_and_shown(nurse_client, patient, path):
    answer = nurse_client.post(path, TYPED)

    taper = Taper.objects.get()
    assert answer["Location"] == f"/tapers/{taper.pk}"
    assert (taper.status, str(taper.ended_on)) == ("COMPLETED", "2025-03-17")
    assert nurse_client.get(answer["Location"]).status_code == 200
    said = nurse_client.get(f"/patients/{patient.pk}").content.decode()
    assert "Finished taper from 20 mg" in said


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ("2025-03-03 10\nand then less", "Line 2 is not a day and a dose"),
        ("2025-03-03 1e1\n2025-03-10 0", "Line 1 is not a day and a dose"),
        ("20250303 10\n2025-03-10 0", "Line 1 is not a day and a dose"),
        ("2025-03-03 10", "A finished taper ends at 0 mg"),
        ("2025-03-10 10\n2025-03-03 0", "give days in order"),
    ],
)
def test_what_cannot_be_read_is_said_and_kept(nurse_client, path, steps, says):
    said = nurse_client.post(path, TYPED | {"steps": steps}).content.decode()

    assert says in said
    assert steps.splitlines()[0] in said
    assert not Taper.objects.exists()


@pytest.fixture
def entered(nurse_client, path) -> Taper:
    nurse_client.post(path, TYPED)
    return Taper.objects.get()


def test_it_is_marked_as_entered_in_error_after_a_page_that_names_it(prescriber_client, entered):
    page = prescriber_client.get(f"/tapers/{entered.pk}").content.decode()
    asked = prescriber_client.get(f"/tapers/{entered.pk}/in-error").content.decode()
    prescriber_client.post(f"/tapers/{entered.pk}/in-error", {"reason": "Another patient"})
    after = prescriber_client.get(f"/tapers/{entered.pk}").content.decode()
    patient = prescriber_client.get(f"/patients/{entered.patient_id}").content.decode()

    assert f'href="/tapers/{entered.pk}/in-error"' in page
    assert "Prednisone taper from 20 mg a day, Mon 3 Mar 2025 to Mon 17 Mar 2025" in asked
    assert "This cannot be undone" in asked
    assert "Another patient" in after
    assert f'href="/tapers/{entered.pk}/in-error"' not in after
    assert "Entered in error. Marked" in patient
    assert "marked as entered in error." in patient


def test_a_taper_that_ran_here_has_no_such_button(prescriber_client, taper):
    page = prescriber_client.get(f"/tapers/{taper.pk}").content.decode()

    assert f'href="/tapers/{taper.pk}/in-error"' not in page


def test_a_nurse_is_not_offered_it_and_is_told_who_may(nurse_client, entered):
    page = nurse_client.get(f"/tapers/{entered.pk}").content.decode()

    assert f'href="/tapers/{entered.pk}/in-error"' not in page
    assert nurse_client.get(f"/tapers/{entered.pk}/in-error").status_code == 403
