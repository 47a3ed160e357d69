"""The states of a taper and what may be done in each."""

from enum import StrEnum

from tapers.domain.errors import WrongStatus


class Status(StrEnum):
    """The words of FHIR's CarePlan status."""

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    ON_HOLD = "ON_HOLD"
    COMPLETED = "COMPLETED"
    REVOKED = "REVOKED"
    ENTERED_IN_ERROR = "ENTERED_IN_ERROR"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class Action(StrEnum):
    ACTIVATE = "ACTIVATE"
    REVISE = "REVISE"
    HOLD = "HOLD"
    RESUME = "RESUME"
    STOP = "STOP"
    COMPLETE = "COMPLETE"
    REPORT_STEP = "REPORT_STEP"
    DISCARD = "DISCARD"
    MARK_IN_ERROR = "MARK_IN_ERROR"


RUNNING = frozenset({Status.ACTIVE, Status.ON_HOLD})

TRANSITIONS: dict[tuple[Status, Action], Status] = {
    (Status.DRAFT, Action.REVISE): Status.DRAFT,
    (Status.DRAFT, Action.ACTIVATE): Status.ACTIVE,
    (Status.DRAFT, Action.DISCARD): Status.ENTERED_IN_ERROR,
    (Status.ACTIVE, Action.REVISE): Status.ACTIVE,
    (Status.ACTIVE, Action.REPORT_STEP): Status.ACTIVE,
    (Status.ACTIVE, Action.HOLD): Status.ON_HOLD,
    (Status.ACTIVE, Action.STOP): Status.REVOKED,
    (Status.ACTIVE, Action.COMPLETE): Status.COMPLETED,
    (Status.ON_HOLD, Action.REVISE): Status.ON_HOLD,
    (Status.ON_HOLD, Action.RESUME): Status.ACTIVE,
    (Status.ON_HOLD, Action.STOP): Status.REVOKED,
    (Status.ON_HOLD, Action.COMPLETE): Status.COMPLETED,
    (Status.COMPLETED, Action.MARK_IN_ERROR): Status.ENTERED_IN_ERROR,
}


def next_status(status: Status, action: Action) -> Status:
    """Return the status *action* leads to. Raise WrongStatus where it is not possible."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        allowed = [each.label.lower() for each, possible in TRANSITIONS if possible is action]
        raise WrongStatus(status, action, " or ".join(allowed)) from None


def mermaid() -> str:
    """Draw the table as a Mermaid state diagram; actions that leave a status share one arrow."""
    arrows: dict[tuple[Status, Status], list[str]] = {}
    for (before, action), after in TRANSITIONS.items():
        arrows.setdefault((before, after), []).append(action.lower().replace("_", " "))
    lines = ["stateDiagram-v2", f"    [*] --> {Status.DRAFT}"]
    lines += [
        f"    {before} --> {after}: {', '.join(actions)}"
        for (before, after), actions in arrows.items()
    ]
    left = {before for before, _ in TRANSITIONS}
    lines += [f"    {status} --> [*]" for status in Status if status not in left]
    return "\n".join(lines) + "\n"
