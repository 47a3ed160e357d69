"""Which measures a clinic enters at each visit, by the API."""

import pytest
from django.contrib.auth.models import User

from patients.instruments.visit_sets import STANDARD_SETS
from patients.models import Clinic, VisitSetMeasure
from tests.api.program import Program


@pytest.fixture
def as_lead(lead: User) -> Program:
    return Program(lead)


@pytest.fixture
def address(clinic: Clinic) -> str:
    return f"clinics/{clinic.pk}/visit-sets"


def test_every_member_reads_the_sets_and_only_a_lead_chooses(
    as_reader: Program, as_prescriber: Program, address: str
) -> None:
    shown = as_reader.get(address).json()["results"]
    refused = as_prescriber.post(address, {"kind": "VISIT", "codes": ["CK"]})

    assert shown == [
        {"kind": kind, "codes": list(STANDARD_SETS[kind]), "is_standard": True}
        for kind in ("VISIT", "LABORATORY")
    ]
    assert (refused.status_code, refused.json()["code"]) == (403, "FORBIDDEN")


def test_a_lead_chooses_and_what_was_read_can_be_sent_back(as_lead: Program, address: str) -> None:
    chosen = as_lead.post(address, {"kind": "LABORATORY", "codes": ["ALT", "CK"]})
    sent_back = as_lead.post(address, chosen.json())

    assert chosen.json() == {"kind": "LABORATORY", "codes": ["ALT", "CK"], "is_standard": False}
    assert sent_back.json() == chosen.json() == as_lead.get(address).json()["results"][1]
    assert as_lead.get(address).json()["results"][0]["is_standard"] is True


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "VISIT"}, "codes"),
        ({"kind": "VISIT", "codes": []}, "codes"),
        ({"kind": "HOLIDAY", "codes": ["CK"]}, "kind"),
        ({"kind": "VISIT", "codes": ["CK", "CK"]}, "codes.1"),
        ({"kind": "VISIT", "codes": ["MMT_MUSCLE"]}, "codes.0"),
        ({"kind": "VISIT", "codes": ["CK"], "order": 1}, "order"),
    ],
)
def test_what_cannot_be_chosen_is_named(
    as_lead: Program, address: str, body: dict[str, object], field: str
) -> None:
    answer = as_lead.post(address, body)

    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]
    assert not VisitSetMeasure.objects.exists()
