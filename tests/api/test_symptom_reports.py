"""What a patient says, and a link in the wrong hands, by the API."""

from typing import Any
from uuid import uuid4

import pytest

from patients.links import path_for
from patients.models import Clinic, Patient, TeamTask
from patients.vocabulary import TaskKind
from tapers.selectors import open_red_flag
from tests.api.program import Program
from tests.factories import PatientFactory


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


@pytest.mark.parametrize(("day", "red_flag"), [("2026-04-27", True), ("2026-04-26", False)])
def test_a_red_flag_of_the_last_seven_days_acts_and_an_older_one_is_history(
    as_nurse: Program, address: str, patient: Patient, taper: dict[str, Any], day: str,
    red_flag: bool,
) -> None:  # fmt: skip
    body = {"symptoms": ["FAINTING"], "reported_by": "PATIENT", "happened_on": day}
    answer = as_nurse.post(address, body)

    assert answer.status_code == 201
    told = answer.json()
    assert (told["happened_on"], told["reported_on"]) == (day, "2026-05-04")
    assert told["is_history"] is not red_flag
    assert told["advice"] == ("EMERGENCY" if red_flag else "HISTORY")
    assert (open_red_flag(patient=patient) is not None) is red_flag
    assert TeamTask.objects.filter(patient=patient).exists() is red_flag


def test_without_a_day_it_is_of_today(as_nurse: Program, address: str) -> None:
    answer = as_nurse.post(address, {"symptoms": ["FEVER"], "reported_by": "STAFF"})

    assert (answer.json()["happened_on"], answer.json()["is_history"]) == ("2026-05-04", False)


@pytest.mark.parametrize("day", ["2026-05-05", "1899-12-31"])
def test_a_day_out_of_range_is_refused_with_the_range(
    as_nurse: Program, address: str, patient: Patient, day: str
) -> None:
    body = {"symptoms": ["FEVER"], "reported_by": "STAFF", "happened_on": day}
    answer = as_nurse.post(address, body)

    assert answer.status_code == 400
    said = f"The date must lie between {patient.birth_date} and 2026-05-04."
    assert answer.json()["fields"] == {"happened_on": [said]}


def test_the_course_knows_of_it_from_its_day_on(
    as_nurse: Program, address: str, patient: Patient
) -> None:
    body = {"symptoms": ["FALL_WITH_INJURY"], "reported_by": "PATIENT", "happened_on": "2026-04-20"}
    as_nurse.post(address, body)

    codes = {
        day: {
            finding["code"]
            for finding in as_nurse.get(f"patients/{patient.pk}/course", as_of=day).json()[
                "findings"
            ]
        }
        for day in ("2026-04-19", "2026-04-20")
    }

    assert "FALLS" not in codes["2026-04-19"]
    assert "FALLS" in codes["2026-04-20"]


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
        ({"symptoms": ["FEVER"], "reported_by": "STAFF", "happened_on": None}, "happened_on"),
        ({"symptoms": ["FEVER"], "reported_by": "STAFF", "happened_on": "1e3"}, "happened_on"),
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


# Entered in error ---------------------------------------------------------------------------------


@pytest.fixture
def reported(as_nurse: Program, address: str, taper: dict[str, Any]) -> dict[str, Any]:
    body = {"symptoms": ["FAINTING"], "note": "", "reported_by": "PATIENT"}
    told: dict[str, Any] = as_nurse.post(address, body).json()
    return told


def test_a_report_of_the_wrong_patient_is_marked_and_stays_in_the_list(
    as_prescriber: Program, address: str, patient: Patient, reported: dict[str, Any]
) -> None:
    path = f"{address}/{reported['id']}/entered-in-error"
    answer = as_prescriber.post(path, {"reason": "The wrong patient"})

    assert answer.status_code == 200
    assert answer.json()["in_error_at"].startswith("2026-05-04T")
    assert answer.json()["in_error_reason"] == "The wrong patient"
    assert (reported["in_error_at"], reported["in_error_reason"]) == (None, "")
    assert as_prescriber.get(address).json()["results"] == [answer.json()]
    assert open_red_flag(patient=patient) is None


def test_what_is_marked_already_is_told_by_its_code(
    as_prescriber: Program, address: str, reported: dict[str, Any]
) -> None:
    path = f"{address}/{reported['id']}/entered-in-error"
    as_prescriber.post(path, {"reason": "The wrong patient"})
    again = as_prescriber.post(path, {"reason": "The wrong patient"})

    assert (again.status_code, again.json()["code"]) == (409, "ENTERED_IN_ERROR")


def test_it_takes_a_reason_and_of_an_open_red_flag_a_prescriber(
    as_prescriber: Program, as_nurse: Program, as_reader: Program, address: str, patient: Patient,
    reported: dict[str, Any],
) -> None:  # fmt: skip
    path = f"{address}/{reported['id']}/entered-in-error"

    assert as_prescriber.post(path, {"reason": " "}).status_code == 400
    assert as_prescriber.post(path, {}).status_code == 400
    for program in (as_nurse, as_reader):
        assert program.post(path, {"reason": "The wrong patient"}).status_code == 403
    assert open_red_flag(patient=patient) is not None


def test_a_report_of_another_patient_is_not_there(
    as_nurse: Program, clinic: Clinic, reported: dict[str, Any]
) -> None:
    other = PatientFactory(clinic=clinic)
    path = f"patients/{other.pk}/symptom-reports/{reported['id']}/entered-in-error"

    assert as_nurse.post(path, {"reason": "The wrong patient"}).status_code == 404
