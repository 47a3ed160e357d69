"""Days, instants and numbers as the pages write them, in one place."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
FULL_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FULL_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def day(value: date) -> str:
    """Return "Mon 6 Apr 2026"."""
    return f"{WEEKDAYS[value.weekday()]} {value.day} {MONTHS[value.month - 1]} {value.year}"


def full_day(value: date) -> str:
    """Return "Monday 6 April 2026"."""
    month = FULL_MONTHS[value.month - 1]
    return f"{FULL_WEEKDAYS[value.weekday()]} {value.day} {month} {value.year}"


ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def with_days(sentence: str) -> str:
    """Write the days in a stored sentence as the pages write them."""
    return ISO_DAY.sub(lambda found: day(date.fromisoformat(found[0])), sentence)


def short_day(value: date) -> str:
    """Return "6 Apr": for axes and small print beside a full date."""
    return f"{value.day} {MONTHS[value.month - 1]}"


def instant(at: datetime, *, zone: str) -> str:
    """Return "Mon 6 Apr 2026, 09:00" on the clock of *zone*."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{day(local.date())}, {local:%H:%M}"


def place(zone: str) -> str:
    """Return "New York" for "America/New_York": whose clock it is, for a reader."""
    return zone.rpartition("/")[2].replace("_", " ")


def counted(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def joined(parts: Sequence[str]) -> str:
    """Return "strength", "strength and CK", "strength, function and CK"."""
    return " and ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)


def from_today(value: date, *, today: date) -> str:
    """Return "today", "tomorrow", "in 3 days", "in 5 weeks", "4 days ago"."""
    days = (value - today).days
    if days in NEAR:
        return NEAR[days]
    span = counted(abs(days), "day") if abs(days) < 28 else counted(abs(days) // 7, "week")
    return f"in {span}" if days > 0 else f"{span} ago"


NEAR = {0: "today", 1: "tomorrow", -1: "yesterday"}


def late_by(days: int) -> str:
    return "due today" if days == 0 else f"late by {counted(days, 'day')}"


def weeks(days: int) -> str:
    """Return "8 weeks", "7 weeks 3 days", "5 days"."""
    whole, rest = divmod(days, 7)
    parts = [counted(whole, "week")] if whole else []
    if rest or not whole:
        parts.append(counted(rest, "day"))
    return " ".join(parts)


def number(value: Decimal) -> str:
    """Return *value* without exponent or trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def age(birth_date: date, *, today: date) -> int:
    had_birthday = (today.month, today.day) >= (birth_date.month, birth_date.day)
    return today.year - birth_date.year - (not had_birthday)
