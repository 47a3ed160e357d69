"""What is known of the diagnosis."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from patients import audit, clock, selectors
from patients.api.door import ShortListDoor
from patients.serializers.history import (
    DiagnosisSerializer,
    NewDiagnosisSerializer,
    diagnosis_json,
)
from patients.services.diagnosis import record_diagnosis


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
