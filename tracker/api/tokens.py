"""How an API token is read."""

import re
import time
from typing import Any

from django.contrib.auth.models import User
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

TOKEN = re.compile(rb"[0-9a-f]{16,128}", re.ASCII)


class TokenAuthentication(KnoxTokenAuthentication):  # type: ignore[misc]
    """Knox, but bytes that cannot be a token never reach the database, and one query is enough."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, Any]:
        if not TOKEN.fullmatch(token):
            raise AuthenticationFailed("Invalid token.")
        found: tuple[User, Any] = super().authenticate_credentials(token)
        return found

    def _cleanup_token(self, auth_token: Any) -> bool:
        """Tell whether the token is over. Knox would also look at every other of this person.

        By the machine's clock, which knox wrote the expiry with; the clinic's may be another.
        """
        expired = auth_token.expiry is not None and auth_token.expiry.timestamp() < time.time()
        if expired:
            auth_token.delete()
        return expired
