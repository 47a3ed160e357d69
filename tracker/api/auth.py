from typing import Any

from django.contrib.auth import authenticate
from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from patients import audit, clock, selectors
from patients.access import actor_of
from patients.api.door import Door
from patients.serializers.fields import IdField, TextField, WordField, YesNoField
from patients.serializers.strict import StrictSerializer
from patients.vocabulary import Event, Role
from tracker.api.tokens import TokenAuthentication
from tracker.api.tries import TokenThrottle


class CredentialsSerializer(StrictSerializer):
    username = TextField(max_length=150, trim_whitespace=False)
    password = TextField(max_length=1000, trim_whitespace=False, write_only=True)


class TokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField()


class MyClinicSerializer(serializers.Serializer[Any]):
    id = IdField()
    name = serializers.CharField()
    role = WordField(Role.values)
    is_lead = YesNoField()
    member = IdField(help_text="Who you are in this clinic: the `owner` of an alert.")


class MeSerializer(serializers.Serializer[Any]):
    username = serializers.CharField()
    clinics = MyClinicSerializer(many=True)


class TokenDoor(Door):
    """A token for a name and a password; the token stands for the person in every request."""

    authentication_classes = (TokenAuthentication,)
    permission_classes = (AllowAny,)
    throttle_classes = (TokenThrottle,)
    keeps_answers = False

    def perform_authentication(self, request: Request) -> None:
        """Nobody is anybody yet: an old token in the header must not stop a new one."""

    @extend_schema(request=CredentialsSerializer, responses={200: TokenSerializer}, auth=[])
    def post(self, request: Request) -> Response:
        given = self.body(CredentialsSerializer)
        user = authenticate(request._request, **given)
        if user is None:
            raise AuthenticationFailed("No account with this name and password.")
        _, token = AuthToken.objects.create(user=user)
        audit.record(Event.LOGGED_IN, actor=user, at=clock.now(), by="API_TOKEN")
        request.token_throttle.take_back()  # type: ignore[attr-defined]
        return Response({"token": token})


class LogoutDoor(Door):
    """The token of this request is no longer valid afterwards."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        if isinstance(request.auth, AuthToken):
            request.auth.delete()
        return Response(status=204)


class MeDoor(Door):
    @extend_schema(responses={200: MeSerializer})
    def get(self, request: Request) -> Response:
        actor = actor_of(request)
        clinics = [
            {
                "id": str(each.id),
                "name": each.name,
                "role": each.role,
                "is_lead": each.is_lead,
                "member": str(each.member),
            }
            for each in selectors.clinics_of(actor=actor)
        ]
        return Response({"username": actor.get_username(), "clinics": clinics})
