from typing import Any

from rest_framework import serializers

from patients.serializers.fields import DayField, IdField, InstantField, json_day, json_instant
from tapers.selectors.timeline import TimelineEntry


class TimelineEntrySerializer(serializers.Serializer[Any]):
    """One thing that happened to a patient; `on` is its day where the patient lives."""

    id = IdField()
    on = DayField()
    at = InstantField()
    kind = serializers.CharField()
    text = serializers.CharField()
    actor = serializers.CharField()
    subject_id = serializers.CharField()


def timeline_entry_json(entry: TimelineEntry) -> dict[str, Any]:
    return {
        "id": str(entry.id),
        "on": json_day(entry.on),
        "at": json_instant(entry.at),
        "kind": entry.kind,
        "text": entry.text,
        "actor": entry.actor_name,
        "subject_id": entry.subject_id,
    }
