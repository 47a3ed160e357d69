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


IN_WORDS: dict[Status, str] = {
    Status.DRAFT: "a draft",
    Status.ACTIVE: "active",
    Status.ON_HOLD: "on hold",
    Status.COMPLETED: "completed",
    Status.REVOKED: "stopped",
    Status.ENTERED_IN_ERROR: "discarded or marked as entered in error",
}
DONE_TO_IT: dict[Action, str] = {
    Action.ACTIVATE: "activated",
    Action.REVISE: "revised",
    Action.HOLD: "put on hold",
    Action.RESUME: "resumed",
    Action.STOP: "stopped",
    Action.COMPLETE: "completed",
    Action.REPORT_STEP: "reported on",
    Action.DISCARD: "discarded",
    Action.MARK_IN_ERROR: "marked as entered in error",
}
INSTEAD: dict[Status, str] = {
    Status.DRAFT: "A prescriber activates the draft first, or it is discarded.",
    Status.ACTIVE: "Stop it, or put it on hold.",
    Status.ON_HOLD: "A prescriber resumes it first, or stops it.",
    Status.COMPLETED: "It is over; what follows is a new plan.",
    Status.REVOKED: "It is over; what follows is a new plan.",
    Status.ENTERED_IN_ERROR: "What is right is entered anew.",
}

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
        allowed = [IN_WORDS[each] for each, possible in TRANSITIONS if possible is action]
        raise WrongStatus(
            IN_WORDS[status], DONE_TO_IT[action], " or ".join(allowed), INSTEAD[status]
        ) from None


def is_done_already(status: Status, action: Action) -> bool:
    """Return whether *action* would lead to where the taper is: somebody was faster."""
    return any(
        possible is action and after is status and before is not status
        for (before, possible), after in TRANSITIONS.items()
    )


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
