"""Every address and method of the API, read from the URL map, so that a new one is tested too."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLResolver
from django.urls.resolvers import RoutePattern

from tracker.api import urls

METHODS = ("get", "post", "put", "patch", "delete")
OPEN_TO_ALL = {"root", "token", "schema", "docs"}


@dataclass(frozen=True)
class Operation:
    method: str
    route: str
    name: str

    @property
    def writes(self) -> bool:
        return self.method != "get"

    def path(self, **ids: object) -> str:
        """The address with its parameters filled in by name."""
        path = self.route
        for name, value in ids.items():
            path = path.replace(f"<uuid:{name}>", str(value))
        return path

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.route or '/'}"


def operations() -> list[Operation]:
    return [
        Operation(method, route, name)
        for route, name, view in _views(urls.urlpatterns)
        for method in METHODS
        if hasattr(view, method)
    ]


def view_of(operation: Operation) -> type:
    """The class that answers an operation."""
    return next(view for route, _, view in _views(urls.urlpatterns) if route == operation.route)


def _views(patterns: Iterable[Any]) -> Iterator[tuple[str, str, type]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns)
        elif isinstance(pattern.pattern, RoutePattern):  # not the one that says "nothing here"
            yield str(pattern.pattern), pattern.name or "", pattern.callback.view_class
