"""What every address of the API shares: who asks, a strictly read body and query, JSON out."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.pagination import BasePagination
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from patients.access import actor_of
from patients.api.once import answered_once, key_of
from patients.serializers.strict import StrictSerializer

PAGING = frozenset({"cursor", "page_size", "format"})


class AlwaysJson(DefaultContentNegotiation):
    """There is one format, so no Accept header can ask for a wrong one."""

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)


class Door(APIView):
    content_negotiation_class = AlwaysJson
    has_read_the_query = False
    keeps_answers = True  # for who sends an Idempotency-Key; False where the answer is a secret

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who asks is known now, so the handler can be wrapped that is looked up next."""
        super().initial(request, *args, **kwargs)
        key = key_of(request)
        name = str(request.method).lower()
        if key is not None and self.keeps_answers and hasattr(self, name):
            setattr(self, name, partial(answered_once, getattr(self, name), key))

    @property
    def actor(self) -> User:
        return actor_of(self.request)

    def body(self, shape: type[StrictSerializer], *, partial: bool = False) -> dict[str, Any]:
        return _checked(shape(data=self.request.data, partial=partial))

    def no_body(self) -> None:
        """Refuse names in the body of what takes none."""
        self.body(StrictSerializer)

    def query(self, shape: type[StrictSerializer]) -> dict[str, Any]:
        self.has_read_the_query = True
        asked = self.request.query_params.dict()
        return _checked(shape(data={k: v for k, v in asked.items() if k not in PAGING}))

    def refuse_unread_query(self) -> None:
        """A filter that a list does not know would look as if it had filtered."""
        if not self.has_read_the_query:
            self.query(StrictSerializer)


class WholeList(BasePagination):
    """The shape of a list for what is never long: all of it on one page."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        nothing = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": nothing, "previous": nothing, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return []


class ShortListDoor(Door):
    pagination_class = WholeList

    def whole(self, rows: Sequence[dict[str, Any]]) -> Response:
        self.refuse_unread_query()
        return Response({"next": None, "previous": None, "results": rows})


class ListDoor(Door):
    """A list in pages; `keyset` is its order, the id last."""

    pagination_class: type[BasePagination] = api_settings.DEFAULT_PAGINATION_CLASS  # type: ignore[assignment]
    keyset: tuple[str, ...] = ("id",)

    def page_of(self, rows: QuerySet[Any, Any]) -> list[Any]:
        self.refuse_unread_query()
        self.paginator = self.pagination_class()
        return self.paginator.paginate_queryset(rows, self.request, view=self) or []

    def paged(self, rows: Sequence[dict[str, Any]]) -> Response:
        return self.paginator.get_paginated_response(rows)


def _checked(serializer: StrictSerializer) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
