from typing import Any

from rest_framework import serializers

from patients.instruments.measure import Direction, Measure, MeasureDomain
from patients.serializers.fields import (
    NumberField,
    WholeNumberField,
    WordField,
    json_number_or_none,
)


class RangeSerializer(serializers.Serializer[Any]):
    min = NumberField(allow_null=True)
    max = NumberField(allow_null=True)


class MeasureSerializer(serializers.Serializer[Any]):
    """Something that can be measured at a visit, and what its values may be."""

    code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField(help_text="UCUM")
    range = RangeSerializer()
    domain = WordField(MeasureDomain)
    direction = WordField(Direction)
    decimals = WholeNumberField()
    needs = serializers.ListField(child=serializers.CharField(), help_text="Fields it must have.")
    allows_unable = serializers.BooleanField()
    loinc = serializers.CharField(allow_null=True)


def measure_json(measure: Measure) -> dict[str, Any]:
    needs = {
        "unit": not measure.unit_may_be_left_out,
        "upper_limit": measure.needs_upper_limit,
        "scale": measure.needs_scale,
        "side": measure.needs_side,
        "muscle": measure.needs_muscle,
    }
    return {
        "code": measure.code,
        "name": measure.name,
        "unit": measure.unit,
        "range": {
            "min": json_number_or_none(measure.minimum),
            "max": json_number_or_none(measure.maximum),
        },
        "domain": str(measure.domain),
        "direction": str(measure.direction),
        "decimals": measure.decimals,
        "needs": [name for name, needed in needs.items() if needed],
        "allows_unable": measure.allows_unable,
        "loinc": measure.loinc,
    }
