from typing import Any

from rest_framework import serializers

from notifications.policy import Audience, Kind, kind_label
from notifications.selectors import CatchUp, CatchUpLine, Upcoming
from patients.serializers.fields import (
    DayField,
    IdField,
    InstantField,
    WordField,
    YesNoField,
    json_day,
    json_instant,
)
from patients.serializers.strict import StrictSerializer


class UpcomingSerializer(serializers.Serializer[Any]):
    """A mail that waits: when it would go, and whether it may as things stand now.

    `due_at` is what was asked for, `goes_at` follows the quiet hours. `only_without_an_answer`:
    any answer takes it away before.
    """

    id = IdField()
    patient = IdField(allow_null=True)
    code = serializers.CharField(allow_null=True)
    kind = WordField(Kind)
    says = serializers.CharField(
        help_text="The kind in words; tests before the first dose of a drug are called so."
    )
    audience = WordField(Audience)
    local_date = DayField()
    due_at = InstantField()
    goes_at = InstantField()
    only_without_an_answer = YesNoField()
    may_go = YesNoField()
    reason = serializers.CharField()


class CatchUpQuery(StrictSerializer):
    since = InstantField(required=False)


class CatchUpLineSerializer(serializers.Serializer[Any]):
    reminder = IdField()
    patient = IdField(allow_null=True)
    text = serializers.CharField()


class ToCallSerializer(serializers.Serializer[Any]):
    patient = IdField()
    code = serializers.CharField()
    phone = serializers.CharField()


class CatchUpSerializer(serializers.Serializer[Any]):
    """Late was never sent, too late or given up; unknown may have arrived.

    `complete` is false beyond 500 mails.
    """

    since = InstantField()
    late = CatchUpLineSerializer(many=True)
    unknown = CatchUpLineSerializer(many=True)
    to_call = ToCallSerializer(many=True)
    complete = YesNoField()


def upcoming_json(each: Upcoming) -> dict[str, Any]:
    row = each.reminder
    return {
        "id": str(row.id),
        "patient": str(row.patient_id) if row.patient_id else None,
        "code": row.patient.code if row.patient else None,
        "kind": row.kind,
        "says": kind_label(row.kind, row.context),
        "audience": row.audience,
        "local_date": json_day(row.local_date),
        "due_at": json_instant(row.due_at),
        "goes_at": json_instant(each.goes_at),
        "only_without_an_answer": each.only_without_an_answer,
        "may_go": each.verdict.allowed,
        "reason": each.verdict.reason,
    }


def catch_up_json(found: CatchUp) -> dict[str, Any]:
    return {
        "late": [_line_json(line) for line in found.late],
        "unknown": [_line_json(line) for line in found.unknown],
        "to_call": [
            {"patient": str(each.pk), "code": each.code, "phone": each.phone}
            for each in found.people
        ],
        "complete": not found.is_cut,
    }


def _line_json(line: CatchUpLine) -> dict[str, Any]:
    return {
        "reminder": str(line.reminder_id),
        "patient": str(line.patient_id) if line.patient_id else None,
        "text": line.says,
    }
