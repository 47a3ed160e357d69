"""Days and amounts in the language of whoever reads them. The active language decides."""

import re
from datetime import date

from django.utils import dateformat, formats
from django.utils.translation import gettext, pgettext

AFTER_AN_AMOUNT = "after an amount such as 5 mg"
POINT = re.compile(r"(?<=[0-9])\.(?=[0-9])")


def full_day(day: date) -> str:
    """Return "Monday 6 April 2026", "Montag, 6. April 2026", "lunes 6 de abril de 2026"."""
    return dateformat.format(day, pgettext("how a day is written", "l j F Y"))


def near_day(day: date) -> str:
    """Return "Monday 6 April": in the last two weeks the year says nothing."""
    return dateformat.format(day, pgettext("how a day is written without its year", "l j F"))


def of_drug(name: str) -> str:
    """Return a drug's name as it stands after its amount: "de prednisona" after "5 mg"."""
    return pgettext(AFTER_AN_AMOUNT, name)


def amounts(text: str) -> str:
    """Write amounts noted as "1 × 5 mg and 1 × 2.5 mg": "1 × 5 mg und 1 × 2,5 mg"."""
    point, word = str(formats.get_format("DECIMAL_SEPARATOR")), gettext("and")
    return POINT.sub(point, text).replace(" and ", f" {word} ")
