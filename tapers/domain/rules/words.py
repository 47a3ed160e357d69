"""How days, weeks and doses are written in the sentences of the rules."""

from datetime import date
from decimal import Decimal

from tapers.domain.checks import LabCheck
from tapers.domain.dose import Drug, mg_text, to_prednisone_mg


def day_text(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def days_text(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def weeks_text(days: int) -> str:
    """Write 63 days as "9 weeks (63 days)", 74 as "10.6 weeks (74 days)"."""
    weeks = mg_text((Decimal(days) / 7).quantize(Decimal("0.1")))
    return f"{weeks} {'week' if weeks == '1' else 'weeks'} ({days_text(days)})"


def dose_text(*, drug: Drug, mg: Decimal) -> str:
    """Write mg of the drug, with the equivalent beside it where the two numbers differ."""
    equivalent = to_prednisone_mg(drug=drug, mg=mg)
    beside = "" if equivalent == mg else f" ({mg_text(equivalent)} mg prednisone)"
    return f"{mg_text(mg)} mg{beside}"


def listed(parts: list[str], most: int = 3) -> str:
    """Join sentences; beyond *most* only say how many there are."""
    shown = " ".join(parts[:most])
    left = len(parts) - most
    return f"{shown} And {left} more." if left > 0 else shown


def upper_first(text: str) -> str:
    """Begin a sentence with *text*; what follows its first letter stays as it is."""
    return f"{text[:1].upper()}{text[1:]}"


def results_text(check: LabCheck) -> str:
    """Write "partly done: neutrophils and platelets missing", or what is missing; "" when done."""
    if not check.missing:
        return ""
    missing = joined(list(check.missing))
    return f"partly done: {missing} missing" if check.is_partly_done else f"missing: {missing}"


def joined(parts: list[str]) -> str:
    """Write "7.5", "7.5 and 2.5", "7.5, 5 and 2.5"."""
    return " and ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)
