from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from patients.api.door import Door

ENTRY_POINTS = (
    "me",
    "patients",
    "measures",
    "rules",
    "taper-previews",
    "tapers",
    "alerts",
    "reminders",
    "schema",
    "docs",
)


class RootDoor(Door):
    """Where to begin."""

    permission_classes = (AllowAny,)

    @extend_schema(responses={200: dict[str, str]})
    def get(self, request: Request) -> Response:
        return Response({name: reverse(f"api:{name}", request=request) for name in ENTRY_POINTS})


@extend_schema(exclude=True)
class NothingHere(Door):
    """Answers for every address below the API that does not exist, whatever the method."""

    permission_classes = (AllowAny,)
    authentication_classes = ()

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        raise NotFound("There is nothing here.")


class SchemaDoor(SpectacularAPIView):
    """This document."""


class ViewerDoor(SpectacularSwaggerSplitView):
    url_name = "api:schema"
