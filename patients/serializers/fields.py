"""Values as they stand in a request: strict about type and spelling, so that nothing is guessed.

What is refused names what is allowed, and never repeats what was sent.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from patients.numbers import plain_number

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)
CANONICAL_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
ROUNDED = Decimal("0.0001")
MAX_NUMBER = 1_000_000


def json_number(value: Decimal) -> int | float:
    """Write a decimal as a JSON number; what does not terminate is rounded here, at the edge."""
    rounded = value.quantize(ROUNDED)
    return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)


def json_number_or_none(value: Decimal | None) -> int | float | None:
    return None if value is None else json_number(value)


def json_day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def json_instant(value: datetime | None) -> str | None:
    """RFC 3339 in UTC, to the second."""
    if value is None:
        return None
    return value.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


class NumberField(serializers.Field[Decimal, Any, Any, Any]):
    """A number from *low* to *high*; a string only if it spells a plain ASCII decimal."""

    default_error_messages = {"invalid": "Give a number {allowed}."}

    def __init__(
        self,
        *,
        low: int | Decimal = 0,
        high: int | Decimal = MAX_NUMBER,
        above_low: bool = False,
        decimals: int = 3,
        unit: str = "",
        says: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.says = says
        self.low, self.high, self.above_low = low, high, above_low
        self.decimals, self.unit = decimals, unit

    @property
    def allowed(self) -> str:
        """What may be given, for the refusal; `says` where the range depends on another field."""
        if self.says:
            return self.says
        low = f"above {self.low} and up to" if self.above_low else f"from {self.low} to"
        digits = f"with at most {self.decimals} decimals" if self.decimals else "without decimals"
        return " ".join(part for part in (low, str(self.high), self.unit, digits) if part)

    def to_internal_value(self, data: Any) -> Decimal:
        number = number_in(data)
        if number is None or not self._fits(number):
            self.fail("invalid", allowed=self.allowed)
        return number + 0  # -0 becomes 0

    def _fits(self, number: Decimal) -> bool:
        """Compare before any arithmetic: 1e400 must not be expanded."""
        if not self.low <= number <= self.high or (self.above_low and number == self.low):
            return False
        return number == number.quantize(Decimal(1).scaleb(-self.decimals))

    def to_representation(self, value: Decimal) -> int | float:
        return json_number(value)


def number_in(data: Any) -> Decimal | None:
    """Return the number a value spells, None when it is no plain number. Its size is unchecked."""
    if isinstance(data, bool) or not isinstance(data, int | Decimal | str):
        return None
    return plain_number(data) if isinstance(data, str) else Decimal(data)


class WholeNumberField(NumberField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(decimals=0, **kwargs)

    def to_internal_value(self, data: Any) -> int:  # type: ignore[override]
        return int(super().to_internal_value(data))


def _day(data: Any) -> date | None:
    if not isinstance(data, str) or not DAY.fullmatch(data):
        return None
    try:
        return date.fromisoformat(data)
    except ValueError:
        return None


def _instant(data: Any) -> datetime | None:
    if not isinstance(data, str) or not INSTANT.fullmatch(data):
        return None
    try:
        return datetime.fromisoformat(data.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@extend_schema_field({"type": "string", "format": "date"})
class DayField(serializers.Field[date, Any, str, Any]):
    """A calendar day, exactly YYYY-MM-DD."""

    default_error_messages = {"invalid": "Give a day as YYYY-MM-DD."}

    def to_internal_value(self, data: Any) -> date:
        day = _day(data)
        if day is None:
            self.fail("invalid")
        return day

    def to_representation(self, value: date) -> str:
        return value.isoformat()


@extend_schema_field({"type": "string", "format": "date-time"})
class InstantField(serializers.Field[datetime, Any, Any, Any]):
    """An instant by RFC 3339, with its offset; written in UTC."""

    default_error_messages = {"invalid": "Give an instant like 2026-04-06T12:00:00Z."}

    def to_internal_value(self, data: Any) -> datetime:
        instant = _instant(data)
        if instant is None:
            self.fail("invalid")
        return instant

    def to_representation(self, value: datetime) -> str | None:
        return json_instant(value)


@extend_schema_field({"type": "string", "format": "uuid"})
class IdField(serializers.Field[UUID, Any, str, Any]):
    default_error_messages = {"invalid": "Give an id: a UUID of 36 characters."}

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str) or not CANONICAL_UUID.fullmatch(data):
            self.fail("invalid")
        return UUID(data)

    def to_representation(self, value: UUID) -> str:
        return str(value)


class TextField(serializers.CharField):
    """A string; numbers are not strings."""

    default_error_messages = {
        "invalid": "Give a text.",
        "max_length": "Give at most {max_length} characters.",
    }

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data is not None and data is not serializers.empty and not isinstance(data, str):
            self.fail("invalid")
        return super().run_validation(data)


class WordField(serializers.ChoiceField):
    """One of a few UPPER_CASE words."""

    def __init__(self, choices: Iterable[str], **kwargs: Any) -> None:
        words = [str(word) for word in choices]
        messages: dict[str, Any] = {"invalid_choice": f"Give one of {', '.join(words)}."}
        super().__init__(choices=words, error_messages=messages, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice")
        return data


@extend_schema_field({"type": "boolean"})
class YesNoField(serializers.Field[bool, Any, bool, Any]):
    default_error_messages = {"invalid": "Give true or false."}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return data

    def to_representation(self, value: bool) -> bool:
        return value


class FewField(serializers.ListField):
    """A list of at most so many; counted before the first of them is looked at."""

    def __init__(self, *, child: Any, most: int, **kwargs: Any) -> None:
        super().__init__(child=child, max_length=most, **kwargs)
        self.most = most

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, list) and len(data) > self.most:
            raise serializers.ValidationError(f"Give at most {self.most}.")
        return super().to_internal_value(data)
