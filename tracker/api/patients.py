"""Patients with what their tapers say of them: the one place that needs both."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from notifications.services.contact import change_patient
from patients import audit, clock, selectors
from patients.api.door import Door, ListDoor
from patients.errors import NotFound
from patients.instruments.measure import MeasureDomain
from patients.selectors import LatestReading, codes_in, latest_readings_for
from patients.serializers.fields import json_day, json_number, json_number_or_none
from patients.serializers.patient import (
    NewPatientSerializer,
    PatientChangesSerializer,
    PatientSerializer,
    PatientsQuery,
    patient_json,
)
from patients.services.patients import register_patient
from tapers.domain.plan import DoseStep
from tapers.selectors.courses import (
    Course,
    CurrentDose,
    courses_for,
    doses_by_course,
    doses_by_exposure,
)
from tapers.selectors.findings import open_alert_counts, with_open_alerts

LATEST = {
    "latest_mmt": codes_in(MeasureDomain.MMT),
    "latest_function": codes_in(MeasureDomain.FUNCTION),
    "latest_ck": codes_in(MeasureDomain.CK),
}
NOT_THEIR_CLINIC = "The patient is not of such a clinic."
NOT_A_RESULT_ALONE = "MMT_MUSCLE"  # the grade of one muscle; the sums stand for the strength
CODES = tuple(code for codes in LATEST.values() for code in codes if code != NOT_A_RESULT_ALONE)


class PatientsDoor(ListDoor):
    keyset = ("family_name", "given_name", "id")

    @extend_schema(parameters=[PatientsQuery], responses={200: PatientSerializer(many=True)})
    def get(self, request: Request) -> Response:
        """By name; `search` looks at names, record number, code and date of birth."""
        at = clock.now()
        asked = self.query(PatientsQuery)
        clinic = asked.pop("clinic", None)
        rows = with_open_alerts(selectors.patients_for(actor=self.actor, **asked))
        page = self.page_of(rows.filter(clinic_id=clinic) if clinic else rows)
        if clinic and not page:  # a row on the page proves the clinic theirs without a query
            selectors.clinic_for(actor=self.actor, id=clinic)
        audit.record_read(actor=self.actor, at=at, patients=page, what="PATIENTS")
        alerts = {patient.id: patient.open_alerts for patient in page}
        return self.paged(rows_of(page, alerts, at=at))

    @extend_schema(request=NewPatientSerializer, responses={201: PatientSerializer})
    def post(self, request: Request) -> Response:
        at = clock.now()
        given = self.body(NewPatientSerializer)
        clinic = selectors.clinic_for(actor=self.actor, id=given.pop("clinic", None))
        given.setdefault("time_zone", clinic.time_zone)
        patient = register_patient(actor=self.actor, clinic=clinic, **given, at=at)
        return Response(row_of(patient, at=at), status=201)


class PatientDoor(Door):
    @extend_schema(responses={200: PatientSerializer})
    def get(self, request: Request, patient_id: UUID) -> Response:
        at = clock.now()
        patient = selectors.patient_for(actor=self.actor, id=patient_id)
        audit.record_read(actor=self.actor, at=at, patient=patient, what="PATIENT")
        return Response(row_of(patient, at=at))

    @extend_schema(request=PatientChangesSerializer, responses={200: PatientSerializer})
    def patch(self, request: Request, patient_id: UUID) -> Response:
        at = clock.now()
        patient = selectors.patient_for(actor=self.actor, id=patient_id)
        changes = self.body(PatientChangesSerializer, partial=True)
        if changes.pop("clinic", None) not in (None, patient.clinic_id):
            raise NotFound(NOT_THEIR_CLINIC, field="clinic")
        changed = change_patient(actor=self.actor, patient=patient, changes=changes, at=at)
        return Response(row_of(changed, at=at))


def row_of(patient: Any, *, at: datetime) -> dict[str, Any]:
    [row] = rows_of([patient], open_alert_counts(patient_ids=[patient.id]), at=at)
    return row


def rows_of(
    patients: Sequence[Any], alerts: Mapping[UUID, int], *, at: datetime
) -> list[dict[str, Any]]:
    """Return the rows of a page in the same five queries whatever its length."""
    ids = [patient.id for patient in patients]
    courses = courses_for(patient_ids=ids, at=at)
    others = [patient for patient in patients if patient.id not in courses]
    doses = doses_by_course(courses) | doses_by_exposure(others, at=at)
    readings = latest_readings_for(patient_ids=ids, codes=CODES, measured=True)
    return [
        patient_json(patient)
        | _course_json(doses.get(patient.id), courses.get(patient.id))
        | _latest_json(readings.get(patient.id, {}))
        | {"open_alerts": alerts.get(patient.id, 0)}
        for patient in patients
    ]


def _course_json(dose: CurrentDose | None, course: Course | None) -> dict[str, Any]:
    return {
        "current_daily_mg": json_number(dose.daily_mg) if dose else None,
        "next_step": _step_json(course.next_step) if course and course.next_step else None,
    }


def _step_json(step: DoseStep) -> dict[str, Any]:
    return {
        "number": step.number,
        "starts_on": json_day(step.starts_on),
        "daily_mg": json_number(step.daily_mg),
    }


def _latest_json(readings: Mapping[str, LatestReading]) -> dict[str, Any]:
    return {name: _newest_json(readings, codes) for name, codes in LATEST.items()}


def _newest_json(
    readings: Mapping[str, LatestReading], codes: Sequence[str]
) -> dict[str, Any] | None:
    """The newest of several measures; of one day the first of the catalogue."""
    known = [readings[code] for code in codes if code in readings]
    if not known:
        return None
    newest = max(known, key=lambda reading: reading.assessed_on)
    return {
        "value": json_number_or_none(newest.value),
        "unit": newest.unit,
        "assessed_on": json_day(newest.assessed_on),
    }
