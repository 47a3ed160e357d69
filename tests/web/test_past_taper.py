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
