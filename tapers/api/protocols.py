from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from patients import clock
from patients.api.door import Door
from patients.selectors import clinic_for
from tapers.selectors.protocols import protocol_of, protocol_versions_for
from tapers.serializers.protocol import (
    ProtocolChangesSerializer,
    ProtocolSerializer,
    protocol_json,
)
from tapers.services.protocols import change_protocol


class ProtocolDoor(Door):
    """What a clinic has set of the protocol, within limits; a lead changes it."""

    @extend_schema(responses={200: ProtocolSerializer})
    def get(self, request: Request, clinic_id: UUID) -> Response:
        return self._answer(clinic_id, status=200)

    @extend_schema(request=ProtocolChangesSerializer, responses={201: ProtocolSerializer})
    def post(self, request: Request, clinic_id: UUID) -> Response:
        """The next version. Visits and their reminders follow at once."""
        clinic = clinic_for(actor=self.actor, id=clinic_id)
        given = self.body(ProtocolChangesSerializer)
        change_protocol(
            actor=self.actor,
            clinic=clinic,
            version=given.pop("version"),
            reason=given.pop("reason"),
            changes=given,
            at=clock.now(),
        )
        return self._answer(clinic_id, status=201)

    def _answer(self, clinic_id: UUID, *, status: int) -> Response:
        clinic = clinic_for(actor=self.actor, id=clinic_id)
        versions = list(protocol_versions_for(actor=self.actor, clinic=clinic))
        return Response(protocol_json(clinic, protocol_of(clinic), versions), status=status)
