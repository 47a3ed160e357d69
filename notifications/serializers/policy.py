from datetime import time
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from notifications.models import SendingPause
from notifications.policy import ClinicRules, Kind, TeamMailOn
from notifications.services.policy import CLOCK, LONGEST_REASON, MOST_DAYS
from patients.serializers.fields import (
    IdField,
    InstantField,
    TextField,
    WholeNumberField,
    WordField,
    json_instant,
)
from patients.serializers.strict import StrictSerializer


@extend_schema_field({"type": "string", "pattern": CLOCK.pattern, "example": "20:00"})
class ClockTimeField(serializers.Field[time, Any, str, Any]):
    """A time of day on the reader's clock, exactly HH:MM."""

    default_error_messages = {"invalid": "Give a time of day as HH:MM, from 00:00 to 23:59."}

    def to_internal_value(self, data: Any) -> time:
        if not isinstance(data, str) or not CLOCK.fullmatch(data):
            self.fail("invalid")
        return time.fromisoformat(data)

    def to_representation(self, value: time) -> str:
        return f"{value:%H:%M}"


def _days() -> WholeNumberField:
    """Days until a rung; null turns it off."""
    return WholeNumberField(low=1, high=MOST_DAYS, unit="days", allow_null=True)


class PolicyChangesSerializer(StrictSerializer):
    ignored = frozenset({"clinic"})

    quiet_from = ClockTimeField()
    quiet_until = ClockTimeField()
    step_second_days = _days()
    step_team_days = _days()
    step_lead_days = _days()
    visit_second_days = _days()
    visit_team_days = _days()
    visit_lead_days = _days()
    team_mail_on = WordField(TeamMailOn)


class PolicySerializer(PolicyChangesSerializer):
    """How a clinic reminds: quiet hours on the patient's clock, rungs in days (null: off)."""

    clinic = IdField()


class NewPauseSerializer(StrictSerializer):
    kind = WordField(Kind, required=False, allow_null=True)
    reason = TextField(max_length=LONGEST_REASON)


class PauseSerializer(serializers.Serializer[Any]):
    """While it stands nothing of its kind goes out; null is every kind that can be paused."""

    id = IdField()
    clinic = IdField()
    kind = WordField(Kind, allow_null=True)
    reason = serializers.CharField()
    paused_at = InstantField()
    paused_by = serializers.CharField()
    lifted_at = InstantField(allow_null=True)
    lifted_by = serializers.CharField(allow_null=True)


def policy_json(rules: ClinicRules, *, clinic_id: UUID) -> dict[str, Any]:
    return {
        "clinic": str(clinic_id),
        "quiet_from": f"{rules.quiet_from:%H:%M}",
        "quiet_until": f"{rules.quiet_until:%H:%M}",
        "step_second_days": rules.step_second_days,
        "step_team_days": rules.step_team_days,
        "step_lead_days": rules.step_lead_days,
        "visit_second_days": rules.visit_second_days,
        "visit_team_days": rules.visit_team_days,
        "visit_lead_days": rules.visit_lead_days,
        "team_mail_on": rules.team_mail_on.value,
    }


def pause_json(pause: SendingPause) -> dict[str, Any]:
    lifted_by = pause.lifted_by
    return {
        "id": str(pause.id),
        "clinic": str(pause.clinic_id),
        "kind": pause.kind or None,
        "reason": pause.reason,
        "paused_at": json_instant(pause.paused_at),
        "paused_by": pause.paused_by.get_full_name() or pause.paused_by.get_username(),
        "lifted_at": json_instant(pause.lifted_at),
        "lifted_by": (lifted_by.get_full_name() or lifted_by.get_username()) if lifted_by else None,
    }
