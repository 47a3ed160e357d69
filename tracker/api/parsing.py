"""Read a request body so strictly that nothing behind it has to doubt what it got."""

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import IO, Any

from rest_framework import status
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.parsers import BaseParser

MAX_BODY_BYTES = 1_000_000
MAX_DEPTH = 12
MAX_INT_DIGITS = 30
MAX_NAME = 80  # of a name repeated in an error
SURROGATE = re.compile("[\ud800-\udfff]")


class BodyTooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = f"The body may hold {MAX_BODY_BYTES:,} bytes at most."
    default_code = "too_large"


class StrictJSONParser(BaseParser):
    """UTF-8 JSON with one object at the top; numbers with a point or an exponent become Decimals.

    Refused, where the standard library's reader is lenient: a name twice in one object, NaN and
    Infinity, a byte-order mark, NUL and lone surrogates in any text, deep nesting.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        body = stream.read(MAX_BODY_BYTES + 1)
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge
        value = _loaded(body)
        if not isinstance(value, dict):
            raise ParseError("The body must be one JSON object.")
        _refuse_bad_values(value)
        return value


def _loaded(body: bytes) -> Any:
    try:
        return json.loads(
            body.decode("utf-8"),
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=Decimal,  # NaN and Infinity: refused below, where their name is known
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError as error:
        raise ParseError("The body is not UTF-8.") from error
    except RecursionError as error:
        raise ParseError("The body is nested too deeply.") from error
    except ValueError as error:
        raise ParseError("The body is not valid JSON.") from error


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent beyond what Decimal can hold
        return Decimal("Infinity")


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= MAX_INT_DIGITS else Decimal(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ParseError("A name stands twice in one object.")
    return value


def _refuse_bad_values(body: dict[str, Any]) -> None:
    for path, value in _leaves(body):
        if isinstance(value, str) and ("\0" in value or SURROGATE.search(value)):
            raise ValidationError({path: ["May not hold the character NUL or half a character."]})
        if isinstance(value, Decimal) and not value.is_finite():
            raise ValidationError({path: ["Not a number that can be used here."]})


def _leaves(body: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Walk without recursion; yield each value that holds no others, with its dotted name."""
    waiting: list[tuple[str, Any, int]] = [("", body, 1)]
    while waiting:
        path, value, depth = waiting.pop()
        if not isinstance(value, dict | list):
            yield path, value
            continue
        if depth > MAX_DEPTH:
            raise ParseError("The body is nested too deeply.")
        for name, inner in _members(value):
            waiting.append((f"{path}.{name}" if path else name, inner, depth + 1))


def _members(value: dict[str, Any] | list[Any]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        yield from ((str(index), inner) for index, inner in enumerate(value))
        return
    for name, inner in value.items():
        if "\0" in name or SURROGATE.search(name):
            raise ParseError("A name in the body holds NUL or half a character.")
        yield name[:MAX_NAME], inner
