"""How a number is spelled, in a form as in JSON: plain ASCII digits, a point for decimals."""

import re
from decimal import Decimal

PLAIN_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?", re.ASCII)


def plain_number(text: str) -> Decimal | None:
    """Return the number a text spells; None for 1e1, +1, 1_000, .5 and digits of other scripts."""
    return Decimal(text) if PLAIN_NUMBER.fullmatch(text) else None
