from typing import Any

from rest_framework import serializers

from patients.serializers.fields import WholeNumberField
from tapers.selectors.previews import Preview
from tapers.serializers.finding import FindingSerializer, findings_json
from tapers.serializers.plan import (
    ConformingSerializer,
    PlanSerializer,
    conforming_json,
    plan_json,
)


class PreviewedSerializer(serializers.Serializer[Any]):
    plan = PlanSerializer(allow_null=True)
    findings = FindingSerializer(many=True)
    conforming = ConformingSerializer(many=True)
    shortest_days = WholeNumberField(help_text="The least of the eight standard combinations.")


def preview_json(preview: Preview) -> dict[str, Any]:
    plan = None
    if preview.plan is not None and preview.window is not None:
        plan = plan_json(preview.plan, strengths=preview.strengths, window=preview.window)
    return {
        "plan": plan,
        "findings": findings_json(preview.findings),
        "conforming": conforming_json(preview.conforming.candidates),
        "shortest_days": preview.conforming.shortest_days,
    }
