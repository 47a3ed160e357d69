from typing import Any

from rest_framework import serializers

from patients.selectors import name_of
from patients.serializers.fields import (
    IdField,
    InstantField,
    TextField,
    WholeNumberField,
    YesNoField,
    json_instant,
)
from patients.serializers.strict import StrictSerializer
from tapers.models import RulebookSignature
from tapers.serializers.finding import MAX_REASON
from tapers.serializers.protocol import MOST_VERSIONS


class SignRulesSerializer(StrictSerializer):
    """The two versions that were read; if either has changed since, it is refused."""

    rulebook_version = TextField(max_length=24)
    protocol_version = WholeNumberField(low=1, high=MOST_VERSIONS)
    note = TextField(max_length=MAX_REASON, required=False, allow_blank=True)


class SignatureSerializer(serializers.Serializer[Any]):
    """That somebody read and signed the rules for a clinic."""

    id = IdField()
    rulebook_version = serializers.CharField()
    text_sha256 = serializers.CharField(help_text="The digest of the rules as they read then.")
    protocol_version = WholeNumberField()
    settings = serializers.DictField(help_text="What the clinic had set, by name.")
    note = serializers.CharField()
    signed_by = serializers.CharField()
    signed_at = InstantField()
    is_of_today = YesNoField(help_text="Rules and settings are still those that were signed.")


def signature_json(signature: RulebookSignature, *, is_of_today: bool) -> dict[str, Any]:
    return {
        "id": str(signature.pk),
        "rulebook_version": signature.rulebook_version,
        "text_sha256": signature.text_sha256,
        "protocol_version": signature.protocol_version,
        "settings": signature.chosen,
        "note": signature.note,
        "signed_by": name_of(signature.signed_by),
        "signed_at": json_instant(signature.signed_at),
        "is_of_today": is_of_today,
    }
