"""When the next full assessment falls due: strength, function and CK, every four to eight weeks."""

from datetime import date
from enum import StrEnum

from tapers.domain.plan import days_after

DUE_DAYS = 28  # from the last full assessment (sources.BRIEF: every 4 to 8 weeks)
OVERDUE_AFTER_DAYS = 56  # the last day that is still in time
GRACE_DAYS = OVERDUE_AFTER_DAYS - DUE_DAYS


class Domain(StrEnum):
    MMT = "MMT"
    FUNCTION = "FUNCTION"
    CK = "CK"


class MonitoringState(StrEnum):
    NOT_DUE = "NOT_DUE"
    DUE = "DUE"
    OVERDUE = "OVERDUE"


def assessment_due_on(
    *, last_full_on: date | None, taper_starts_on: date | None, due_days: int = DUE_DAYS
) -> date | None:
    """Return day 28, or the clinic's, after the last assessment that holds all three, without
    one the taper's first day; None where there is neither."""
    if last_full_on is not None:
        return days_after(last_full_on, due_days)
    return taper_starts_on


def overdue_from(*, due_on: date, grace_days: int = GRACE_DAYS) -> date:
    """Return the first overdue day: unless the clinic set others, day 57 after the last full
    assessment."""
    return days_after(due_on, grace_days + 1)


def monitoring_state(
    *, due_on: date | None, today: date, grace_days: int = GRACE_DAYS
) -> MonitoringState:
    if due_on is None or today < due_on:
        return MonitoringState.NOT_DUE
    overdue = today >= overdue_from(due_on=due_on, grace_days=grace_days)
    return MonitoringState.OVERDUE if overdue else MonitoringState.DUE
