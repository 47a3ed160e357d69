from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from patients import clock
from patients.api.door import ShortListDoor
from patients.selectors import clinic_for
from tapers.selectors.signatures import is_of_today, signatures_for
from tapers.serializers.signature import SignatureSerializer, SignRulesSerializer, signature_json
from tapers.services.signatures import sign_rules


class SignaturesDoor(ShortListDoor):
    """Who signed the clinical rules for the clinic, newest first; a prescriber signs."""

    @extend_schema(responses={200: SignatureSerializer(many=True)})
    def get(self, request: Request, clinic_id: UUID) -> Response:
        clinic = clinic_for(actor=self.actor, id=clinic_id)
        rows = signatures_for(actor=self.actor, clinic=clinic)
        return self.whole(
            [signature_json(row, is_of_today=is_of_today(row, clinic=clinic)) for row in rows]
        )

    @extend_schema(request=SignRulesSerializer, responses={201: SignatureSerializer})
    def post(self, request: Request, clinic_id: UUID) -> Response:
        clinic = clinic_for(actor=self.actor, id=clinic_id)
        given = self.body(SignRulesSerializer)
        signature = sign_rules(actor=self.actor, clinic=clinic, **given, at=clock.now())
        return Response(signature_json(signature, is_of_today=True), status=201)
