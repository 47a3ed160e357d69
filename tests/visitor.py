"""Who meets the web over HTTP: a browser in which somebody is logged in, or a program."""

import http.client
import json
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from knox.models import AuthToken

PATIENCE_SECONDS = 60
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
# Whom they register; the record number is each one's own.
ADA = {
    "given_name": "Ada",
    "family_name": "Rivers",
    "birth_date": "1958-03-14",
    "sex": "FEMALE",
    "time_zone": "America/Chicago",
    "language": "en",
}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def hidden(self) -> dict[str, str]:
        """The hidden fields of the page, as its forms send them back."""
        found = _Hidden()
        found.feed(self.text)
        return found.fields


class _Hidden(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden" and given.get("name"):
            self.fields[str(given["name"])] = given.get("value") or ""


class Visitor:
    """Keeps its cookies; each request comes on a connection of its own."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: SimpleCookie = SimpleCookie()
        self.headers: dict[str, str] = {}

    @classmethod
    def logged_in(cls, port: int, user: User) -> "Visitor":
        visitor, client = cls(port), Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        name = settings.SESSION_COOKIE_NAME
        visitor.cookies[name] = client.cookies[name].value
        return visitor

    @classmethod
    def program(cls, port: int, user: User) -> "Visitor":
        visitor = cls(port)
        visitor.headers["Authorization"] = f"Token {AuthToken.objects.create(user=user)[1]}"
        return visitor

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, body: object, **headers: str) -> Answer:
        return self._ask("POST", path, json.dumps(body), JSON | headers)

    def patch(self, path: str, body: object, **headers: str) -> Answer:
        return self._ask("PATCH", path, json.dumps(body), JSON | headers)

    def send_form(self, path: str, fields: dict[str, str]) -> Answer:
        return self._ask("POST", path, urlencode(fields), FORM)

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        cookies = "; ".join(f"{name}={each.value}" for name, each in self.cookies.items())
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            line.request(method, path, body, self.headers | {"Cookie": cookies} | headers)
            heard = line.getresponse()
            for cookie in heard.headers.get_all("Set-Cookie") or []:
                self.cookies.load(cookie)
            return Answer(heard.status, heard.headers, heard.read().decode())
        finally:
            line.close()
