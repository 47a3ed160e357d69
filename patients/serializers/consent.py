from typing import Any

from patients.models import Consent
from patients.serializers.fields import (
    DayField,
    IdField,
    InstantField,
    TextField,
    WordField,
    json_day,
    json_instant,
)
from patients.serializers.strict import StrictSerializer
from patients.vocabulary import Channel, Content


class NewConsentSerializer(StrictSerializer):
    ignored = frozenset({"id", "recorded_at", "withdrawn_on"})

    channel = WordField(Channel.values)
    content = WordField(Content.values)
    given_on = DayField()
    text_version = TextField(max_length=40)


class ConsentSerializer(NewConsentSerializer):
    id = IdField()
    recorded_at = InstantField()
    withdrawn_on = DayField(allow_null=True)


class WithdrawalSerializer(StrictSerializer):
    on = DayField()


def consent_json(consent: Consent) -> dict[str, Any]:
    return {
        "id": str(consent.id),
        "channel": consent.channel,
        "content": consent.content,
        "given_on": json_day(consent.given_on),
        "text_version": consent.text_version,
        "recorded_at": json_instant(consent.recorded_at),
        "withdrawn_on": json_day(consent.withdrawn_on),
    }
