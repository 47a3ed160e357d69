from typing import Any

from rest_framework import serializers

from patients.serializers.fields import WordField
from tapers.domain.rules.rule import Severity, Statement
from tapers.domain.rules.rulebook import VERSION, topic_of
from tapers.domain.rules.titles import title_of
from tapers.serializers.finding import SourceSerializer, source_json


class RuleSerializer(serializers.Serializer[Any]):
    """One clinical sentence as the rulebook holds it, with what it rests on."""

    code = serializers.CharField()
    title = serializers.CharField()
    topic = serializers.CharField()
    says = serializers.CharField()
    severity = WordField(Severity, help_text="Unless a finding says another one.")
    because = serializers.CharField()
    sources = SourceSerializer(many=True)
    rulebook_version = serializers.CharField()


def rule_json(rule: Statement) -> dict[str, Any]:
    return {
        "code": rule.code,
        "title": title_of(rule.code),
        "topic": topic_of(rule.code),
        "says": rule.says,
        "severity": str(rule.severity),
        "because": rule.because,
        "sources": [source_json(source) for source in rule.sources],
        "rulebook_version": VERSION,
    }
