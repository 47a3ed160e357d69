from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from patients.api.door import ShortListDoor
from patients.selectors import clinic_for, members_for
from patients.serializers.member import MemberSerializer, member_json


class MembersDoor(ShortListDoor):
    """Who works in the clinic now, by name."""

    @extend_schema(responses={200: MemberSerializer(many=True)})
    def get(self, request: Request, clinic_id: UUID) -> Response:
        clinic = clinic_for(actor=self.actor, id=clinic_id)
        return self.whole(
            [member_json(each) for each in members_for(actor=self.actor, clinic=clinic)]
        )
