from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from patients import audit, clock
from patients.api.door import Door, ListDoor
from patients.selectors import patient_for
from tapers.selectors.sparing import infusion_for, infusions_for
from tapers.serializers.sparing import (
    InfusionSerializer,
    RecordInfusionSerializer,
    SparingInErrorSerializer,
    infusion_json,
)
from tapers.services.infusions import GivenInfusion, discard_infusion, record_infusion


class InfusionsDoor(ListDoor):
    keyset = ("-infused_on", "-recorded_at", "-id")

    @extend_schema(responses={200: InfusionSerializer(many=True)})
    def get(self, request: Request, patient_id: UUID) -> Response:
        """IVIG as it was given, newest first; what was entered in error among them."""
        patient = patient_for(actor=self.actor, id=patient_id)
        audit.record_read(actor=self.actor, at=clock.now(), patient=patient, what="INFUSIONS")
        page = self.page_of(infusions_for(actor=self.actor, patient=patient))
        return self.paged([infusion_json(row) for row in page])

    @extend_schema(request=RecordInfusionSerializer, responses={201: InfusionSerializer})
    def post(self, request: Request, patient_id: UUID) -> Response:
        patient = patient_for(actor=self.actor, id=patient_id)
        row = record_infusion(
            actor=self.actor,
            patient=patient,
            infusion=GivenInfusion(**self.body(RecordInfusionSerializer)),
            at=clock.now(),
        )
        return Response(infusion_json(row), status=201)


class DiscardInfusionDoor(Door):
    @extend_schema(request=SparingInErrorSerializer, responses={200: InfusionSerializer})
    def post(self, request: Request, infusion_id: UUID) -> Response:
        """Mark an infusion as entered in error."""
        infusion = infusion_for(actor=self.actor, id=infusion_id)
        given = self.body(SparingInErrorSerializer)
        row = discard_infusion(actor=self.actor, infusion=infusion, **given, at=clock.now())
        return Response(infusion_json(row))
