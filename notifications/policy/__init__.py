"""The rules of reminding, without a database, a clock or a mail server."""

from notifications.policy.clinic import BY_DEFAULT, ClinicRules, TeamMailOn, quiet_until
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
from notifications.policy.surge import HISTORY, is_surge, usual_hour
from notifications.policy.words import (
    ASKED_FOR_NOW,
    ASSUMED_SENT,
    ASSUMED_SENT_KEY,
    AUDIENCE_LABELS,
    CALLS_THE_PATIENT,
    CATCH_UP_KEYS,
    KIND_LABELS,
    KIND_RULES,
    NEVER_PAUSED,
    OF_A_REDUCTION,
    OF_A_RISE,
    ONLY_WITHOUT_AN_ANSWER,
    OUTCOME_LABELS,
    TOO_LATE_KEY,
    Audience,
    Kind,
    Outcome,
)
from notifications.policy.working_days import (
    holidays_from,
    is_working_day,
    working_day_from,
)

__all__ = [
    "ASKED_FOR_NOW",
    "ASSUMED_SENT",
    "ASSUMED_SENT_KEY",
    "CATCH_UP_KEYS",
    "TOO_LATE_KEY",
    "ONLY_WITHOUT_AN_ANSWER",
    "AUDIENCE_LABELS",
    "BY_DEFAULT",
    "CALLS_THE_PATIENT",
    "FINAL",
    "HISTORY",
    "IN_HAND",
    "KIND_LABELS",
    "KIND_RULES",
    "NEVER_PAUSED",
    "OF_A_REDUCTION",
    "OF_A_RISE",
    "OPEN",
    "OUTCOME_LABELS",
    "STATUS_LABELS",
    "TRANSITIONS",
    "Audience",
    "ClinicRules",
    "ContactFacts",
    "Kind",
    "Meaning",
    "Outcome",
    "ReminderRequest",
    "Reply",
    "Status",
    "TeamMailOn",
    "Verdict",
    "backoff",
    "holidays_from",
    "instant_for",
    "is_working_day",
    "is_stale",
    "is_surge",
    "may_contact",
    "may_move",
    "meaning_of_data",
    "meaning_of_recipient",
    "mermaid",
    "next_try_at",
    "quiet_until",
    "usual_hour",
    "working_day_from",
]
