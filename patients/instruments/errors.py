"""What a reading may be refused for; each names the field, in a sentence fit for a nurse."""

from decimal import Decimal
from typing import ClassVar


class BadReading(Exception):
    """A measurement that cannot be stored as it was given."""

    code: ClassVar[str] = "BAD_READING"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class UnknownMeasure(BadReading):
    code = "UNKNOWN_MEASURE"

    def __init__(self, text: str) -> None:
        super().__init__("code", f"{text[:40]!r} is not a measure on the list.")


class UnitMismatch(BadReading):
    code = "UNIT_MISMATCH"

    def __init__(self, name: str, unit: str) -> None:
        super().__init__("unit", f"{name} is given in {unit}.")
        self.unit = unit


class NoSum(BadReading):
    code = "NO_SUM"

    def __init__(self) -> None:
        super().__init__("scale", "Grades with plus and minus have no number and are not added up.")


class OutsideEquation(BadReading):
    """An equation was made for other people or values than these."""

    code = "OUTSIDE_EQUATION"

    def __init__(self, field: str, low: Decimal | int, high: Decimal | int, unit: str) -> None:
        super().__init__(field, f"The equation holds from {low} to {high} {unit}.")


class WrongTotal(BadReading):
    """A score that differs from the sum of its parts; `of` is the code of the score."""

    code = "WRONG_TOTAL"

    def __init__(self, of: str, *, name: str, parts: str, total: Decimal, given: Decimal) -> None:
        super().__init__("value", f"The {parts} of {name} add up to {total}; {given} was given.")
        self.of = of


class NotBoth(BadReading):
    """Two values of one visit that contradict each other; `of` are the codes of both."""

    code = "NOT_BOTH"

    def __init__(self, of: tuple[str, str], message: str) -> None:
        super().__init__("value", message)
        self.of = of
