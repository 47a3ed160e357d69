from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework import serializers

from patients.serializers.fields import DayField, TextField, WordField, json_day
from tapers.domain.rules.rule import Finding, Severity
from tapers.domain.sources import Mark, Source

MAX_REASON = 500
MAX_REASONS = 40


class SourceSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    kind = serializers.CharField()
    link = serializers.CharField(allow_null=True)
    mark = WordField(
        Mark,
        help_text="How it was read. SEED: the text this software was ordered with; FOUND: in a "
        "stored copy, mostly an abstract or the first pages; KNOWN: cited from memory, not read "
        "again; PROPOSAL: decided for this software.",
    )
    note = serializers.CharField(help_text="What is to be known of it; may be empty.")
    reviewed_by = serializers.CharField(
        allow_null=True, help_text="The clinician who reviewed it; null: nobody has yet."
    )
    reviewed_on = DayField(allow_null=True)


class FindingSerializer(serializers.Serializer[Any]):
    """What a clinical rule says of a plan, and by which sources."""

    code = serializers.CharField()
    severity = WordField(Severity)
    message = serializers.CharField()
    sources = SourceSerializer(many=True)


class ReasonsField(serializers.DictField):
    """Reasons by the code of the finding each answers."""

    child = TextField(max_length=MAX_REASON)

    def to_internal_value(self, data: Any) -> dict[Any, Any]:
        if isinstance(data, Mapping) and len(data) > MAX_REASONS:
            raise serializers.ValidationError(f"Give at most {MAX_REASONS} reasons.")
        return super().to_internal_value(data)


def findings_json(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    return [
        {
            "code": each.code,
            "severity": str(each.severity),
            "message": each.message,
            "sources": [source_json(source) for source in each.sources],
        }
        for each in findings
    ]


def source_json(source: Source) -> dict[str, Any]:
    return {
        "code": source.code,
        "title": source.title,
        "year": source.year,
        "kind": str(source.kind),
        "link": source.link,
        "mark": str(source.mark),
        "note": source.note,
        "reviewed_by": source.reviewed_by,
        "reviewed_on": json_day(source.reviewed_on),
    }
