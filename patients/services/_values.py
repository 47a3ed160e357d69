"""Checks of single values, the same for pages and REST; each raises Unfit with its sentence."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db.models import TextChoices

from patients.errors import BadInput

Check = Callable[[object], Any]
NOT_IN_TEXT = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
TURNS_TEXT_ROUND = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
NOT_A_PLACE = {"Factory", "localtime"}
PHONE = re.compile(r"\+?[0-9(][0-9 ()./-]{2,29}( ?(x|ext\.?) ?[0-9]{1,6})?", re.IGNORECASE)
CODE = re.compile(r"[A-Z][A-Z0-9_]{1,31}")


class Unfit(Exception):
    """A value that cannot be taken, with the sentence to show beside its field."""


def checked(values: Mapping[str, object], checks: Mapping[str, Check]) -> dict[str, Any]:
    """Return the values as they are stored; raise BadInput naming every field at fault."""
    clean: dict[str, Any] = {}
    faults: dict[str, list[str]] = {}
    for field, value in values.items():
        try:
            clean[field] = checks[field](value)
        except Unfit as unfit:
            faults[field] = [str(unfit)]
    if faults:
        raise BadInput.of(faults)
    return clean


def text(*, most: int, blank: bool = False) -> Check:
    """One line of text; control characters and line breaks are refused, not repaired."""
    return lambda value: _text(value, most=most, blank=blank, breaks="")


def note(*, most: int, blank: bool = True) -> Check:
    """Text of several lines."""
    return lambda value: _text(value, most=most, blank=blank, breaks="\n\t")


def name(*, most: int) -> Check:
    def check(value: object) -> str:
        clean = _text(value, most=most, blank=False, breaks="")
        if not any(letter.isalnum() for letter in clean):
            raise Unfit("This needs at least one letter.")
        return clean

    return check


def day(*, first: date, last: date) -> Check:
    def check(value: object) -> date:
        if not isinstance(value, date) or isinstance(value, datetime):
            raise Unfit("Give a date as YYYY-MM-DD.")
        if not first <= value <= last:
            raise Unfit(f"The date must lie between {first} and {last}.")
        return value

    return check


def one_of(choices: type[TextChoices]) -> Check:
    def check(value: object) -> str:
        if not isinstance(value, str) or value not in choices.values:
            raise Unfit(f"This is one of {', '.join(choices.values)}.")
        return str(value)

    return check


def amount(*, least: Decimal, most: Decimal, places: int, unit: str) -> Check:
    def check(value: object) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, Decimal | int):
            raise Unfit("Give a number.")
        number = Decimal(value)
        if not number.is_finite() or not least <= number <= most:
            raise Unfit(f"The number must lie between {least} and {most} {unit}.")
        if number != round(number, places):
            raise Unfit(f"At most {places} decimal places.")
        return round(number, places)

    return check


def truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise Unfit("This is true or false.")
    return value


def unless_none(check: Check) -> Check:
    return lambda value: None if value is None else check(value)


def code(value: object) -> str:
    """A code in upper case, such as PREDNISONE."""
    clean = _text(value, most=32, blank=False, breaks="").upper()
    if not CODE.fullmatch(clean):
        raise Unfit("A code has letters, digits and underscores only.")
    return clean


def time_zone(value: object) -> str:
    if not isinstance(value, str) or value not in _zones():
        raise Unfit("This is the name of a time zone, such as America/Chicago.")
    return value


def phone(value: object) -> str:
    clean = _text(value, most=32, blank=True, breaks="")
    if clean and not PHONE.fullmatch(clean):
        raise Unfit("A phone number has digits, spaces and + ( ) . / - only.")
    return clean


def email(value: object) -> str:
    """Return the address with its domain in lower-case ASCII (IDNA), "" for none."""
    clean = _text(value, most=254, blank=True, breaks="")
    if not clean:
        return ""
    local, at_sign, domain = clean.rpartition("@")
    if not at_sign or domain.startswith("[") or local.startswith('"'):
        raise Unfit("This is not an e-mail address that can be written to.")
    try:
        ascii_domain = domain.lower().encode("idna").decode("ascii")
        EmailValidator(allowlist=[])(f"{local}@{ascii_domain}")
    except (UnicodeError, ValidationError):
        raise Unfit("This is not an e-mail address that can be written to.") from None
    address = f"{local}@{ascii_domain}"
    if len(address) > 254:
        raise Unfit("At most 254 characters.")
    return address


def _text(value: object, *, most: int, blank: bool, breaks: str) -> str:
    if not isinstance(value, str):
        raise Unfit("Give text.")
    if len(value) > 4 * most:  # before anything that takes longer for longer text
        raise Unfit(f"At most {most} characters.")
    clean = unicodedata.normalize("NFC", value.replace("\r\n", "\n") if breaks else value).strip(
        " \u00a0\t\n" if breaks else " \u00a0"
    )
    if any(_is_no_text(letter) for letter in clean if letter not in breaks):
        raise Unfit("Control characters and line breaks cannot be stored here.")
    if len(clean) > most:
        raise Unfit(f"At most {most} characters.")
    if not clean and not blank:
        raise Unfit("This is required.")
    return clean


def _is_no_text(letter: str) -> bool:
    return letter in TURNS_TEXT_ROUND or unicodedata.category(letter) in NOT_IN_TEXT


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones() - NOT_A_PLACE)
