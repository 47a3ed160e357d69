from typing import Any

from rest_framework import serializers

from patients.models import Patient
from patients.serializers.fields import IdField, InstantField, json_instant


class RevokedSerializer(serializers.Serializer[Any]):
    """No link in a mail sent until then opens anything any more."""

    patient = IdField()
    links_revoked_at = InstantField()


def revoked_json(patient: Patient) -> dict[str, Any]:
    return {"patient": str(patient.id), "links_revoked_at": json_instant(patient.links_revoked_at)}
