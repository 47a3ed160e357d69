from datetime import datetime
from typing import Any
from uuid import UUID

from rest_framework import serializers

from patients.models import Membership
from patients.selectors import name_of
from patients.serializers.fields import (
    DayField,
    IdField,
    InstantField,
    TextField,
    WholeNumberField,
    WordField,
    YesNoField,
    json_day,
    json_instant,
)
from patients.serializers.strict import StrictSerializer
from tapers.domain.rules.rule import Severity
from tapers.domain.rules.titles import title_of
from tapers.models import Alert, AlertCheck
from tapers.selectors.findings import finding_of, state_of
from tapers.serializers.finding import MAX_REASON, FindingSerializer, findings_json
from tapers.vocabulary import AlertState


class OpenField(YesNoField):
    """A yes or no in an address, where there are only texts."""

    def to_internal_value(self, data: Any) -> bool:
        words: dict[Any, bool] = {"true": True, "false": False}
        return super().to_internal_value(words.get(data) if isinstance(data, str) else data)


class AlertsQuery(StrictSerializer):
    patient = IdField(required=False)
    clinic = IdField(required=False)
    open = OpenField(required=False, help_text="true: only what waits for a reason.")
    status = WordField(AlertState.values, required=False)
    owner = IdField(required=False, help_text="The id of a member of the clinic.")
    unowned = OpenField(required=False, help_text="true: only what nobody has taken on.")
    severity = WordField(Severity, required=False)
    since = InstantField(required=False, help_text="Raised at this instant or later.")


class AcknowledgeSerializer(StrictSerializer):
    reason = TextField(max_length=MAX_REASON)
    next_check_on = DayField(
        required=False,
        allow_null=True,
        help_text="When it is on the worklist again: a day after today, at most 90 days ahead.",
    )


class CheckAlertSerializer(StrictSerializer):
    note = TextField(max_length=MAX_REASON)
    next_check_on = DayField(required=False, allow_null=True)


class AssignAlertSerializer(StrictSerializer):
    owner = IdField(
        allow_null=True, help_text="A nurse or a prescriber of the clinic; null releases it."
    )


class AlertOwnerSerializer(serializers.Serializer[Any]):
    """Who looks after an alert."""

    member = IdField()
    name = serializers.CharField()
    since = InstantField()


class AlertCheckSerializer(serializers.Serializer[Any]):
    """A later look at an alert."""

    note = serializers.CharField()
    next_check_on = DayField(allow_null=True)
    checked_by = serializers.CharField()
    checked_at = InstantField()


class AlertSerializer(FindingSerializer):
    """What the rulebook said, kept as it was said.

    Without a taper it is about the course of the patient; the visit or report that brought it up
    is named, if there was one.
    """

    id = IdField()
    title = serializers.CharField()
    status = WordField(AlertState.values)
    patient = IdField()
    taper = IdField(allow_null=True)
    revision = WholeNumberField(allow_null=True)
    assessment = IdField(allow_null=True)
    step_report = IdField(allow_null=True)
    symptom_report = IdField(allow_null=True)
    episode = serializers.CharField()
    values = serializers.DictField(help_text="The values the rule was held against.")
    rulebook_version = serializers.CharField()
    owner = AlertOwnerSerializer(allow_null=True)
    reason = serializers.CharField()
    raised_at = InstantField()
    acknowledged_at = InstantField(allow_null=True)
    closed_at = InstantField(allow_null=True)
    escalates_at = InstantField(
        allow_null=True, help_text="When the leads are told, unless somebody acts before."
    )
    next_check_on = DayField(allow_null=True)
    checks = AlertCheckSerializer(many=True)


def alert_json(alert: Alert, *, escalates_at: datetime | None, at: datetime) -> dict[str, Any]:
    [finding] = findings_json([finding_of(alert)])
    return finding | {
        "id": str(alert.id),
        "title": title_of(alert.code),
        "status": state_of(alert, at=at).value,
        "patient": str(alert.patient_id),
        "taper": _id_or_none(alert.taper_id),
        "revision": alert.revision_number,
        "assessment": _id_or_none(alert.assessment_id),
        "step_report": _id_or_none(alert.step_report_id),
        "symptom_report": _id_or_none(alert.symptom_report_id),
        "episode": alert.episode,
        "values": alert.values,
        "rulebook_version": alert.rulebook_version,
        "owner": _owner_json(alert.owner, alert.owner_changed_at),
        "reason": alert.reason,
        "raised_at": json_instant(alert.raised_at),
        "acknowledged_at": json_instant(alert.acknowledged_at),
        "closed_at": json_instant(alert.closed_at),
        "escalates_at": json_instant(escalates_at),
        "next_check_on": json_day(alert.next_check_on),
        "checks": [_check_json(each) for each in alert.checks.all()],
    }


def _owner_json(owner: Membership | None, since: datetime | None) -> dict[str, Any] | None:
    if owner is None:
        return None
    return {"member": str(owner.pk), "name": name_of(owner.user), "since": json_instant(since)}


def _check_json(check: AlertCheck) -> dict[str, Any]:
    return {
        "note": check.note,
        "next_check_on": json_day(check.next_check_on),
        "checked_by": name_of(check.checked_by),
        "checked_at": json_instant(check.checked_at),
    }


def _id_or_none(pk: UUID | None) -> str | None:
    return None if pk is None else str(pk)
