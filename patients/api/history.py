"""What is known of the diagnosis, and of the treatment before the plan."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from patients import audit, clock, selectors
from patients.api.door import ShortListDoor
from patients.serializers.history import (
    DiagnosisSerializer,
    ExposureSerializer,
    NewDiagnosisSerializer,
    NewExposureSerializer,
    diagnosis_json,
    exposure_json,
)
from patients.services.diagnosis import record_diagnosis
from patients.services.exposure import record_exposure


class DiagnosesDoor(ShortListDoor):
    """The newest holds; what was known before stays in the history."""

    @extend_schema(responses={200: DiagnosisSerializer(many=True)})
    def get(self, request: Request, patient_id: UUID) -> Response:
        patient = selectors.patient_for(actor=self.actor, id=patient_id)
        audit.record_read(actor=self.actor, at=clock.now(), patient=patient, what="DIAGNOSIS")
        newest = selectors.diagnosis_of(patient=patient)
        return self.whole([diagnosis_json(newest)] if newest else [])

    @extend_schema(request=NewDiagnosisSerializer, responses={201: DiagnosisSerializer})
    def post(self, request: Request, patient_id: UUID) -> Response:
        patient = selectors.patient_for(actor=self.actor, id=patient_id)
        given = self.body(NewDiagnosisSerializer)
        row = record_diagnosis(actor=self.actor, patient=patient, **given, at=clock.now())
        return Response(diagnosis_json(row), status=201)


class ExposuresDoor(ShortListDoor):
    """Courses of a glucocorticoid, newest first."""

    @extend_schema(responses={200: ExposureSerializer(many=True)})
    def get(self, request: Request, patient_id: UUID) -> Response:
        patient = selectors.patient_for(actor=self.actor, id=patient_id)
        audit.record_read(actor=self.actor, at=clock.now(), patient=patient, what="EXPOSURES")
        rows = selectors.exposures_of(patient=patient)
        return self.whole([exposure_json(row) for row in rows])

    @extend_schema(request=NewExposureSerializer, responses={201: ExposureSerializer})
    def post(self, request: Request, patient_id: UUID) -> Response:
        patient = selectors.patient_for(actor=self.actor, id=patient_id)
        given = self.body(NewExposureSerializer)
        row = record_exposure(actor=self.actor, patient=patient, **given, at=clock.now())
        return Response(exposure_json(row), status=201)
