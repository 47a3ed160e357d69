from typing import Any

from rest_framework import serializers

from patients.models import Membership
from patients.selectors import name_of
from patients.serializers.fields import IdField, WordField, YesNoField
from patients.vocabulary import Role


class MemberSerializer(serializers.Serializer[Any]):
    """Somebody who works in the clinic."""

    id = IdField()
    name = serializers.CharField()
    role = WordField(Role.values)
    is_lead = YesNoField()


def member_json(member: Membership) -> dict[str, Any]:
    return {
        "id": str(member.pk),
        "name": name_of(member.user),
        "role": member.role,
        "is_lead": member.is_lead,
    }
