from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from notifications.services.contact import give_mail_consent, withdraw_mail_consent
from patients import audit, clock, selectors
from patients.api.door import Door, ShortListDoor
from patients.errors import Conflict, NotFound
from patients.serializers.consent import (
    ConsentSerializer,
    NewConsentSerializer,
    WithdrawalSerializer,
    consent_json,
)


class ConsentsDoor(ShortListDoor):
    """Whether the patient may be written to, and how much may be said; newest first.

    Giving consent sends the mail that asks to confirm the address.
    """

    @extend_schema(responses={200: ConsentSerializer(many=True)})
    def get(self, request: Request, patient_id: UUID) -> Response:
        patient = selectors.patient_for(actor=self.actor, id=patient_id)
        audit.record_read(actor=self.actor, at=clock.now(), patient=patient, what="CONSENTS")
        rows = selectors.consents_of(actor=self.actor, patient=patient)
        return self.whole([consent_json(row) for row in rows])

    @extend_schema(request=NewConsentSerializer, responses={201: ConsentSerializer})
    def post(self, request: Request, patient_id: UUID) -> Response:
        patient = selectors.patient_for(actor=self.actor, id=patient_id)
        given = self.body(NewConsentSerializer)
        row = give_mail_consent(actor=self.actor, patient=patient, **given, at=clock.now())
        return Response(consent_json(row), status=201)


class WithdrawalDoor(Door):
    """The patient no longer wants to be written to."""

    @extend_schema(request=WithdrawalSerializer, responses={200: ConsentSerializer})
    def post(self, request: Request, patient_id: UUID, consent_id: UUID) -> Response:
        patient = selectors.patient_for(actor=self.actor, id=patient_id)
        rows = selectors.consents_of(actor=self.actor, patient=patient)
        consent = next((row for row in rows if row.id == consent_id), None)
        if consent is None:
            raise NotFound("This patient has no such consent.")
        given = self.body(WithdrawalSerializer)
        if not consent.is_standing:
            raise Conflict("This consent no longer stands.", code="NO_STANDING_CONSENT")
        row = withdraw_mail_consent(
            actor=self.actor,
            patient=patient,
            channel=consent.channel,
            on=given["on"],
            at=clock.now(),
        )
        return Response(consent_json(row))
