from decimal import Decimal
from itertools import zip_longest
from typing import Any

from rest_framework import serializers

from patients.models import Clinic
from patients.selectors import name_of
from patients.serializers.fields import (
    IdField,
    InstantField,
    NumberField,
    TextField,
    WholeNumberField,
    WordField,
    json_instant,
    json_number,
)
from patients.serializers.strict import StrictSerializer
from tapers.domain.plan import WindowAppliesTo
from tapers.domain.protocol import LIMITS, Protocol
from tapers.domain.settings import SETTINGS
from tapers.models import ClinicProtocol
from tapers.serializers.finding import MAX_REASON, SourceSerializer, source_json
from tapers.services.protocols import WHOLE, differences

MOST_VERSIONS = 1_000_000


def _number(name: str) -> NumberField:
    low, high, unit = LIMITS[name]
    if name in WHOLE:
        return WholeNumberField(low=low, high=high, unit=unit, required=False)
    return NumberField(low=low, high=high, unit=unit, decimals=2, required=False)


class ProtocolChangesSerializer(StrictSerializer):
    """What changes; what is left out stays as it is."""

    version = WholeNumberField(
        low=1, high=MOST_VERSIONS, help_text="The version you looked at; another one is refused."
    )
    reason = TextField(max_length=MAX_REASON)
    window_applies_to = WordField(WindowAppliesTo, required=False)
    target_mg = _number("target_mg")
    visit_due_days = _number("visit_due_days")
    visit_overdue_after_days = _number("visit_overdue_after_days")
    mmt_drop_percent_same_rater = _number("mmt_drop_percent_same_rater")
    mmt_drop_percent_other_rater = _number("mmt_drop_percent_other_rater")
    ibmfrs_note_points = _number("ibmfrs_note_points")
    ibmfrs_warning_points = _number("ibmfrs_warning_points")
    ck_rise_percent = _number("ck_rise_percent")
    lab_overdue_days = _number("lab_overdue_days")
    critical_escalates_after_hours = _number("critical_escalates_after_hours")
    warning_escalates_after_days = _number("warning_escalates_after_days")


class SettingSerializer(serializers.Serializer[Any]):
    """A setting with its limits, both allowed, and what its standard rests on."""

    name = serializers.CharField()
    title = serializers.CharField()
    says = serializers.CharField()
    value = serializers.JSONField(help_text="A number, or the word of `window_applies_to`.")
    standard = serializers.JSONField(help_text="The rulebook's own value.")
    low = NumberField(allow_null=True)
    high = NumberField(allow_null=True)
    unit = serializers.CharField()
    rules = serializers.ListField(child=serializers.CharField())
    source = SourceSerializer()  # type: ignore[assignment]


class ProtocolVersionSerializer(serializers.Serializer[Any]):
    """One change: who, when, why, and each value before and after."""

    version = WholeNumberField()
    changed_at = InstantField()
    changed_by = serializers.CharField(allow_null=True)
    reason = serializers.CharField()
    changes = serializers.DictField()


class ProtocolSerializer(serializers.Serializer[Any]):
    """What a clinic has set of the protocol, and every change, newest first."""

    clinic = IdField()
    version = WholeNumberField()
    settings = SettingSerializer(many=True)
    versions = ProtocolVersionSerializer(many=True)


def protocol_json(
    clinic: Clinic, protocol: Protocol, versions: list[ClinicProtocol]
) -> dict[str, Any]:
    standard = Protocol()
    return {
        "clinic": str(clinic.pk),
        "version": versions[0].version if versions else 1,
        "settings": [
            {
                "name": each.name,
                "title": each.label,
                "says": each.says,
                "value": _value(getattr(protocol, each.name)),
                "standard": _value(getattr(standard, each.name)),
                "rules": list(each.rules),
                "source": source_json(each.source),
            }
            | _limits(each.name)
            for each in SETTINGS
        ],
        "versions": [
            _version_json(each, before)
            for each, before in zip_longest(versions, versions[1:])
            if each is not None
        ],
    }


def _limits(name: str) -> dict[str, Any]:
    if name not in LIMITS:
        return {"low": None, "high": None, "unit": ""}
    low, high, unit = LIMITS[name]
    return {"low": json_number(low), "high": json_number(high), "unit": unit}


def _value(value: object) -> Any:
    if isinstance(value, int | Decimal):
        return json_number(Decimal(value))
    return str(value)


def _version_json(row: ClinicProtocol, before: ClinicProtocol | None) -> dict[str, Any]:
    changes = differences(before.to_protocol(), row.to_protocol()) if before else {}
    return {
        "version": row.version,
        "changed_at": json_instant(row.changed_at),
        "changed_by": name_of(row.changed_by) if row.changed_by else None,
        "reason": row.reason,
        "changes": changes,
    }
