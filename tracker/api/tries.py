"""How many tries to get a token are let through."""

import hashlib
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle, SimpleRateThrottle
from rest_framework.views import APIView

NAMES_AN_ADDRESS = 10  # so many times the tries of one name, for all names of one address


class TokenThrottle(BaseThrottle):
    """Failed log-ins by address and name, and by address alone.

    A try is counted before the password is looked at, and taken back when it was right: many
    at once cannot slip through together, and a program that logs in often is not held up.
    """

    def allow_request(self, request: Request, view: APIView) -> bool:
        limit, self.seconds = _rate()
        address = self.get_ident(request) or ""
        body: Any = request.data
        name = str(body.get("username", ""))
        self.keys = ((_key(address, name), limit), (_key(address), limit * NAMES_AN_ADDRESS))
        request.token_throttle = self  # type: ignore[attr-defined]
        return all([_count(key, self.seconds) <= limit for key, limit in self.keys])

    def wait(self) -> float:
        return self.seconds - time.time() % self.seconds

    def take_back(self) -> None:
        for key, _ in self.keys:
            try:
                cache.decr(_window(key, self.seconds))
            except ValueError:  # the window has passed
                continue


def _rate() -> tuple[int, int]:
    rate = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]["token"]
    tries, seconds = SimpleRateThrottle.parse_rate(None, rate)  # type: ignore[arg-type]
    return int(tries or 0), int(seconds or 60)


def _key(*parts: str) -> str:
    digest = hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()
    return f"token-tries:{digest}"


def _window(key: str, seconds: int) -> str:
    return f"{key}:{int(time.time()) // seconds}"


def _count(key: str, seconds: int) -> int:
    window = _window(key, seconds)
    cache.add(window, 0, timeout=2 * seconds)
    try:
        return cache.incr(window)
    except ValueError:  # evicted between the two calls
        return 1
