"""The states of a reminder and the moves between them. Drawn in docs/reminder-states.md."""

from enum import StrEnum


class Status(StrEnum):
    SCHEDULED = "SCHEDULED"
    CLAIMED = "CLAIMED"
    HANDING = "HANDING"
    SENT = "SENT"
    GAVE_UP = "GAVE_UP"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


STATUS_LABELS = {
    Status.SCHEDULED: "Scheduled",
    Status.CLAIMED: "About to be sent",
    Status.HANDING: "Being handed over",
    Status.SENT: "Sent",
    Status.GAVE_UP: "Could not be sent",
    Status.CANCELLED: "Cancelled",
    Status.EXPIRED: "Too late to send",
}

OPEN = frozenset({Status.SCHEDULED, Status.CLAIMED, Status.HANDING})
IN_HAND = frozenset({Status.CLAIMED, Status.HANDING})
FINAL = frozenset({Status.SENT, Status.CANCELLED, Status.EXPIRED})

# (from, to): when it happens
TRANSITIONS: dict[tuple[Status, Status], str] = {
    (Status.SCHEDULED, Status.CLAIMED): "due; a worker claims it",
    (Status.CLAIMED, Status.HANDING): "may still be sent; the mail server is given it",
    (Status.HANDING, Status.SENT): "the mail server accepted it",
    (Status.CLAIMED, Status.SCHEDULED): "released, quiet hours, a pause or an error: later",
    (Status.HANDING, Status.SCHEDULED): "put off by the server, or unknown: later",
    (Status.CLAIMED, Status.CLAIMED): "lease lapsed",
    (Status.HANDING, Status.CLAIMED): "lease lapsed; the try is recorded as unknown",
    (Status.CLAIMED, Status.GAVE_UP): "nobody to remind, or too many errors",
    (Status.HANDING, Status.GAVE_UP): "refused, or tried often enough",
    (Status.SCHEDULED, Status.CANCELLED): "no longer wanted",
    (Status.CLAIMED, Status.CANCELLED): "no longer wanted or allowed",
    (Status.HANDING, Status.CANCELLED): "not accepted and no longer wanted",
    (Status.SCHEDULED, Status.EXPIRED): "too late",
    (Status.CLAIMED, Status.EXPIRED): "too late",
    (Status.GAVE_UP, Status.SCHEDULED): "a person presses try again",
    (Status.GAVE_UP, Status.CANCELLED): "try again, but no longer wanted",
}


def may_move(*, old: Status, new: Status) -> bool:
    return (old, new) in TRANSITIONS


def mermaid() -> str:
    """Return the states as a Mermaid diagram, one arrow a line."""
    arrows = [f"    {old} --> {new}: {when}" for (old, new), when in TRANSITIONS.items()]
    ends = [f"    {status} --> [*]" for status in Status if status in FINAL]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {Status.SCHEDULED}", *arrows, *ends])
