"""Runs the clinic's clock; what is due then, the running worker sends by itself."""

from datetime import datetime, timedelta

from notifications import selectors as reminders
from patients import clock
from tracker import digest

LIST_AFTER_ASKING = timedelta(minutes=30)


def next_mail_at(*, at: datetime) -> datetime | None:
    """Return when the next mail goes out, morning lists that are not asked for yet included."""
    morning = digest.next_asked_at(at=at)
    instants = [reminders.next_due_at(at=at), morning and morning + LIST_AFTER_ASKING]
    return min((instant for instant in instants if instant is not None), default=None)


def run_to_next_mail(*, at: datetime) -> datetime | None:
    """Move the clock to the next mail and return its instant; None when no mail is scheduled.

    A morning on the way is not skipped: its lists are asked for, as the daily job would have.
    """
    due_at = reminders.next_due_at(at=at)
    morning = digest.next_asked_at(at=at)
    if morning is not None and (due_at is None or morning < due_at):
        clock.advance_demo_clock(to=morning)
        digest.request_digests(at=morning)
        due_at = reminders.next_due_at(at=morning)
    if due_at is not None and due_at > at:
        clock.advance_demo_clock(to=due_at)
    return due_at
