from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from patients import audit, clock, selectors
from patients.api.door import Door, ShortListDoor
from patients.errors import NotFound
from patients.serializers.assessment import (
    AssessmentSerializer,
    CorrectionSerializer,
    NewAssessmentSerializer,
    assessment_json,
    readings_of,
)
from patients.serializers.fact import VersionsQuery
from tapers.services.assessments import correct_assessment, record_assessment


class AssessmentsDoor(ShortListDoor):
    """Visits as they now stand, newest first; on request every version."""

    @extend_schema(parameters=[VersionsQuery], responses={200: AssessmentSerializer(many=True)})
    def get(self, request: Request, patient_id: UUID) -> Response:
        asked = self.query(VersionsQuery)
        patient = selectors.patient_for(actor=self.actor, id=patient_id)
        audit.record_read(actor=self.actor, at=clock.now(), patient=patient, what="ASSESSMENTS")
        rows = selectors.assessments_of(
            actor=self.actor, patient=patient, every_version=asked["versions"] == "ALL"
        )
        return self.whole([assessment_json(row) for row in rows])

    @extend_schema(request=NewAssessmentSerializer, responses={201: AssessmentSerializer})
    def post(self, request: Request, patient_id: UUID) -> Response:
        patient = selectors.patient_for(actor=self.actor, id=patient_id)
        given = self.body(NewAssessmentSerializer)
        row = record_assessment(
            actor=self.actor,
            patient=patient,
            assessed_on=given["assessed_on"],
            rater=given["rater"],
            readings=readings_of(given),
            note=given["note"],
            at=clock.now(),
        )
        return Response(assessment_json(row), status=201)


class CorrectionDoor(Door):
    """A correction is a new version with a reason; the wrong one stays readable."""

    @extend_schema(request=CorrectionSerializer, responses={201: AssessmentSerializer})
    def post(self, request: Request, patient_id: UUID, assessment_id: UUID) -> Response:
        wrong = selectors.assessment_for(actor=self.actor, id=assessment_id)
        if wrong.patient_id != patient_id:
            raise NotFound("This patient has no such visit.")
        given = self.body(CorrectionSerializer)
        row = correct_assessment(
            actor=self.actor,
            assessment=wrong,
            assessed_on=given["assessed_on"],
            rater=given["rater"],
            readings=readings_of(given),
            reason=given["reason"],
            note=given["note"],
            at=clock.now(),
        )
        return Response(assessment_json(row), status=201)
