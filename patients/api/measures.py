from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from patients.api.door import Door
from patients.instruments.catalogue import MEASURES
from patients.serializers.measure import MeasureSerializer, measure_json


class MeasuresDoor(Door):
    """Everything that can be measured at a visit."""

    @extend_schema(responses={200: MeasureSerializer(many=True)})
    def get(self, request: Request) -> Response:
        return Response([measure_json(measure) for measure in MEASURES.values()])
