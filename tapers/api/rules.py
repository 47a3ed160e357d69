from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from patients.api.door import ShortListDoor
from tapers.domain.rules.rulebook import STATEMENTS
from tapers.serializers.rule import RuleSerializer, rule_json


class RulesDoor(ShortListDoor):
    """The rulebook: every rule with its severity, its reason and its sources."""

    @extend_schema(responses={200: RuleSerializer(many=True)})
    def get(self, request: Request) -> Response:
        return self.whole([rule_json(rule) for rule in STATEMENTS])
