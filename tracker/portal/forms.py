"""What is typed or ticked on the patient's page, as values."""

import unicodedata
from datetime import date
from uuid import UUID

from django.http import QueryDict
from django.utils.dates import MONTHS
from django.utils.translation import get_language, override

from patients.vocabulary import Language

LETTERS = 3  # of a month's name, at least


def birth_date_in(data: QueryDict) -> date | None:
    """Return the day given in three boxes; None for what is no day at all."""
    day, month, year = (data.get(name, "").strip() for name in ("day", "month", "year"))
    month = _number_of(month) or month
    if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in (day, month, year)):
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _number_of(month: str) -> str:
    """Return "3" for "March", "mar" or the reader's own word; "" where it is not one month."""
    found = set()
    for language in (Language.EN.value, get_language()):
        with override(language):
            found |= {
                number
                for number, name in MONTHS.items()
                if len(month) >= LETTERS and _folded(str(name)).startswith(_folded(month))
            }
    return str(found.pop()) if len(found) == 1 else ""


def _folded(name: str) -> str:
    """Without accents, which a phone's keyboard hides."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(each for each in letters if not unicodedata.combining(each))


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
