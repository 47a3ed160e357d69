"""What a measure is: its unit, range and direction, as data rather than spread over forms."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from patients.instruments.mmt import HIGHEST, Scale

# Units as people write them, where UCUM spells them otherwise.
UNITS = {
    "{score}": "points",
    "{#}/(30.s)": "stands",
    "{#}/(30.d)": "falls",
    "mm[Hg]": "mmHg",
    "10*9/L": "×10⁹/L",
    "ug/dL": "\u00b5g/dL",
    "umol/L": "\u00b5mol/L",
    "ukat/L": "\u00b5kat/L",
    "mL/min/{1.73_m2}": "mL/min/1.73 m²",
}


class Direction(StrEnum):
    HIGH_IS_BETTER = "HIGH_IS_BETTER"
    LOW_IS_BETTER = "LOW_IS_BETTER"
    CONTEXT = "CONTEXT"


class MeasureDomain(StrEnum):
    MMT = "MMT"
    FUNCTION = "FUNCTION"
    CK = "CK"
    VITALS = "VITALS"
    OTHER = "OTHER"


@dataclass(frozen=True)
class Measure:
    """One thing that is measured. Units are UCUM; both ends of the range are allowed.

    The range is the hard limit of entry, defined by the scale where there is one; what lies
    outside `likely` is possible, but asked about. `decimals` is how many digits after the point
    make sense; `loinc` only where the code was verified. `converts_from` holds other units with
    the factor into this one. `item_of` is the score that an item adds up to. `asks_about_dose`
    says that the value is read by the hours since the last steroid dose, and by oral oestrogen.
    """

    code: str
    name: str
    unit: str
    minimum: Decimal | None
    maximum: Decimal | None
    direction: Direction
    domain: MeasureDomain
    unit_aliases: tuple[str, ...] = ()
    needs_upper_limit: bool = False
    needs_side: bool = False
    needs_muscle: bool = False
    needs_scale: bool = False
    needs_lower_limit: bool = False
    allows_unable: bool = True
    decimals: int = 0
    loinc: str | None = None
    note: str = ""
    likely: tuple[Decimal, Decimal] | None = None
    upper_limit_range: tuple[Decimal, Decimal] | None = None
    lower_limit_range: tuple[Decimal, Decimal] | None = None
    converts_from: tuple[tuple[str, Decimal], ...] = ()
    item_of: str | None = None
    asks_about_dose: bool = False

    @property
    def unit_may_be_left_out(self) -> bool:
        """Scores and counts have one possible unit; a length or a concentration has not."""
        return self.unit.startswith("{")

    @property
    def is_graded(self) -> bool:
        """A raw grade of a scale, kept as text, rather than a number."""
        return self.needs_scale and self.needs_muscle

    @property
    def allows_scale(self) -> bool:
        return self.domain is MeasureDomain.MMT

    @property
    def allows_side(self) -> bool:
        return self.needs_side or self.code == "MMT8"

    @property
    def unit_words(self) -> str:
        """The unit as people write it."""
        return UNITS.get(self.unit, self.unit)

    @property
    def range_text(self) -> str:
        """The range for a reader, with its unit where the unit is more than "a score"."""
        return self.range_on(None)

    def range_on(self, scale: Scale | None) -> str:
        """The same for a total of grades of that scale."""
        unit = "" if self.unit_may_be_left_out else f" {self.unit_words}"
        return f"{self.minimum} to {self.maximum_on(scale)}{unit}"

    def maximum_on(self, scale: Scale | None) -> Decimal | None:
        """The maximum of a total of grades of that scale; the measure's own without one.

        A total of strength is 0-10 a muscle where nobody names a scale (Kendall), and 0-5 on the
        MRC scale. None where grades of the scale have no agreed sum.
        """
        if scale is None or self.maximum is None or not self.is_strength_total:
            return self.maximum
        highest = HIGHEST[scale]
        return None if highest is None else self.maximum * highest / 10

    @property
    def is_strength_total(self) -> bool:
        return self.domain is MeasureDomain.MMT and not self.is_graded
