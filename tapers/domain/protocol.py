"""What a clinic may set of the protocol, within stated limits."""

from dataclasses import dataclass, fields
from decimal import Decimal

from tapers.domain.errors import OutOfRange, SettingsContradict
from tapers.domain.plan import WindowAppliesTo

# Both ends are allowed. All of them proposals of this product.
LIMITS: dict[str, tuple[Decimal, Decimal, str]] = {
    "target_mg": (Decimal(0), Decimal(10), "mg"),
    "visit_due_days": (Decimal(14), Decimal(56), "days"),
    "visit_overdue_after_days": (Decimal(28), Decimal(84), "days"),
    "mmt_drop_percent_same_rater": (Decimal(5), Decimal(20), "%"),
    "mmt_drop_percent_other_rater": (Decimal(5), Decimal(25), "%"),
    "ibmfrs_note_points": (Decimal(1), Decimal(5), "points"),
    "ibmfrs_warning_points": (Decimal(2), Decimal(10), "points"),
    "ck_rise_percent": (Decimal(40), Decimal(200), "%"),
    "lab_overdue_days": (Decimal(1), Decimal(28), "days"),
}


@dataclass(frozen=True)
class Protocol:
    """The protocol as a clinic uses it; the defaults are those of the rulebook.

    `target_mg` is the prednisone dose aimed at; above 0 it wants a reason of its own for each
    patient. Visits fall due after `visit_due_days` and are overdue after the other number.
    """

    window_applies_to: WindowAppliesTo = WindowAppliesTo.TOTAL
    target_mg: Decimal = Decimal(0)
    visit_due_days: int = 28
    visit_overdue_after_days: int = 56
    mmt_drop_percent_same_rater: Decimal = Decimal("7.5")
    mmt_drop_percent_other_rater: Decimal = Decimal(10)
    ibmfrs_note_points: Decimal = Decimal(2)
    ibmfrs_warning_points: Decimal = Decimal(5)
    ck_rise_percent: Decimal = Decimal(65)
    lab_overdue_days: int = 7

    def __post_init__(self) -> None:
        for field, (low, high, unit) in LIMITS.items():
            value = Decimal(getattr(self, field))
            if not value.is_finite() or not low <= value <= high:
                raise OutOfRange(field, low, high, unit)
        for smaller, larger in _ORDERED:
            if getattr(self, smaller) > getattr(self, larger):
                raise SettingsContradict(smaller, larger)

    @property
    def changed(self) -> dict[str, str]:
        """What differs from the rulebook, by name, for the page that says so."""
        return {
            field.name: str(getattr(self, field.name))
            for field in fields(self)
            if getattr(self, field.name) != field.default
        }


_ORDERED = (
    ("visit_due_days", "visit_overdue_after_days"),
    ("mmt_drop_percent_same_rater", "mmt_drop_percent_other_rater"),
    ("ibmfrs_note_points", "ibmfrs_warning_points"),
)
