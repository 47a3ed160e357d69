"""What is typed or ticked on the patient's page, as values."""

from datetime import date
from uuid import UUID

from django.http import QueryDict

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def birth_date_in(data: QueryDict) -> date | None:
    """Return the day given in three boxes; None for what is no day at all."""
    day, month, year = (data.get(name, "").strip() for name in ("day", "month", "year"))
    number = month[:3].lower()
    if number in MONTHS:
        month = str(MONTHS.index(number) + 1)
    if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in (day, month, year)):
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def day_in(data: QueryDict, name: str) -> date | None:
    try:
        return date.fromisoformat(data.get(name, ""))
    except ValueError:
        return None


def number_in(data: QueryDict, name: str) -> int | None:
    text = data.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else None


def form_id_in(data: QueryDict) -> UUID | None:
    try:
        return UUID(data.get("form", ""))
    except ValueError:
        return None
