from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from patients import clock
from patients.api.door import Door
from patients.selectors import patient_for
from patients.serializers.link import RevokedSerializer, revoked_json
from patients.services.links import revoke_links


class RevokeLinksDoor(Door):
    """Let no link that was mailed so far open the patient's page; later mails hold new ones."""

    @extend_schema(request=None, responses={200: RevokedSerializer})
    def post(self, request: Request, patient_id: UUID) -> Response:
        patient = patient_for(actor=self.actor, id=patient_id)
        self.no_body()
        revoked = revoke_links(actor=self.actor, patient=patient, at=clock.now())
        return Response(revoked_json(revoked))
