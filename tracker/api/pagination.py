"""Lists by keyset: a page is one query by an index however far one reads; nothing is counted."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet, Subquery
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

PAGE_SIZE = 50
MAX_PAGE_SIZE = 200
CURSOR = re.compile(r"([nb])([0-9a-f]{32})", re.ASCII)
NUMBER = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)


class KeysetPagination(BasePagination):
    """`{next, previous, results}`. A view's `keyset` is its order, the id last, "-" for falling.

    A cursor holds the id of the row beside the page and nothing else: names of patients have no
    business in an address that is logged.
    """

    def paginate_queryset(
        self,
        queryset: QuerySet[Any, Any] | Sequence[Any],
        request: Request,
        view: APIView | None = None,
    ) -> list[Any]:
        if not isinstance(queryset, QuerySet):
            raise TypeError("Rows are paged in the database.")
        keyset: tuple[str, ...] = getattr(view, "keyset", ("id",))
        self.request = request
        self.size = _page_size(request)
        backwards, anchor = _cursor(request)
        rows = _beside(queryset, keyset, anchor, backwards=backwards)[: self.size + 1]
        page = list(rows)
        if anchor and not page and not queryset.filter(pk=anchor).exists():
            raise ValidationError({"cursor": ["Not a cursor of this list."]})
        more = len(page) > self.size
        page = page[: self.size]
        if backwards:
            page.reverse()
        self.has_next = bool(page) and (backwards or more)
        self.has_previous = bool(page) and (more if backwards else anchor is not None)
        self.ends = (_id(page[0]), _id(page[-1])) if page else (None, None)
        return page

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "next": self._link("n", self.ends[1]) if self.has_next else None,
                "previous": self._link("b", self.ends[0]) if self.has_previous else None,
                "results": data,
            }
        )

    def _link(self, direction: str, row: UUID | None) -> str:
        query = {name: value for name, value in self.request.query_params.items()}
        query["cursor"] = f"{direction}{row.hex}" if row else ""
        return self.request.build_absolute_uri(f"{self.request.path}?{urlencode(query)}")

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            {
                "name": "cursor",
                "in": "query",
                "description": "Taken from `next` or `previous` of another page.",
                "schema": {"type": "string", "pattern": "^[nb][0-9a-f]{32}$"},
            },
            {
                "name": "page_size",
                "in": "query",
                "schema": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": MAX_PAGE_SIZE,
                    "default": PAGE_SIZE,
                },
            },
        ]


def _page_size(request: Request) -> int:
    text = request.query_params.get("page_size", str(PAGE_SIZE))
    if not NUMBER.fullmatch(text) or int(text) > MAX_PAGE_SIZE:
        raise ValidationError({"page_size": [f"A whole number from 1 to {MAX_PAGE_SIZE}."]})
    return int(text)


def _cursor(request: Request) -> tuple[bool, UUID | None]:
    text = request.query_params.get("cursor")
    if text is None:
        return False, None
    found = CURSOR.fullmatch(text)
    if not found:
        raise ValidationError({"cursor": ["Not a cursor of this list."]})
    return found[1] == "b", UUID(hex=found[2])


def _id(row: Any) -> UUID:
    found = row["id"] if isinstance(row, dict) else row.id
    assert isinstance(found, UUID)  # noqa: S101
    return found


def _beside(
    queryset: QuerySet[Any, Any], keyset: Sequence[str], anchor: UUID | None, *, backwards: bool
) -> QuerySet[Any, Any]:
    """Return the rows after (or, backwards, before) the anchor, nearest first; in one query."""
    order = [_turned(key) for key in keyset] if backwards else list(keyset)
    rows = queryset.order_by(*order)
    if anchor is None:
        return rows
    at = queryset.order_by().filter(pk=anchor)
    values = [Subquery(at.values(key.lstrip("-"))) for key in order]
    return rows.filter(_no_earlier(order[0], values[0]), _past(order, values))


def _turned(key: str) -> str:
    return key[1:] if key.startswith("-") else f"-{key}"


def _no_earlier(key: str, value: Any) -> Q:
    """What `_past` says too, but so that an index can begin there."""
    return Q(**{f"{key.lstrip('-')}__{'lte' if key.startswith('-') else 'gte'}": value})


def _past(order: Sequence[str], at: Sequence[Any]) -> Q:
    """(a, b, c) past (x, y, z), each key in its own direction, as one condition."""
    condition = Q()
    equal = Q()
    for key, value in zip(order, at, strict=True):
        name = key.lstrip("-")
        step = "lt" if key.startswith("-") else "gt"
        condition |= equal & Q(**{f"{name}__{step}": value})
        equal &= Q(**{name: value})
    return condition
