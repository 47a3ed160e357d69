from typing import TYPE_CHECKING
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from patients import clock
from patients.api.door import ShortListDoor
from patients.selectors import clinic_for, has_chosen_visit_set, visit_set_of
from patients.serializers.visit_set import NewVisitSetSerializer, VisitSetSerializer, visit_set_json
from patients.services.visit_sets import choose_visit_set
from patients.vocabulary import VisitKind

if TYPE_CHECKING:
    from patients.models import Clinic


class VisitSetsDoor(ShortListDoor):
    """Which measures the clinic enters at a visit and with laboratory results, in their order."""

    @extend_schema(responses={200: VisitSetSerializer(many=True)})
    def get(self, request: Request, clinic_id: UUID) -> Response:
        clinic = clinic_for(actor=self.actor, id=clinic_id)
        return self.whole([_json(clinic, kind) for kind in VisitKind])

    @extend_schema(request=NewVisitSetSerializer, responses={200: VisitSetSerializer})
    def post(self, request: Request, clinic_id: UUID) -> Response:
        """A lead chooses the set of a kind anew; visits that are recorded stay as they are."""
        clinic = clinic_for(actor=self.actor, id=clinic_id)
        given = self.body(NewVisitSetSerializer)
        choose_visit_set(actor=self.actor, clinic=clinic, **given, at=clock.now())
        return Response(_json(clinic, VisitKind(given["kind"])))


def _json(clinic: "Clinic", kind: VisitKind) -> dict[str, object]:
    return visit_set_json(
        kind=kind,
        codes=visit_set_of(clinic=clinic, kind=kind),
        is_standard=not has_chosen_visit_set(clinic=clinic, kind=kind),
    )
