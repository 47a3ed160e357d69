from typing import Any

from django.contrib.auth.models import User
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from patients import clock
from patients.api.door import Door
from patients.selectors import clinic_for, patient_in
from tapers.selectors.previews import preview
from tapers.serializers.preview import PreviewedSerializer, preview_json
from tapers.serializers.proposal import PreviewSerializer, proposal_of


class PreviewsDoor(Door):
    """What would come of a proposal: the plan, every plan that fits, what the rules say.

    Nothing is stored. Without the three regimen fields the plan is the pre-selected one.
    """

    @extend_schema(request=PreviewSerializer, responses={200: PreviewedSerializer})
    def post(self, request: Request) -> Response:
        given = self.body(PreviewSerializer)
        shown = preview(
            actor=self.actor,
            **_asked_about(self.actor, given),
            proposal=proposal_of(given),
            at=clock.now(),
        )
        return Response(preview_json(shown))


def _asked_about(actor: User, given: dict[str, Any]) -> dict[str, Any]:
    """The patient of the preview and their clinic, or just a clinic."""
    if given.get("patient") is None:
        return {"clinic": clinic_for(actor=actor, id=given.get("clinic"))}
    patient = patient_in(actor=actor, id=given["patient"], clinic=given.get("clinic"))
    return {"clinic": patient.clinic, "patient": patient}
