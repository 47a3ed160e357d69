from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from patients import clock
from patients.api.door import Door
from patients.selectors import patient_for
from tapers.api.tapers import row_of
from tapers.domain.dose import Drug
from tapers.serializers.past_taper import PastTaperSerializer
from tapers.serializers.taper import TaperSerializer, steps_of
from tapers.services.past_tapers import record_past_taper


class PastTapersDoor(Door):
    @extend_schema(request=PastTaperSerializer, responses={201: TaperSerializer})
    def post(self, request: Request, patient_id: UUID) -> Response:
        """Enter a taper that was finished elsewhere, as it was taken. Nothing is reminded of."""
        patient = patient_for(actor=self.actor, id=patient_id)
        given = self.body(PastTaperSerializer)
        taper = record_past_taper(
            actor=self.actor,
            patient=patient,
            drug=Drug(given["drug"]),
            daily_mg=given["daily_mg"],
            steps=steps_of(given["steps"]) or [],
            exposure_days=given["exposure_days"],
            note=given["note"],
            at=clock.now(),
        )
        return Response(row_of(taper), status=201)
