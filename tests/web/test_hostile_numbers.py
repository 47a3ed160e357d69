"""A number typed into a form is spelled as JSON spells it; nothing is guessed."""

import pytest

from patients.models import Assessment, SteroidExposure
from tapers.models import Taper
from tests.api.program import Program

SPELLED_ODDLY = [
    "1e1",
    "1E1",
    "1e-1",
    "+40",
    "-0",
    "-1",
    "1_0",
    "4 0",
    "40,0",
    ".5",
    "5.",
    "0x28",
    "NaN",
    "Infinity",
    "sNaN",
    "１０",  # full-width
    "٤٠",  # Arabic-Indic
    "४०",  # Devanagari
    "4²",
    "½",
    "\u22121",
    "1\u00a0000",
    "9" * 5000,
    "0." + "1" * 5000,
]
NUMBERS_OF_THE_BUILDER = (
    "daily_mg",
    "alternate_daily_mg",
    "decrement_mg",
    "interval_days",
    "interval_days_from_10_mg",
    "hold_days",
    "exposure_days",
)
FORTY = {"drug": "PREDNISONE", "daily_mg": "40", "starts_on": "2026-05-04"}
VISIT = {"assessed_on": "2026-05-04", "rater": "Kim Nurse", "mmt8": "68"}


@pytest.mark.parametrize("odd", SPELLED_ODDLY, ids=lambda odd: ascii(odd)[:20])
@pytest.mark.parametrize("field", NUMBERS_OF_THE_BUILDER)
def test_the_builder_refuses_it_beside_the_field(nurse_client, patient, field, odd):
    sent = FORTY | {field: odd, "do": "draft"}

    answer = nurse_client.post(f"/patients/{patient.pk}/taper/new", sent)

    assert answer.context["form"].errors[field]
    assert not Taper.objects.exists()


@pytest.mark.parametrize("odd", SPELLED_ODDLY, ids=lambda odd: ascii(odd)[:20])
@pytest.mark.parametrize("field", ["daily_mg", "alternate_daily_mg"])
def test_a_course_before_the_plan_refuses_it(nurse_client, patient, field, odd):
    sent = {"drug": "PREDNISONE", "daily_mg": "40", field: odd}

    answer = nurse_client.post(f"/patients/{patient.pk}/exposure", sent)

    assert answer.context["form"].errors[field]
    assert not SteroidExposure.objects.exists()


@pytest.mark.parametrize("odd", SPELLED_ODDLY, ids=lambda odd: ascii(odd)[:20])
@pytest.mark.parametrize("field", ["mmt8", "ck", "ck_limit", "tug"])
def test_a_visit_refuses_it(nurse_client, patient, field, odd):
    sent = VISIT | {"ck": "420", "ck_limit": "200", field: odd, "do": "store"}

    answer = nurse_client.post(f"/patients/{patient.pk}/visits/new", sent)

    assert answer.context["form"].errors[field]
    assert not Assessment.objects.exists()


@pytest.mark.parametrize("odd", SPELLED_ODDLY, ids=lambda odd: ascii(odd)[:20])
def test_json_refuses_the_same(nurse, patient, odd):
    body = FORTY | {"patient": str(patient.pk), "daily_mg": odd}

    answer = Program(nurse).post("tapers", body)

    assert answer.status_code == 400
    assert "daily_mg" in answer.json()["fields"]


def test_blanks_around_a_plain_number_are_no_matter(nurse_client, patient):
    nurse_client.post(f"/patients/{patient.pk}/exposure", FORTY | {"daily_mg": " 37.5 "})

    assert str(SteroidExposure.objects.get().daily_mg.normalize()) == "37.5"
