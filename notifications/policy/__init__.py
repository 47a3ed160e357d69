"""The rules of reminding, without a database, a clock or a mail server."""

from notifications.policy.contact import ContactFacts, Verdict, may_contact
from notifications.policy.instants import instant_for
from notifications.policy.replies import Meaning, Reply, meaning_of_data, meaning_of_recipient
from notifications.policy.request import ReminderRequest
from notifications.policy.retry import backoff, is_stale, next_try_at
from notifications.policy.states import (
    FINAL,
    IN_HAND,
    OPEN,
    STATUS_LABELS,
    TRANSITIONS,
    Status,
    may_move,
    mermaid,
)
from notifications.policy.words import (
    ASKED_FOR_NOW,
    AUDIENCE_LABELS,
    KIND_LABELS,
    OUTCOME_LABELS,
    Audience,
    Kind,
    Outcome,
)

__all__ = [
    "ASKED_FOR_NOW",
    "AUDIENCE_LABELS",
    "FINAL",
    "IN_HAND",
    "KIND_LABELS",
    "OPEN",
    "OUTCOME_LABELS",
    "STATUS_LABELS",
    "TRANSITIONS",
    "Audience",
    "ContactFacts",
    "Kind",
    "Meaning",
    "Outcome",
    "ReminderRequest",
    "Reply",
    "Status",
    "Verdict",
    "backoff",
    "instant_for",
    "is_stale",
    "may_contact",
    "may_move",
    "meaning_of_data",
    "meaning_of_recipient",
    "mermaid",
    "next_try_at",
]
