"""What a patient says, and a link in the wrong hands, by the API."""

from typing import Any
from uuid import uuid4

import pytest

from patients.links import path_for
from patients.models import Patient, TeamTask
from patients.vocabulary import TaskKind
from tapers.selectors import open_red_flag
from tests.api.program import Program


@pytest.fixture
def address(patient: Patient) -> str:
    return f"patients/{patient.pk}/symptom-reports"


def test_a_red_flag_acts_at_once(
    as_nurse: Program, address: str, patient: Patient, taper: dict[str, Any]
) -> None:
    body = {"symptoms": ["FAINTING"], "note": "At breakfast", "reported_by": "PATIENT"}
    answer = as_nurse.post(address, body)

    assert answer.status_code == 201
    assert answer.json()["advice"] == "EMERGENCY"
    assert answer.json()["reported_on"] == "2026-05-04"
    assert open_red_flag(patient=patient) is not None
    assert TeamTask.objects.filter(kind=TaskKind.RED_FLAG, patient=patient).exists()
    assert as_nurse.get(address).json()["results"] == [answer.json()]


def test_anything_else_is_worth_a_call(as_nurse: Program, address: str) -> None:
    answer = as_nurse.post(address, {"symptoms": ["FATIGUE"], "reported_by": "STAFF"})

    assert (answer.json()["advice"], answer.json()["red_flag"]) == ("CALL_TODAY", False)
    assert TeamTask.objects.get().kind == TaskKind.CALL_PATIENT


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"symptoms": [], "reported_by": "STAFF"}, "symptoms"),
        ({"symptoms": ["HICCUPS"], "reported_by": "STAFF"}, "symptoms"),
        ({"symptoms": ["FEVER"], "reported_by": "NEIGHBOUR"}, "reported_by"),
        ({"symptoms": ["FEVER"], "reported_by": "STAFF", "note": "x" * 501}, "note"),
        (
            {"symptoms": ["FEVER"], "reported_by": "STAFF", "reported_on": "2026-05-01"},
            "reported_on",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    as_nurse: Program, address: str, body: dict[str, Any], field: str
) -> None:
    answer = as_nurse.post(address, body)

    assert answer.status_code == 400
    assert any(name.startswith(field) for name in answer.json()["fields"]), answer.json()
    assert as_nurse.get(address).json()["results"] == []


def test_a_coordinator_may_not(as_coordinator: Program, address: str) -> None:
    body = {"symptoms": ["FEVER"], "reported_by": "STAFF"}

    assert as_coordinator.post(address, body).status_code == 403


def test_revoked_links_open_nothing(
    as_coordinator: Program, anonymous: Program, patient: Patient, clinic_monday: Any
) -> None:
    mailed = path_for(patient=patient, reminder_id=uuid4(), day=clinic_monday)
    assert anonymous.get(mailed).status_code == 200

    answer = as_coordinator.post(f"patients/{patient.pk}/revoke-links")

    assert answer.json()["patient"] == str(patient.pk)
    assert answer.json()["links_revoked_at"].startswith("2026-05-04T15:00")
    assert anonymous.get(mailed).status_code == 404
