"""The Idempotency-Key header: a change that a program sends again is made once.

After draft-ietf-httpapi-idempotency-key-header; docs/adr tells what was decided where it is open.
"""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.encoding import force_str
from rest_framework.request import Request
from rest_framework.response import Response

from patients import clock
from patients.access import actor_of
from patients.errors import BadInput
from patients.services.kept_answers import Sending, answer_kept, keep_answer

if TYPE_CHECKING:
    from patients.models import KeptAnswer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
MAX_KEY = 255
KEY = r"[!-~]([ -~]*[!-~])?"  # printable ASCII, no space at either end
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})

Handler = Callable[..., Response]


def key_of(request: Request) -> str | None:
    """Return the key of a change, None without the header; raise BadInput naming it."""
    key: str | None = request.headers.get(HEADER)
    if key is None or request.method not in UNSAFE:
        return None
    if len(key) > MAX_KEY or not re.fullmatch(KEY, key) or not key.strip('"'):
        raise BadInput(HEADER, f"{HEADER}: give 1 to {MAX_KEY} printable ASCII characters.")
    return key


@transaction.atomic
def answered_once(
    handler: Handler, key: str, request: Request, *args: Any, **kwargs: Any
) -> HttpResponseBase:
    """Call *handler*, and keep its answer in the transaction of what it changed.

    Sent again, answer the same. A refusal is an exception: all is rolled back and nothing is kept.
    """
    sending = _sending(key, request)
    kept = answer_kept(sending=sending, waits=False)
    if kept is not None:
        return _replay(kept)
    response = handler(request, *args, **kwargs)
    body = force_str(request.accepted_renderer.render(response.data))
    keep_answer(sending=sending, status=response.status_code, body=body, at=clock.now())
    return response


def _sending(key: str, request: Request) -> Sending:
    """What is compared is the JSON that was read, not how it was spaced or ordered."""
    content = json.dumps(
        [request.META.get("QUERY_STRING", ""), request.data], default=repr, sort_keys=True
    )
    return Sending(
        actor=actor_of(request),
        method=str(request.method),
        path=request.path,
        key=key,
        content=content,
    )


def _replay(kept: "KeptAnswer") -> HttpResponse:
    response = HttpResponse(kept.body, status=kept.status, content_type="application/json")
    if not kept.body:
        del response["Content-Type"]
    response[REPLAYED] = "true"
    return response
