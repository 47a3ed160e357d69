"""What the domain refuses. Codes are stable; messages are fit for a nurse to read."""

from datetime import date
from decimal import Decimal
from typing import ClassVar


class DomainError(Exception):
    """Something that cannot be planned or stored, with a stable code and a plain sentence."""

    code: ClassVar[str] = "REFUSED"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class OutOfRange(DomainError):
    """A number outside the range the software accepts; both ends are allowed."""

    code = "OUT_OF_RANGE"

    def __init__(self, field: str, low: object, high: object, unit: str = "") -> None:
        super().__init__(f"Give a value from {low} to {high}{unit and ' '}{unit}.", field=field)
        self.low = low
        self.high = high
        self.unit = unit


class DoseOutOfRange(OutOfRange):
    """A dose of zero or less, or above what the software plans for."""

    code = "OUT_OF_RANGE"

    def __init__(self, field: str, high: str, drug: str) -> None:
        super().__init__(field, 0, high, "mg")
        self.message = f"Give a dose above 0 and up to {high} mg of {drug} a day."
        self.args = (self.message,)


class DoseNotANumber(DomainError):
    code = "DOSE_NOT_A_NUMBER"

    def __init__(self, field: str = "daily_mg") -> None:
        super().__init__("A dose is a number of mg a day, 0 or more.", field=field)


class TooPrecise(DomainError):
    code = "TOO_PRECISE"

    def __init__(self, field: str, decimals: int) -> None:
        super().__init__(f"Give at most {decimals} digits after the decimal point.", field=field)


class OffGrid(DomainError):
    code = "OFF_GRID"

    def __init__(self, field: str, grid_mg: str) -> None:
        super().__init__(f"Give a dose in steps of {grid_mg} mg.", field=field)


class UnknownDrug(DomainError):
    code = "UNKNOWN_DRUG"

    def __init__(self, text: str, known: str) -> None:
        super().__init__(
            f"{text[:40]!r} is not a steroid on the list. Choose one of: {known}.", field="drug"
        )


class StrengthNotPossible(DomainError):
    code = "STRENGTH_NOT_POSSIBLE"

    def __init__(self, low: str, high: str, grid: str) -> None:
        super().__init__(
            f"A tablet holds from {low} to {high} mg, in steps of {grid} mg.",
            field="tablet_strengths_mg",
        )


class DateOutOfRange(DomainError):
    code = "DATE_OUT_OF_RANGE"

    def __init__(self, field: str = "starts_on") -> None:
        super().__init__("With this date the plan would leave the calendar.", field=field)


class NoSteps(DomainError):
    code = "NO_STEPS"

    def __init__(self) -> None:
        super().__init__("A plan needs at least one step.", field="steps")


class StepsNotContiguous(DomainError):
    code = "STEPS_NOT_CONTIGUOUS"

    def __init__(
        self, message: str = "Each step begins on the day the one before it ends."
    ) -> None:
        super().__init__(message, field="steps")


class NoSuchStep(DomainError):
    code = "NO_SUCH_STEP"

    def __init__(self, number: int, last: int) -> None:
        super().__init__(
            f"The plan has no step {number}; its steps are numbered 1 to {last}.",
            field="step_number",
        )


class DayBeforePlan(DomainError):
    code = "DAY_BEFORE_PLAN"

    def __init__(self, day: date, starts_on: date) -> None:
        super().__init__(f"{day} lies before the plan, which starts on {starts_on}.")


class DoseRises(DomainError):
    code = "DOSE_RISES"

    def __init__(self, on: date, before: Decimal, after: Decimal) -> None:
        super().__init__(
            f"The dose rises from {before:f} to {after:f} mg on {on}. "
            "Only the first step of a revision may rise.",
            field="steps",
        )


class StepAfterZero(DomainError):
    code = "STEP_AFTER_ZERO"

    def __init__(self) -> None:
        super().__init__("No step may follow the first day without steroid.", field="steps")


class PlanDoesNotEndAtZero(DomainError):
    code = "PLAN_DOES_NOT_END_AT_ZERO"

    def __init__(self) -> None:
        super().__init__("The last step of the plan must be 0 mg.", field="steps")


class RegimenOrSteps(DomainError):
    code = "REGIMEN_OR_STEPS"

    def __init__(self) -> None:
        super().__init__("Give either a regimen or the steps themselves, not both.", field="steps")


class NotLate(DomainError):
    code = "NOT_LATE"

    def __init__(self, number: int, starts_on: date) -> None:
        super().__init__(
            f"Step {number} is planned for {starts_on}; only a later day moves the plan.",
            field="taken_on",
        )


class ReviseBeforeTaken(DomainError):
    code = "REVISE_BEFORE_TAKEN"

    def __init__(self, number: int, starts_on: date) -> None:
        super().__init__(
            f"Step {number} was reported taken and began on {starts_on}; "
            "a revision starts on a later day.",
            field="starts_on",
        )


class SettingsContradict(DomainError):
    """Of two settings one may not exceed the other; *smaller* is the one to lower."""

    code = "SETTINGS_CONTRADICT"

    def __init__(self, smaller: str, says: str) -> None:
        super().__init__(says, field=smaller)


class UnitNotConfirmed(DomainError):
    code = "UNIT_NOT_CONFIRMED"

    def __init__(self) -> None:
        super().__init__(
            "Confirm that the dose is in mg a day; until then no schedule is made. A protocol's "
            '"25-50 mg weekly" can be read as a dose a week.',
            field="unit_confirmed",
        )


class DosesOrTitration(DomainError):
    code = "DOSES_OR_TITRATION"

    def __init__(self) -> None:
        super().__init__(
            "Give either a start dose or the doses themselves, not both.", field="doses"
        )


class DosesNotInOrder(DomainError):
    code = "DOSES_NOT_IN_ORDER"

    def __init__(self) -> None:
        super().__init__("Each dose begins on a later day than the one before it.", field="doses")


class IncrementMissing(DomainError):
    code = "INCREMENT_MISSING"

    def __init__(
        self,
        field: str = "increment_mg",
        message: str = "Say by how much and how often the dose is raised.",
    ) -> None:
        super().__init__(message, field=field)


class NotOfThisDrug(DomainError):
    code = "NOT_OF_THIS_DRUG"

    def __init__(self, field: str, drug: str) -> None:
        super().__init__(f"This does not belong to {drug}.", field=field)


class WrongStatus(DomainError):
    code = "WRONG_STATUS"

    def __init__(self, status: str, change: str, allowed: str, instead: str = "") -> None:
        super().__init__(
            f"This taper is {status} and cannot be {change}. "
            f"This is possible while it is {allowed}.{instead and ' '}{instead}"
        )
