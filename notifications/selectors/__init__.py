from notifications.selectors.catch_up import CatchUp, CatchUpLine, catch_up_of
from notifications.selectors.engine import (
    counts_by_status,
    dispatch_hold,
    last_sweep_at,
    marker_lost_at,
    next_due_at,
    oldest_due_at,
    unreachable_since,
)
from notifications.selectors.facts import contact_facts, facts_of, may_contact, rows_to_judge
from notifications.selectors.figures import (
    Lag,
    attempts_by_outcome,
    oldest_unsent_at,
    send_lag,
    standing_pauses,
)
from notifications.selectors.policy import (
    all_pauses_for,
    held_by_a_pause,
    pause_for,
    pauses_for,
    policy_changes_for,
    policy_of,
)
from notifications.selectors.reminders import (
    expired_for,
    failed_for,
    reminder_for,
    reminders_for,
    status_by_source,
)
from notifications.selectors.surge import MAY_BE_HELD, due_at_once, surge_hold, usual_hour_before
from notifications.selectors.upcoming import Upcoming, as_upcoming, upcoming_for

__all__ = [
    "Upcoming",
    "as_upcoming",
    "upcoming_for",
    "all_pauses_for",
    "CatchUp",
    "CatchUpLine",
    "Lag",
    "MAY_BE_HELD",
    "attempts_by_outcome",
    "catch_up_of",
    "contact_facts",
    "counts_by_status",
    "dispatch_hold",
    "due_at_once",
    "expired_for",
    "facts_of",
    "failed_for",
    "held_by_a_pause",
    "last_sweep_at",
    "marker_lost_at",
    "may_contact",
    "next_due_at",
    "oldest_due_at",
    "oldest_unsent_at",
    "pause_for",
    "pauses_for",
    "policy_changes_for",
    "policy_of",
    "reminder_for",
    "reminders_for",
    "rows_to_judge",
    "send_lag",
    "standing_pauses",
    "status_by_source",
    "surge_hold",
    "unreachable_since",
    "usual_hour_before",
]
