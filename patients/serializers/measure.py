from decimal import Decimal
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
    converts_from = serializers.ListField(
        child=serializers.CharField(),
        help_text="Other units that are converted into this one; what was written is kept.",
    )
    range = RangeSerializer(help_text="Outside of it a value is refused.")
    likely = RangeSerializer(
        allow_null=True, help_text="Outside of it a value has to be confirmed."
    )
    domain = WordField(MeasureDomain)
    direction = WordField(Direction)
    decimals = WholeNumberField()
    needs = serializers.ListField(child=serializers.CharField(), help_text="Fields it must have.")
    allows_unable = serializers.BooleanField()
    loinc = serializers.CharField(allow_null=True)
    item_of = serializers.CharField(
        allow_null=True, help_text="The score that the value is a part of."
    )


def measure_json(measure: Measure) -> dict[str, Any]:
    needs = {
        "unit": not measure.unit_may_be_left_out,
        "upper_limit": measure.needs_upper_limit,
        "lower_limit": measure.needs_lower_limit,
        "scale": measure.needs_scale,
        "side": measure.needs_side,
        "muscle": measure.needs_muscle,
    }
    return {
        "code": measure.code,
        "name": measure.name,
        "unit": measure.unit,
        "converts_from": [unit for unit, _ in measure.converts_from],
        "range": _range_json(measure.minimum, measure.maximum),
        "likely": _range_json(*measure.likely) if measure.likely else None,
        "domain": str(measure.domain),
        "direction": str(measure.direction),
        "decimals": measure.decimals,
        "needs": [name for name, needed in needs.items() if needed],
        "allows_unable": measure.allows_unable,
        "loinc": measure.loinc,
        "item_of": measure.item_of,
    }


def _range_json(low: Decimal | None, high: Decimal | None) -> dict[str, int | float | None]:
    return {"min": json_number_or_none(low), "max": json_number_or_none(high)}
