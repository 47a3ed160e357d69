"""Courses of a glucocorticoid, and what corrects them."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from patients import audit, clock, selectors
from patients.api.door import Door, ShortListDoor
from patients.serializers.fact import InErrorSerializer, VersionsQuery
from patients.serializers.history import (
    ExposureCorrectionSerializer,
    ExposureSerializer,
    NewExposureSerializer,
    exposure_json,
)
from tapers.services.facts import correct_exposure, mark_exposure_in_error, record_exposure


class ExposuresDoor(ShortListDoor):
    """Courses of a glucocorticoid as they now stand, newest first; on request every version."""

    @extend_schema(parameters=[VersionsQuery], responses={200: ExposureSerializer(many=True)})
    def get(self, request: Request, patient_id: UUID) -> Response:
        asked = self.query(VersionsQuery)
        patient = selectors.patient_for(actor=self.actor, id=patient_id)
        audit.record_read(actor=self.actor, at=clock.now(), patient=patient, what="EXPOSURES")
        rows = selectors.exposures_of(patient=patient, every_version=asked["versions"] == "ALL")
        return self.whole([exposure_json(row) for row in rows])

    @extend_schema(request=NewExposureSerializer, responses={201: ExposureSerializer})
    def post(self, request: Request, patient_id: UUID) -> Response:
        patient = selectors.patient_for(actor=self.actor, id=patient_id)
        given = self.body(NewExposureSerializer)
        row = record_exposure(actor=self.actor, patient=patient, **given, at=clock.now())
        return Response(exposure_json(row), status=201)


class CorrectExposureDoor(Door):
    """A correction is a new version with a reason; the wrong one stays readable."""

    @extend_schema(request=ExposureCorrectionSerializer, responses={201: ExposureSerializer})
    def post(self, request: Request, patient_id: UUID, exposure_id: UUID) -> Response:
        patient = selectors.patient_for(actor=self.actor, id=patient_id)
        wrong = selectors.exposure_for(actor=self.actor, patient=patient, id=exposure_id)
        given = self.body(ExposureCorrectionSerializer)
        row = correct_exposure(actor=self.actor, exposure=wrong, **given, at=clock.now())
        return Response(exposure_json(row), status=201)


class ExposureInErrorDoor(Door):
    """This was never taken: it counts on no day."""

    @extend_schema(request=InErrorSerializer, responses={201: ExposureSerializer})
    def post(self, request: Request, patient_id: UUID, exposure_id: UUID) -> Response:
        patient = selectors.patient_for(actor=self.actor, id=patient_id)
        wrong = selectors.exposure_for(actor=self.actor, patient=patient, id=exposure_id)
        given = self.body(InErrorSerializer)
        row = mark_exposure_in_error(
            actor=self.actor, exposure=wrong, reason=given["reason"], at=clock.now()
        )
        return Response(exposure_json(row), status=201)
