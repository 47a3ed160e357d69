"""When the next full assessment falls due: strength, function and CK, every four to eight weeks."""

from datetime import date
from enum import StrEnum

from tapers.domain.plan import days_after

DUE_DAYS = 28  # from the last full assessment (sources.BRIEF: every 4 to 8 weeks)
OVERDUE_AFTER_DAYS = 56  # the last day that is still in time


class Domain(StrEnum):
    MMT = "MMT"
    FUNCTION = "FUNCTION"
    CK = "CK"


class MonitoringState(StrEnum):
    NOT_DUE = "NOT_DUE"
    DUE = "DUE"
    OVERDUE = "OVERDUE"


def assessment_due_on(*, last_full_on: date | None, taper_starts_on: date | None) -> date | None:
    """Return day 28 after the last assessment that holds all three, without one the taper's
    first day; None where there is neither."""
    if last_full_on is not None:
        return days_after(last_full_on, DUE_DAYS)
    return taper_starts_on


def overdue_from(*, due_on: date) -> date:
    """Return the first overdue day: day 57 after the last full assessment."""
    return days_after(due_on, OVERDUE_AFTER_DAYS - DUE_DAYS + 1)


def monitoring_state(*, due_on: date | None, today: date) -> MonitoringState:
    if due_on is None or today < due_on:
        return MonitoringState.NOT_DUE
    return MonitoringState.OVERDUE if today >= overdue_from(due_on=due_on) else MonitoringState.DUE
