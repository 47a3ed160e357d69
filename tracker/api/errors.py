"""Every refusal as `{code, message, fields?, findings?, current?}` with its HTTP status.

The layers below refuse in their own words; this is the one place that gives them a status.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

import structlog
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.db import DataError, IntegrityError
from django.http import Http404, HttpRequest, JsonResponse
from django.http.multipartparser import MultiPartParserError
from redis.exceptions import RedisError
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import set_rollback

from patients.errors import (
    AlreadyCorrected,
    BadInput,
    Conflict,
    KeyReused,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    Refused,
    StillInFlight,
    Unlikely,
)
from patients.instruments.errors import BadReading
from tapers.domain.errors import DomainError, WrongStatus
from tapers.errors import NeedsReason
from tapers.serializers.finding import findings_json
from tracker.outages import (
    DATABASE_AWAY,
    NO_ANSWER,
    NOT_COUNTED,
    RETRY_SECONDS,
    outage_behind,
    outage_now,
)

log = structlog.get_logger(__name__)

CODES = {
    400: "INVALID",
    401: "NOT_AUTHENTICATED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    406: "NOT_ACCEPTABLE",
    409: "CONFLICT",
    413: "TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    429: "TOO_MANY_REQUESTS",
    500: "ERROR",
    503: "UNAVAILABLE",
}
STATUS_OF: tuple[tuple[type[Refused], int], ...] = (
    (BadInput, 400),
    (NotAuthenticated, 401),
    (NotPermitted, 403),
    (NotFound, 404),
    (Conflict, 409),
    (KeyReused, 422),
    (Refused, 409),
)
MAX_MESSAGES = 100
LOOK_AT_FIELDS = "Some values cannot be accepted; see fields."
NO_SUCH_THING = "There is nothing here, or you may not see it."


def body(
    code: str,
    message: str,
    *,
    fields: Mapping[str, list[str]] | None = None,
    findings: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    answer: dict[str, Any] = {"code": code, "message": message}
    if fields:
        answer["fields"] = dict(fields)
    if findings is not None:
        answer["findings"] = findings
    return answer


def handle(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER. None means: a defect; Django logs it and answers 500."""
    response = _response(exc)
    if response is not None:
        set_rollback()
    return response


def _response(exc: Exception) -> Response | None:
    answer = next((answer for kinds, answer in ANSWERS if isinstance(exc, kinds)), None)
    return answer(exc) if answer else None


def _plain(status_code: int, message: str) -> Response:
    return Response(body(CODES[status_code], message), status=status_code)


def _invalid(exc: exceptions.ValidationError) -> Response:
    fields: dict[str, list[str]] = {}
    for name, message in islice(_flat(exc.detail), MAX_MESSAGES):
        fields.setdefault(name, []).append(message)
    whole = fields.pop("", [])
    message = " ".join(whole) or LOOK_AT_FIELDS
    return Response(body("INVALID", message, fields=fields), status=400)


def _flat(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Nested details as (dotted name, message); what concerns a whole object has its name."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            own = name == api_settings.NON_FIELD_ERRORS_KEY
            yield from _flat(inner, path if own else _joined(path, name))
    elif isinstance(detail, list | tuple):
        for index, inner in enumerate(detail):
            is_message = isinstance(inner, str)
            yield from _flat(inner, path if is_message else _joined(path, index))
    else:
        yield path, str(detail)


def _joined(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)


def _refused(exc: Refused) -> Response:
    fields = {exc.field: [exc.message]} if exc.field else {}
    if isinstance(exc, BadInput | Unlikely):
        fields |= exc.fields
    findings = findings_json(exc.findings) if isinstance(exc, NeedsReason) else None
    answer = body(exc.code, exc.message, fields=fields, findings=findings)
    if isinstance(exc, AlreadyCorrected):
        answer["current"] = {"id": str(exc.current.id), "version": exc.current.version}
    headers = {"Retry-After": str(exc.retry_after)} if isinstance(exc, StillInFlight) else None
    return Response(
        answer,
        status=next(code for kind, code in STATUS_OF if isinstance(exc, kind)),
        headers=headers,
    )


def _refused_by_domain(exc: DomainError | BadReading) -> Response:
    fields = {exc.field: [exc.message]} if exc.field else {}
    if isinstance(exc, WrongStatus):
        return Response(body(exc.code, exc.message), status=409)
    return Response(body("INVALID", exc.message, fields=fields), status=400)


def _refused_by_framework(exc: exceptions.APIException) -> Response:
    headers = {}
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    code = CODES.get(exc.status_code, "ERROR")
    return Response(body(code, str(exc.detail)), status=exc.status_code, headers=headers)


def _refused_by_database(exc: Exception) -> Response:
    """The last net: a value the checks in front let through. Logged, because it is our defect."""
    log.error("refused_by_database", error=type(exc).__name__, exc_info=exc)
    if isinstance(exc, DataError):
        return _plain(400, "A value cannot be stored.")
    if isinstance(exc, IntegrityError):
        return _plain(409, "This does not fit what is stored; read it again and retry.")
    return _unavailable(NO_ANSWER)


def _not_counted(exc: RedisError) -> Response:
    """Without the count of tries a password is not looked at: better shut than open to guessing."""
    log.error("tries_not_counted", error=type(exc).__name__, exc_info=exc)
    return _unavailable(NOT_COUNTED)


def _unavailable(message: str) -> Response:
    return Response(
        body(CODES[503], message),
        status=status.HTTP_503_SERVICE_UNAVAILABLE,
        headers={"Retry-After": str(RETRY_SECONDS)},
    )


# The first that fits answers; ValidationError is an APIException, so it stands before it.
ANSWERS: tuple[tuple[tuple[type[Exception], ...], Callable[[Any], Response]], ...] = (
    ((exceptions.ValidationError,), _invalid),
    ((exceptions.APIException,), _refused_by_framework),
    ((Refused,), _refused),
    ((DomainError, BadReading), _refused_by_domain),
    ((Http404,), lambda _: _plain(404, NO_SUCH_THING)),
    ((DjangoPermissionDenied,), lambda _: _plain(403, "You may not do this.")),
    ((RequestDataTooBig,), lambda _: _plain(413, "The body is too large.")),
    (
        (BadRequest, SuspiciousOperation, MultiPartParserError),
        lambda _: _plain(400, "The request cannot be read."),
    ),
    ((DataError, IntegrityError, *DATABASE_AWAY), _refused_by_database),
    ((RedisError,), _not_counted),
)


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    if outage := outage_behind(exception):
        return unavailable(outage)
    return JsonResponse(body(CODES[400], "The request cannot be read."), status=400)


def unavailable(message: str) -> JsonResponse:
    """The answer of a request that failed before or after the API's own code: its session, say."""
    headers = {"Retry-After": str(RETRY_SECONDS)}
    return JsonResponse(body(CODES[503], message), status=503, headers=headers)


def permission_denied(request: HttpRequest, exception: Exception) -> JsonResponse:
    return JsonResponse(body(CODES[403], "You may not do this."), status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> JsonResponse:
    return JsonResponse(body(CODES[404], NO_SUCH_THING), status=404)


def server_error(request: HttpRequest) -> JsonResponse:
    if outage := outage_now():
        return unavailable(outage)
    message = "Something failed on our side. It was logged; nothing was stored."
    return JsonResponse(body(CODES[500], message), status=500)
