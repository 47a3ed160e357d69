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
    "critical_escalates_after_hours": (Decimal(1), Decimal(72), "hours"),
    "warning_escalates_after_days": (Decimal(1), Decimal(30), "days"),
}


@dataclass(frozen=True)
class Protocol:
    """The protocol as a clinic uses it; the defaults are those of the rulebook.

    `target_mg` is the prednisone dose aimed at; above 0 it wants a reason of its own for each
    patient. Visits fall due after `visit_due_days` and are overdue after the other number. An
    alert that nobody has taken on or acknowledged for so long goes to the leads of the clinic.
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
    critical_escalates_after_hours: int = 4
    warning_escalates_after_days: int = 7

    def __post_init__(self) -> None:
        for field, (low, high, unit) in LIMITS.items():
            value = Decimal(getattr(self, field))
            if not value.is_finite() or not low <= value <= high:
                raise OutOfRange(field, low, high, unit)
        for smaller, larger, says in _ORDERED:
            if getattr(self, smaller) > getattr(self, larger):
                raise SettingsContradict(smaller, says)

    @property
    def visit_grace_days(self) -> int:
        """From the day a visit falls due, the days on which it is not overdue yet."""
        return self.visit_overdue_after_days - self.visit_due_days

    @property
    def changed(self) -> dict[str, str]:
        """What differs from the rulebook, by name, for the page that says so."""
        return {
            field.name: str(getattr(self, field.name))
            for field in fields(self)
            if getattr(self, field.name) != field.default
        }


_ORDERED = (
    (
        "visit_due_days",
        "visit_overdue_after_days",
        "A visit falls due before it is overdue, or on that day. Lower this, or raise the other.",
    ),
    (
        "mmt_drop_percent_same_rater",
        "mmt_drop_percent_other_rater",
        "A drop seen by the same rater counts no later than one between two raters. Lower this, "
        "or raise the other.",
    ),
    (
        "ibmfrs_note_points",
        "ibmfrs_warning_points",
        "The points of a note may not exceed those of a warning. Lower this, or raise the other.",
    ),
)
