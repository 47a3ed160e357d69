"""Every address that names a row: to another clinic's member it is not there. From the URL map."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from patients.models import AuditEvent, Clinic, Patient
from patients.vocabulary import Event
from tapers.models import Taper
from tests import factories, factories_tapers
from tests.api.addresses import OPEN_TO_ALL, Operation, operations
from tests.api.known import ids_of_facts
from tests.api.program import Program
from tests.api.sparing_rows import ids_of_sparing
from tests.factories_notifications import SendingPauseFactory

EVERY = operations()
OF_ONE_ROW = [each for each in EVERY if "<" in each.route]
LISTS = [each for each in EVERY if not each.writes and "<" not in each.route]
VISIT = {
    "assessed_on": "2026-05-01",
    "rater": "N. Nurse",
    "measurements": [{"code": "MMT8", "value": 62, "unit": "{score}"}],
}
CONSENT = {
    "channel": "EMAIL",
    "content": "MINIMAL",
    "given_on": "2026-05-04",
    "text_version": "2026-1",
}


@pytest.fixture
def ids(as_prescriber: Program, patient: Patient, taper: dict[str, Any]) -> dict[str, str]:
    """One row of every kind that an address can name, all of one clinic."""
    visit = as_prescriber.post(f"patients/{patient.id}/assessments", VISIT).json()
    consent = as_prescriber.post(f"patients/{patient.id}/consents", CONSENT).json()
    course = {"drug": "PREDNISONE", "daily_mg": 40, "started_on": "2026-01-01"}
    exposure = as_prescriber.post(f"patients/{patient.id}/exposures", course).json()
    report = {
        "step_number": 1,
        "outcome": "TAKEN",
        "taken_on": "2026-05-04",
        "reported_by": "STAFF",
    }
    said = as_prescriber.post(f"tapers/{taper['id']}/step-reports", report).json()
    return {
        "exposure_id": exposure["id"],
        "report_id": said["id"],
        "symptom_report_id": str(factories_tapers.SymptomReportFactory(patient=patient).pk),
        **ids_of_facts(as_prescriber, patient),
        **ids_of_sparing(as_prescriber, patient),
        "patient_id": str(patient.id),
        "taper_id": taper["id"],
        "assessment_id": visit["id"],
        "consent_id": consent["id"],
        "reminder_id": as_prescriber.get("reminders").json()["results"][0]["id"],
        "alert_id": as_prescriber.get("alerts").json()["results"][0]["id"],
        "clinic_id": str(patient.clinic_id),
        "pause_id": str(SendingPauseFactory(clinic=patient.clinic).pk),
    }


def rows_by_table() -> dict[str, int]:
    with connection.cursor() as cursor:
        counts = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
    return counts


@pytest.mark.parametrize("operation", OF_ONE_ROW, ids=str)
def test_another_clinics_row_is_not_there(
    operation: Operation, as_stranger: Program, ids: dict[str, str]
) -> None:
    path = operation.path(**ids)
    assert "<" not in path, f"say in `ids` what row {operation} names"
    before = rows_by_table()

    answer = as_stranger.send(operation.method.upper(), path, "{}")

    assert answer.status_code == 404, answer.content
    assert answer.json()["code"] == "NOT_FOUND"
    assert rows_by_table() == before


@pytest.mark.parametrize("operation", LISTS, ids=str)
def test_no_list_shows_another_clinics_rows(
    operation: Operation, as_stranger: Program, ids: dict[str, str], patient: Patient
) -> None:
    answer = as_stranger.get(operation.path())

    shown = answer.content.decode()
    assert answer.status_code == 200
    for secret in (*ids.values(), patient.family_name, patient.email, patient.record_number):
        assert secret not in shown


@pytest.mark.parametrize("name", ["patients", "tapers", "reminders", "alerts"])
def test_no_filter_opens_another_clinic(
    as_stranger: Program, patient: Patient, ids: dict[str, str], name: str
) -> None:
    filters = {"clinic": str(patient.clinic_id)}
    if name != "patients":
        filters["patient"] = str(patient.id)

    for field, value in filters.items():
        answer = as_stranger.get(name, **{field: value})

        assert answer.status_code == 404, (field, answer.content)


@pytest.mark.parametrize("path", ["tapers", "taper-previews"])
def test_a_proposal_names_no_clinic_but_the_patients(
    as_prescriber: Program,
    prescriber: User,
    clinic: Clinic,
    other_clinic: Clinic,
    proposal: dict[str, Any],
    stock: None,
    path: str,
) -> None:
    elsewhere = as_prescriber.post(path, proposal | {"clinic": str(other_clinic.id)})
    factories.MembershipFactory(clinic=other_clinic, user=prescriber)
    of_two = as_prescriber.post(path, proposal | {"clinic": str(other_clinic.id)})
    own = as_prescriber.post(path, proposal | {"clinic": str(clinic.id)})

    assert [elsewhere.status_code, of_two.status_code] == [404, 404]
    assert elsewhere.json()["code"] == "NOT_FOUND"
    assert own.status_code < 300
    assert Taper.objects.count() == (path == "tapers")


def test_no_patient_is_moved_to_another_clinic(
    as_coordinator: Program, patient: Patient, clinic: Clinic, other_clinic: Clinic
) -> None:
    path = f"patients/{patient.id}"
    changes = {"family_name": "Byron", "clinic": str(other_clinic.id)}
    moved = as_coordinator.patch(path, changes)
    assert moved.status_code == 404
    patient.refresh_from_db()
    assert (patient.clinic, patient.family_name != "Byron") == (clinic, True)

    kept = as_coordinator.patch(path, changes | {"clinic": str(clinic.id)})

    assert (kept.status_code, kept.json()["family_name"]) == (200, "Byron")


def test_a_clinic_of_ones_own_without_patients_is_an_empty_list(
    as_nurse: Program, clinic: Clinic
) -> None:
    answer = as_nurse.get("patients", clinic=str(clinic.id))

    assert (answer.status_code, answer.json()["results"]) == (200, [])


def test_a_cursor_of_another_clinic_is_no_cursor(as_stranger: Program, patient: Patient) -> None:
    assert as_stranger.get("patients", cursor=f"n{patient.id.hex}").status_code == 400


@pytest.mark.parametrize("operation", EVERY, ids=str)
def test_nobody_gets_in_without_a_token(
    operation: Operation, anonymous: Program, ids: dict[str, str]
) -> None:
    answer = anonymous.send(operation.method.upper(), operation.path(**ids), "{}")

    if operation.name in OPEN_TO_ALL:
        assert answer.status_code in (200, 400)
    else:
        assert answer.status_code == 401
        assert answer.json()["code"] == "NOT_AUTHENTICATED"


@pytest.mark.parametrize("operation", [each for each in OF_ONE_ROW if each.writes], ids=str)
def test_who_only_reads_changes_nothing(
    operation: Operation, as_reader: Program, ids: dict[str, str]
) -> None:
    before = rows_by_table()

    answer = as_reader.send(operation.method.upper(), operation.path(**ids), "{}")

    assert answer.status_code in (400, 403)
    assert rows_by_table() == before


def test_a_stranger_leaves_no_trace_in_the_record(
    as_stranger: Program, patient: Patient, ids: dict[str, str]
) -> None:
    as_stranger.get(f"patients/{patient.id}")

    reads = AuditEvent.objects.filter(event=Event.RECORD_READ, patient=patient)
    assert not reads.filter(actor__username="stranger").exists()
