"""What the taper services refuse beside what the domain and the lower apps refuse."""

from patients.errors import Conflict
from tapers.domain.plan import DoseStep
from tapers.domain.rules.rule import Finding


class NeedsReason(Conflict):
    """Warnings that nobody has given a reason for yet; `findings` holds them."""

    code = "NEEDS_REASON"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        names = ", ".join(each.code for each in findings)
        super().__init__(f"Give a reason for each of these: {names}.", field="reasons")
        self.findings = findings


class TaperHasMovedOn(Conflict):
    """The taper is no longer as the request takes it to be; the sentence says who changed it."""

    code = "WRONG_STATUS"


class AlreadyOnTaper(Conflict):
    code = "ALREADY_ON_TAPER"

    def __init__(self) -> None:
        super().__init__("This patient is already on a taper. Complete or stop that one first.")


class AlreadyReported(Conflict):
    code = "ALREADY_REPORTED"

    def __init__(self, number: int, by: str = "") -> None:
        said = f"Step {number} has already been reported taken"
        super().__init__(f"{said}{by and ', '}{by}.", field="step_number")


class EarlierStepUnreported(Conflict):
    """What became of an earlier step comes first; `step` is that step."""

    code = "EARLIER_STEP_UNREPORTED"

    def __init__(self, number: int, step: DoseStep) -> None:
        super().__init__(
            f"Step {step.number}, planned for {step.starts_on.isoformat()}, comes before step "
            f"{number}, and whether it was taken is not known. Report step {step.number} first: "
            "taken, with its day, or not taken.",
            field="step_number",
        )
        self.step = step


class AlreadyTakenBack(Conflict):
    code = "ALREADY_TAKEN_BACK"

    def __init__(self, number: int) -> None:
        super().__init__(f"That step {number} was taken has already been taken back.")


class PlanChanged(Conflict):
    code = "PLAN_CHANGED"

    def __init__(self) -> None:
        super().__init__("The plan has changed since. Look at it again.")


class NotAtZero(Conflict):
    code = "NOT_AT_ZERO"


class NotAcknowledged(Conflict):
    code = "NOT_ACKNOWLEDGED"

    def __init__(self) -> None:
        super().__init__("Nobody has given a reason for this alert yet; that comes first.")


class AlertIsOver(Conflict):
    code = "ALERT_IS_OVER"

    def __init__(self) -> None:
        super().__init__("This alert no longer applies.")


class ProtocolChanged(Conflict):
    code = "PROTOCOL_CHANGED"

    def __init__(self) -> None:
        super().__init__("The protocol has changed since. Look at it again.")


class RulesChanged(Conflict):
    code = "RULES_CHANGED"

    def __init__(self) -> None:
        super().__init__("The rules or the clinic's settings have changed since. Read them again.")


class AlreadyAcknowledged(Conflict):
    code = "ALREADY_ACKNOWLEDGED"

    def __init__(self, by: str = "") -> None:
        super().__init__(
            f"The reason for this alert has already been given {by}; yours was not stored."
            if by
            else "This alert has already been acknowledged, or no longer applies."
        )


class AlreadyOnDrug(Conflict):
    code = "ALREADY_ON_DRUG"

    def __init__(self, drug: str) -> None:
        super().__init__(
            f"A course of {drug.lower()} is running. Change or end that one first.", field="agent"
        )
