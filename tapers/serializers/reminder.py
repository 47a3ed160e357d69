from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from notifications.models import Reminder
from notifications.policy import kind_rule
from notifications.serializers.reminder import (
    AttemptSerializer,
    ReminderSerializer,
    attempt_json,
    reminder_json,
)
from patients.models import AuditEvent
from patients.serializers.fields import InstantField, json_instant
from tapers.selectors.sentences import sentence_of


class AnswerSerializer(serializers.Serializer[Any]):
    """What the patient did by the link in the mail."""

    at = InstantField()
    event = serializers.CharField()
    text = serializers.CharField()


class ReminderTraceSerializer(ReminderSerializer):
    """A reminder with its rule, every try to send it, and what the patient did with its link."""

    rule = serializers.CharField()
    tries = AttemptSerializer(many=True)
    answers = AnswerSerializer(many=True)


def trace_json(reminder: Reminder, *, answers: Iterable[AuditEvent]) -> dict[str, Any]:
    """*reminder* has its deliveries."""
    return reminder_json(reminder) | {
        "rule": kind_rule(reminder.kind, reminder.context),
        "tries": [attempt_json(each) for each in reminder.deliveries.all()],
        "answers": [_answer_json(event) for event in answers],
    }


def _answer_json(event: AuditEvent) -> dict[str, Any]:
    return {
        "at": json_instant(event.at),
        "event": event.event,
        "text": sentence_of(event.event, event.details),
    }
