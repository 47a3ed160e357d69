"""What a preview or a draft is asked for, as the typed values of the domain."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from patients.serializers.fields import (
    DayField,
    FewField,
    IdField,
    NumberField,
    TextField,
    WholeNumberField,
    YesNoField,
)
from patients.serializers.strict import StrictSerializer
from tapers.domain.dose import Drug, TabletStrength, drug_called
from tapers.domain.errors import DomainError
from tapers.domain.schedule import (
    DECREMENT_DECIMALS,
    DECREMENT_MG,
    HOLD_DAYS,
    INTERVAL_DAYS,
    Regimen,
)
from tapers.proposal import Proposal

MAX_DAILY_MG = 1000  # of the weakest drug; the domain knows the limit of each
DOSE_RANGE = "above 0 and up to 200 mg in prednisone equivalent, in steps of 0.25 mg"
MAX_EXPOSURE_DAYS = 36_500
MAX_STRENGTHS = 12
REGIMEN = ("decrement_mg", "interval_days", "interval_days_from_10_mg")


@extend_schema_field({"type": "string", "enum": [drug.value for drug in Drug]})
class DrugField(TextField):
    """The name of a steroid, in any letter case."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return drug_called(super().to_internal_value(data))
        except DomainError as refusal:
            raise serializers.ValidationError(refusal.message) from refusal


class TabletStrengthSerializer(StrictSerializer):
    strength_mg = NumberField(high=MAX_DAILY_MG, above_low=True)
    scored = YesNoField(default=False)


@extend_schema_field(
    {
        "oneOf": [
            {"type": "number"},
            {
                "type": "object",
                "required": ["strength_mg"],
                "properties": {
                    "strength_mg": {"type": "number"},
                    "scored": {"type": "boolean", "default": False},
                },
            },
        ]
    }
)
class TabletStrengthField(serializers.Field[TabletStrength, Any, Any, Any]):
    """A number of mg, or `{strength_mg, scored}`."""

    def to_internal_value(self, data: Any) -> TabletStrength:
        given = data if isinstance(data, Mapping) else {"strength_mg": data}
        shape = TabletStrengthSerializer(data=given)
        shape.is_valid(raise_exception=True)
        try:
            return TabletStrength(**shape.validated_data)
        except DomainError as refusal:
            raise serializers.ValidationError(refusal.message) from refusal


class RegimenFields(StrictSerializer):
    """The three regimen fields, all or none of them, and the hold before the first reduction."""

    decrement_mg = NumberField(
        low=DECREMENT_MG[0],
        high=DECREMENT_MG[1],
        decimals=DECREMENT_DECIMALS,
        unit="mg",
        required=False,
        allow_null=True,
        help_text="In prednisone equivalent, for doses above 10 mg.",
    )
    interval_days = WholeNumberField(
        low=INTERVAL_DAYS[0], high=INTERVAL_DAYS[1], unit="days", required=False, allow_null=True
    )
    interval_days_from_10_mg = WholeNumberField(
        low=INTERVAL_DAYS[0], high=INTERVAL_DAYS[1], unit="days", required=False, allow_null=True
    )
    hold_days = WholeNumberField(
        low=HOLD_DAYS[0], high=HOLD_DAYS[1], unit="days", default=0, allow_null=True
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        missing = [name for name in REGIMEN if attrs.get(name) is None]
        if 0 < len(missing) < len(REGIMEN):
            message = "Give all three regimen fields, or none of them."
            raise serializers.ValidationError({name: [message] for name in missing})
        return attrs | {"hold_days": attrs.get("hold_days") or 0}


class PreviewSerializer(RegimenFields):
    drug = DrugField(max_length=40)
    daily_mg = NumberField(
        high=MAX_DAILY_MG, says=DOSE_RANGE, help_text=f"Of the drug given, {DOSE_RANGE}."
    )
    starts_on = DayField()
    tablet_strengths_mg = FewField(
        child=TabletStrengthField(),
        most=MAX_STRENGTHS,
        required=False,
        allow_null=True,
        help_text="null: what the clinic stocks.",
    )
    exposure_days = WholeNumberField(
        high=MAX_EXPOSURE_DAYS,
        unit="days",
        required=False,
        allow_null=True,
        help_text="Days on steroids before the plan; null: as recorded, otherwise unknown.",
    )
    alternate_daily_mg = NumberField(
        high=MAX_DAILY_MG,
        says="from 0 to 200 mg in prednisone equivalent",
        required=False,
        allow_null=True,
        help_text="The dose of every other day: 25 and 0 make 12.5.",
    )
    clinic = IdField(required=False, allow_null=True)
    patient = IdField(required=False, allow_null=True)


class DraftSerializer(PreviewSerializer):
    patient = IdField()


def regimen_of(given: Mapping[str, Any]) -> Regimen | None:
    if given.get("decrement_mg") is None:
        return None
    return Regimen(
        decrement_mg=given["decrement_mg"],
        interval_days=given["interval_days"],
        interval_days_from_10_mg=given["interval_days_from_10_mg"],
        hold_days=given["hold_days"],
    )


def proposal_of(given: Mapping[str, Any]) -> Proposal:
    strengths: list[TabletStrength] | None = given.get("tablet_strengths_mg")
    alternate: Decimal | None = given.get("alternate_daily_mg")
    return Proposal(
        drug=given["drug"],
        daily_mg=given["daily_mg"],
        starts_on=given["starts_on"],
        regimen=regimen_of(given),
        hold_days=given["hold_days"],
        tablet_strengths=None if strengths is None else tuple(strengths),
        exposure_days=given.get("exposure_days"),
        alternate_daily_mg=alternate,
    )
