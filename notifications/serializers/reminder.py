from typing import Any

from rest_framework import serializers

from notifications.models import DeliveryAttempt, Reminder
from notifications.policy import Audience, Kind, Outcome, Status, kind_label
from patients.serializers.fields import (
    DayField,
    IdField,
    InstantField,
    WholeNumberField,
    WordField,
    json_day,
    json_instant,
)
from patients.serializers.strict import StrictSerializer


class RemindersQuery(StrictSerializer):
    patient = IdField(required=False)
    clinic = IdField(required=False)
    status = WordField(Status, required=False)
    kind = WordField(Kind, required=False)
    due_after = InstantField(required=False)
    due_before = InstantField(required=False)


class ReminderSerializer(serializers.Serializer[Any]):
    """Somebody is to be reminded of something at an instant; why, and what became of it."""

    id = IdField()
    patient = IdField(allow_null=True)
    audience = WordField(Audience)
    kind = WordField(Kind)
    says = serializers.CharField(
        help_text="The kind in words; tests before the first dose of a drug are called so."
    )
    status = WordField(Status)
    due_at = InstantField()
    local_date = DayField()
    sent_at = InstantField(allow_null=True)
    attempts = WholeNumberField()
    revision = WholeNumberField(allow_null=True)
    reason = serializers.CharField()
    outcome = serializers.CharField()


class AttemptSerializer(serializers.Serializer[Any]):
    """One try to hand the mail over, and what the mail server said."""

    number = WholeNumberField()
    outcome = WordField(Outcome)
    smtp_code = WholeNumberField(allow_null=True)
    answer = serializers.CharField()
    recipient = serializers.CharField()
    handed_at = InstantField()
    ended_at = InstantField()


def attempt_json(attempt: DeliveryAttempt) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "outcome": attempt.outcome,
        "smtp_code": attempt.smtp_code,
        "answer": attempt.error,
        "recipient": attempt.recipient,
        "handed_at": json_instant(attempt.handed_at),
        "ended_at": json_instant(attempt.ended_at),
    }


def reminder_json(reminder: Reminder) -> dict[str, Any]:
    return {
        "id": str(reminder.id),
        "patient": str(reminder.patient_id) if reminder.patient_id else None,
        "audience": reminder.audience,
        "kind": reminder.kind,
        "says": kind_label(reminder.kind, reminder.context),
        "status": reminder.status,
        "due_at": json_instant(reminder.due_at),
        "local_date": json_day(reminder.local_date),
        "sent_at": json_instant(reminder.sent_at),
        "attempts": reminder.attempts,
        "revision": reminder.revision,
        "reason": reminder.reason,
        "outcome": reminder.outcome_note,
    }
