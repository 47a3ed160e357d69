"""What else is known of a patient, by program."""

from typing import Any

import pytest

from patients.models import AuditEvent, Patient
from patients.vocabulary import Event
from tests.api.known import KNOWN
from tests.api.program import Program
from tests.factories import KnownFactFactory, PatientFactory

ALLOPURINOL = {"medicine": "ALLOPURINOL", "from_on": "2026-03-02"}


def created(program: Program, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = program.post(path, body)
    assert answer.status_code == 201, answer.content
    result: dict[str, Any] = answer.json()
    return result


@pytest.mark.parametrize("noun", KNOWN)
def test_what_is_stored_comes_back_with_who_and_when(
    as_nurse: Program, patient: Patient, noun: str
) -> None:
    path = f"patients/{patient.id}/{noun}s"

    row = created(as_nurse, path, KNOWN[noun])

    assert {name: row[name] for name in KNOWN[noun]} == KNOWN[noun]
    assert (row["version"], row["change"], row["recorded_by"]) == (1, "RECORDED", "nurse")
    assert as_nurse.get(path).json() == {"next": None, "previous": None, "results": [row]}


def test_what_one_got_may_be_sent_back_as_a_correction(as_nurse: Program, patient: Patient) -> None:
    path = f"patients/{patient.id}/medicines"
    row = created(as_nurse, path, ALLOPURINOL)

    right = created(
        as_nurse, f"{path}/{row['id']}/correct", row | {"medicine": "STATIN", "reason": "Misread"}
    )

    assert (right["medicine"], right["version"], right["replaces"]) == ("STATIN", 2, row["id"])
    assert as_nurse.get(path).json()["results"] == [right]
    every = as_nurse.get(path, versions="ALL").json()["results"]
    assert {each["id"] for each in every} == {row["id"], right["id"]}


def test_a_medicine_ends_and_the_list_says_when(as_nurse: Program, patient: Patient) -> None:
    path = f"patients/{patient.id}/medicines"
    row = created(as_nurse, path, ALLOPURINOL)

    created(as_nurse, f"{path}/{row['id']}/end", {"until_on": "2026-05-01"})
    again = as_nurse.post(f"{path}/{row['id']}/end", {"until_on": "2026-05-01"})

    [shown] = as_nurse.get(path).json()["results"]
    assert (shown["until_on"], shown["change"]) == ("2026-05-01", "ENDED")
    assert (again.status_code, again.json()["code"]) == (409, "ALREADY_CORRECTED")


def test_what_was_entered_in_error_is_gone_from_the_list_only(
    as_nurse: Program, patient: Patient
) -> None:
    path = f"patients/{patient.id}/falls"
    row = created(as_nurse, path, {"on": "2026-05-01"})

    created(as_nurse, f"{path}/{row['id']}/entered-in-error", {"reason": "Wrong patient"})

    assert as_nurse.get(path).json()["results"] == []
    assert len(as_nurse.get(path, versions="ALL").json()["results"]) == 2


def test_a_steroid_course_is_corrected_with_a_reason(as_nurse: Program, patient: Patient) -> None:
    path = f"patients/{patient.id}/exposures"
    wrong = created(as_nurse, path, {"drug": "PREDNISONE", "daily_mg": 40})

    without = as_nurse.post(f"{path}/{wrong['id']}/correct", wrong | {"reason": ""})
    right = created(
        as_nurse, f"{path}/{wrong['id']}/correct", wrong | {"daily_mg": 4, "reason": "Misread"}
    )

    assert (without.status_code, list(without.json()["fields"])) == (400, ["reason"])
    assert (right["daily_mg"], right["version"]) == (4, 2)
    assert as_nurse.get(path).json()["results"] == [right]


CK = {"code": "CK", "value": 400, "unit": "U/L", "upper_limit": 190}
VISIT = {"assessed_on": "2026-05-01", "rater": "A. Rater", "measurements": [CK]}


@pytest.mark.parametrize(
    ("noun", "body"),
    [("exposures", {"drug": "PREDNISONE", "daily_mg": 40}), ("assessments", VISIT)],
)
def test_the_wrong_version_of_a_course_or_a_visit_stays_readable(
    as_nurse: Program, patient: Patient, noun: str, body: dict[str, Any]
) -> None:
    path = f"patients/{patient.id}/{noun}"
    wrong = created(as_nurse, path, body)
    right = created(as_nurse, f"{path}/{wrong['id']}/correct", body | {"reason": "Misread"})

    every = as_nurse.get(path, versions="ALL").json()["results"]

    assert as_nurse.get(path).json()["results"] == [right]
    assert [(row["id"], row["version"]) for row in every] == [(right["id"], 2), (wrong["id"], 1)]
    assert as_nurse.get(path, versions="FIRST").status_code == 400


@pytest.mark.parametrize(
    ("noun", "body", "field"),
    [
        ("medicine", {"medicine": "OTHER", "from_on": "2026-03-02"}, "name"),
        ("medicine", {"from_on": "2026-03-02"}, "medicine"),
        ("medicine", ALLOPURINOL | {"code": "X"}, "code"),
        ("medicine", ALLOPURINOL | {"from_on": "2026-05-06"}, "from_on"),
        ("test", {"test": "TPMT", "on": "2026-03-02", "result": "POSITIVE"}, "result"),
        ("fall", {"on": "2026-03-02", "injured": "UNKNOWN"}, "injured"),
        ("circumstance", {"circumstance": "REGULAR_ALCOHOL", "on": "2026-03-02"}, "answer"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(
    as_nurse: Program, patient: Patient, noun: str, body: dict[str, Any], field: str
) -> None:
    answer = as_nurse.post(f"patients/{patient.id}/{noun}s", body)

    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]


def test_a_fact_is_found_under_its_own_patient_and_kind_only(
    as_nurse: Program, patient: Patient
) -> None:
    fall = KnownFactFactory(patient=patient)
    other = PatientFactory(clinic=patient.clinic)
    paths = (
        f"patients/{other.id}/falls/{fall.id}/entered-in-error",
        f"patients/{patient.id}/medicines/{fall.id}/entered-in-error",
    )

    answers = [as_nurse.post(path, {"reason": "Wrong patient"}) for path in paths]

    assert [each.status_code for each in answers] == [404, 404]


@pytest.mark.parametrize("noun", KNOWN)
def test_a_coordinator_reads_and_does_not_record(
    as_coordinator: Program, patient: Patient, noun: str
) -> None:
    path = f"patients/{patient.id}/{noun}s"

    refused = as_coordinator.post(path, KNOWN[noun])

    assert refused.status_code == 403
    assert "A prescriber or a nurse may" in refused.json()["message"]
    assert as_coordinator.get(path).status_code == 200
    assert AuditEvent.objects.filter(event=Event.RECORD_READ, patient=patient).exists()


def test_what_was_recorded_stands_in_the_timeline(as_nurse: Program, patient: Patient) -> None:
    path = f"patients/{patient.id}"
    row = created(as_nurse, f"{path}/medicines", ALLOPURINOL)
    created(as_nurse, f"{path}/medicines/{row['id']}/end", {"until_on": "2026-05-01"})

    texts = [each["text"] for each in as_nurse.get(f"{path}/timeline").json()["results"]]

    assert texts[:2] == [
        "Other medicine (Allopurinol) ended on 2026-05-01.",
        "Other medicine (Allopurinol) recorded, of 2026-03-02.",
    ]
