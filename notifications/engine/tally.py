from dataclasses import dataclass

from notifications.policy import Status


@dataclass(frozen=True)
class SweepResult:
    """What became of the reminders that one sweep took up.

    *retried* will be tried again after a wait; *released* were given back untried.
    """

    claimed: int = 0
    sent: int = 0
    retried: int = 0
    gave_up: int = 0
    cancelled: int = 0
    expired: int = 0
    unknown: int = 0
    released: int = 0
    unreachable: bool = False


NAME_OF = {
    Status.SCHEDULED: "retried",
    Status.SENT: "sent",
    Status.GAVE_UP: "gave_up",
    Status.CANCELLED: "cancelled",
    Status.EXPIRED: "expired",
}


@dataclass
class Tally:
    """Counts while the sweep runs."""

    claimed: int = 0
    sent: int = 0
    retried: int = 0
    gave_up: int = 0
    cancelled: int = 0
    expired: int = 0
    unknown: int = 0
    released: int = 0
    unreachable: bool = False

    def count(self, status: Status | None) -> None:
        """Count what a reminder became; None: it was no longer ours."""
        if status is not None:
            name = NAME_OF[status]
            setattr(self, name, getattr(self, name) + 1)

    def result(self) -> SweepResult:
        return SweepResult(**vars(self))
