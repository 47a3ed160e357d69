"""A program as the API sees it: JSON over HTTP, with the token of a person."""

import json
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from knox.models import AuthToken

ROOT = "/api/v1"


class Program:
    """A client that speaks JSON and shows the token of one person.

    Its answers are Django's test responses, for whose `json()` there is no public type.
    """

    def __init__(self, user: User | None = None) -> None:
        self.headers = {}
        if user is not None:
            self.headers["Authorization"] = f"Token {AuthToken.objects.create(user=user)[1]}"
        self.client = Client(headers=self.headers, raise_request_exception=False)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(_address(path), query)

    def post(self, path: str, body: Any = None) -> Any:
        return self.send("POST", path, json.dumps({} if body is None else body))

    def patch(self, path: str, body: Any) -> Any:
        return self.send("PATCH", path, json.dumps(body))

    def send(
        self, method: str, path: str, body: str | bytes, content_type: str = "application/json"
    ) -> Any:
        return self.client.generic(method, _address(path), body, content_type)


def _address(path: str) -> str:
    return path if path.startswith(("/", "http")) else f"{ROOT}/{path}"
