from typing import Any
from uuid import UUID

from rest_framework import serializers

from patients.serializers.fields import (
    IdField,
    InstantField,
    TextField,
    WholeNumberField,
    YesNoField,
    json_instant,
)
from patients.serializers.strict import StrictSerializer
from tapers.models import Alert
from tapers.selectors.findings import finding_of
from tapers.serializers.finding import MAX_REASON, FindingSerializer, findings_json


class OpenField(YesNoField):
    """A yes or no in an address, where there are only texts."""

    def to_internal_value(self, data: Any) -> bool:
        words: dict[Any, bool] = {"true": True, "false": False}
        return super().to_internal_value(words.get(data) if isinstance(data, str) else data)


class AlertsQuery(StrictSerializer):
    patient = IdField(required=False)
    clinic = IdField(required=False)
    open = OpenField(required=False, help_text="true: only what waits for a reason.")


class AcknowledgeSerializer(StrictSerializer):
    reason = TextField(max_length=MAX_REASON)


class AlertSerializer(FindingSerializer):
    """What the rulebook said, kept as it was said.

    Without a taper it is about the course of the patient; the visit or report that brought it up
    is named, if there was one.
    """

    id = IdField()
    patient = IdField()
    taper = IdField(allow_null=True)
    revision = WholeNumberField(allow_null=True)
    assessment = IdField(allow_null=True)
    step_report = IdField(allow_null=True)
    symptom_report = IdField(allow_null=True)
    episode = serializers.CharField()
    values = serializers.DictField(help_text="The values the rule was held against.")
    rulebook_version = serializers.CharField()
    reason = serializers.CharField()
    raised_at = InstantField()
    acknowledged_at = InstantField(allow_null=True)
    closed_at = InstantField(allow_null=True)


def alert_json(alert: Alert) -> dict[str, Any]:
    [finding] = findings_json([finding_of(alert)])
    return finding | {
        "id": str(alert.id),
        "patient": str(alert.patient_id),
        "taper": _id_or_none(alert.taper_id),
        "revision": alert.revision_number,
        "assessment": _id_or_none(alert.assessment_id),
        "step_report": _id_or_none(alert.step_report_id),
        "symptom_report": _id_or_none(alert.symptom_report_id),
        "episode": alert.episode,
        "values": alert.values,
        "rulebook_version": alert.rulebook_version,
        "reason": alert.reason,
        "raised_at": json_instant(alert.raised_at),
        "acknowledged_at": json_instant(alert.acknowledged_at),
        "closed_at": json_instant(alert.closed_at),
    }


def _id_or_none(pk: UUID | None) -> str | None:
    return None if pk is None else str(pk)
