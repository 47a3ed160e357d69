from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from notifications import selectors
from notifications.serializers.policy import NewPauseSerializer, PauseSerializer, pause_json
from notifications.services.policy import lift_pause, pause_sending
from patients import clock
from patients.api.door import Door, ShortListDoor
from patients.selectors import clinic_for


class PausesDoor(ShortListDoor):
    """What a clinic does not let go out at present, oldest first; a lead pauses.

    A red flag to the team and the mail that asks to confirm an address are never paused.
    """

    @extend_schema(responses={200: PauseSerializer(many=True)})
    def get(self, request: Request, clinic_id: UUID) -> Response:
        clinic = clinic_for(actor=self.actor, id=clinic_id)
        rows = selectors.pauses_for(actor=self.actor, clinic=clinic)
        return self.whole([pause_json(row) for row in rows])

    @extend_schema(request=NewPauseSerializer, responses={201: PauseSerializer})
    def post(self, request: Request, clinic_id: UUID) -> Response:
        clinic = clinic_for(actor=self.actor, id=clinic_id)
        given = self.body(NewPauseSerializer)
        pause = pause_sending(
            actor=self.actor,
            clinic=clinic,
            kind=given.get("kind") or "",
            reason=given["reason"],
            at=clock.now(),
        )
        return Response(pause_json(pause), status=201)


class LiftPauseDoor(Door):
    """Let the mails go again; those that wait go out with the next sweep."""

    @extend_schema(request=None, responses={200: PauseSerializer})
    def post(self, request: Request, pause_id: UUID) -> Response:
        pause = selectors.pause_for(actor=self.actor, id=pause_id)
        self.no_body()
        return Response(pause_json(lift_pause(actor=self.actor, pause=pause, at=clock.now())))
