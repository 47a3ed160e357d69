"""Pages ask the database as often for a full clinic as for a small one."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patients.models import AuditEvent
from tests.factories import (
    BEFORE_THE_STORY,
    AssessmentFactory,
    MeasurementFactory,
    PatientFactory,
)
from tests.factories_tapers import StepReportFactory, SymptomReportFactory, TaperFactory


def queries_of(client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(path).status_code == 200
    return len([query for query in asked if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))])


def people(clinic, number: int) -> None:
    for _ in range(number):
        taper = TaperFactory(patient=PatientFactory(clinic=clinic, reachable=True), running=True)
        StepReportFactory(taper=taper)


def test_a_list_of_fifty_takes_as_many_queries_as_one_of_five_and_at_most_eight(
    nurse_client, clinic
):
    people(clinic, 5)
    few = queries_of(nurse_client, "/patients")
    people(clinic, 45)
    many = queries_of(nurse_client, "/patients")

    assert many == few
    assert many <= 8


@pytest.mark.parametrize("path", ["/", "/reminders/", "/reminders/upcoming", "/reminders/catch-up"])
def test_the_other_lists_do_not_grow_either(nurse_client, clinic, path):
    people(clinic, 3)
    few = queries_of(nurse_client, path)
    people(clinic, 12)

    assert queries_of(nurse_client, path) == few


def test_thirty_visits_cost_the_patient_page_no_more_queries_than_one(nurse_client, taper):
    path = f"/patients/{taper.patient_id}"
    _visits(taper.patient, 1)
    few = queries_of(nurse_client, path)
    _visits(taper.patient, 29)

    assert queries_of(nurse_client, path) == few


def test_thirty_visits_cost_the_course_page_no_more_queries_than_one(nurse_client, taper):
    path = f"/patients/{taper.patient_id}/course"
    _visits(taper.patient, 1)
    few = queries_of(nurse_client, path)
    _visits(taper.patient, 29)

    assert queries_of(nurse_client, path) == few <= 40


def test_reading_is_recorded_once_a_page_with_the_patients_shown(nurse_client, clinic, nurse):
    people(clinic, 3)

    nurse_client.get("/patients")

    [read] = AuditEvent.objects.filter(event="RECORD_READ", actor=nurse)
    assert len(read.details["patients"]) == 3


def test_a_hundred_symptom_reports_some_in_error_cost_no_more_queries_than_two(
    nurse_client, nurse, taper
):
    path = f"/patients/{taper.patient_id}/symptoms"
    wrong = {"in_error_at": BEFORE_THE_STORY, "in_error_by": nurse, "in_error_reason": "No"}
    SymptomReportFactory(patient=taper.patient)
    SymptomReportFactory(patient=taper.patient, **wrong)
    few = queries_of(nurse_client, path)
    SymptomReportFactory.create_batch(49, patient=taper.patient)
    SymptomReportFactory.create_batch(49, patient=taper.patient, **wrong)

    assert queries_of(nurse_client, path) == few


def _visits(patient, number: int) -> None:
    for _ in range(number):
        visit = AssessmentFactory(patient=patient)
        MeasurementFactory(assessment=visit, code="MMT8", value=Decimal(70), unit="{score}")
