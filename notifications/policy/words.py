"""The words a reminder is described with. Stored values are UPPER_CASE; labels are for people."""

from collections.abc import Mapping
from enum import StrEnum


class Kind(StrEnum):
    STEP_HEADS_UP = "STEP_HEADS_UP"
    STEP_DAY = "STEP_DAY"
    ASSESSMENT_DUE = "ASSESSMENT_DUE"
    ASSESSMENT_OVERDUE = "ASSESSMENT_OVERDUE"
    DIGEST = "DIGEST"
    ADDRESS_VERIFICATION = "ADDRESS_VERIFICATION"
    RED_FLAG = "RED_FLAG"
    STEP_SECOND = "STEP_SECOND"
    STEP_UNANSWERED = "STEP_UNANSWERED"
    STEP_ESCALATED = "STEP_ESCALATED"
    VISIT_SECOND = "VISIT_SECOND"
    VISIT_UNANSWERED = "VISIT_UNANSWERED"
    VISIT_ESCALATED = "VISIT_ESCALATED"
    TEST = "TEST"
    ALERT_ESCALATED = "ALERT_ESCALATED"
    SPARING_HEADS_UP = "SPARING_HEADS_UP"
    SPARING_DAY = "SPARING_DAY"
    LAB_HEADS_UP = "LAB_HEADS_UP"
    LAB_DUE = "LAB_DUE"
    LAB_OVERDUE = "LAB_OVERDUE"


class Audience(StrEnum):
    PATIENT = "PATIENT"
    NURSES = "NURSES"
    PRESCRIBERS = "PRESCRIBERS"
    TEAM = "TEAM"
    LEADS = "LEADS"
    MEMBER = "MEMBER"


class Outcome(StrEnum):
    """How one try to hand a mail over ended."""

    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"


KIND_LABELS = {
    Kind.STEP_HEADS_UP: "Next dose step, heads-up",
    Kind.STEP_DAY: "Dose step today",
    Kind.ASSESSMENT_DUE: "Visit due",
    Kind.ASSESSMENT_OVERDUE: "Visit overdue",
    Kind.DIGEST: "Morning list for the team",
    Kind.ADDRESS_VERIFICATION: "Confirm the address",
    Kind.RED_FLAG: "Red flag reported",
    Kind.STEP_SECOND: "Dose step, asked once more",
    Kind.STEP_UNANSWERED: "Dose step without an answer",
    Kind.STEP_ESCALATED: "Dose step still without an answer",
    Kind.VISIT_SECOND: "Overdue visit, asked once more",
    Kind.VISIT_UNANSWERED: "Overdue visit without an appointment",
    Kind.VISIT_ESCALATED: "Visit long overdue",
    Kind.TEST: "Test of sending",
    Kind.ALERT_ESCALATED: "Alert nobody has acted on",
    Kind.SPARING_HEADS_UP: "Steroid-sparing drug, step soon",
    Kind.SPARING_DAY: "Steroid-sparing drug, step today",
    Kind.LAB_HEADS_UP: "Blood test soon",
    Kind.LAB_DUE: "Blood test due",
    Kind.LAB_OVERDUE: "Blood test overdue",
}
_AFTER_A_STEP = "So many days after a step nobody has said anything of; the clinic sets them."
_AFTER_A_VISIT = "So many days after a visit became overdue; the clinic sets them."
_WITH_A_TASK = "A task to call goes with it."
# By which rule a mail of each kind exists: for whoever asks why it was sent.
KIND_RULES = {
    Kind.STEP_HEADS_UP: "Two days before each step that changes the dose.",
    Kind.STEP_DAY: "On the day of each step that changes the dose.",
    Kind.ASSESSMENT_DUE: "On the day a visit falls due.",
    Kind.ASSESSMENT_OVERDUE: "On the first day a visit is overdue.",
    Kind.DIGEST: "Each working morning, to the team.",
    Kind.ADDRESS_VERIFICATION: "As soon as consent is given for an address not yet confirmed.",
    Kind.RED_FLAG: "As soon as a red flag is reported.",
    Kind.STEP_SECOND: _AFTER_A_STEP,
    Kind.STEP_UNANSWERED: f"{_AFTER_A_STEP} {_WITH_A_TASK}",
    Kind.STEP_ESCALATED: _AFTER_A_STEP,
    Kind.VISIT_SECOND: _AFTER_A_VISIT,
    Kind.VISIT_UNANSWERED: f"{_AFTER_A_VISIT} {_WITH_A_TASK}",
    Kind.VISIT_ESCALATED: _AFTER_A_VISIT,
    Kind.ALERT_ESCALATED: "When nobody has acted on an alert in the time the clinic has set.",
    Kind.TEST: "When a member of the team asks for one.",
    Kind.SPARING_HEADS_UP: "Before each step of a steroid-sparing drug.",
    Kind.SPARING_DAY: "On the day of each step of a steroid-sparing drug.",
    Kind.LAB_HEADS_UP: "Before each blood test that a steroid-sparing drug asks for.",
    Kind.LAB_DUE: "On the day a blood test falls due.",
    Kind.LAB_OVERDUE: "On the first day a blood test is overdue.",
}
# What a reminder may carry beside its day: that it is about the tests asked for once, before the
# first dose of a drug. Which drug is no part of it: nothing here names one.
TESTS, BEFORE_FIRST_DOSE = "tests", "BEFORE_FIRST_DOSE"
_BEFORE_FIRST_DOSE_LABELS = {
    Kind.LAB_HEADS_UP: "Tests before the first dose soon",
    Kind.LAB_DUE: "Tests before the first dose due",
    Kind.LAB_OVERDUE: "Tests before the first dose overdue",
}
_BEFORE_FIRST_DOSE_RULES = {
    Kind.LAB_HEADS_UP: "Before the first dose of a drug that asks for tests once.",
    Kind.LAB_DUE: "On the day of the first dose of a drug that asks for tests once.",
    Kind.LAB_OVERDUE: "On the first day the tests before a first dose are overdue.",
}
AUDIENCE_LABELS = {
    Audience.PATIENT: "Patient",
    Audience.NURSES: "Nurses",
    Audience.PRESCRIBERS: "Prescribers",
    Audience.TEAM: "Nurses and prescribers",
    Audience.LEADS: "Leads of the clinic",
    Audience.MEMBER: "Who asked for it",
}
OUTCOME_LABELS = {
    Outcome.ACCEPTED: "Accepted by the mail server",
    Outcome.REFUSED: "Refused",
    Outcome.FAILED: "Failed, to be tried again",
    Outcome.UNKNOWN: "Unknown: it may have arrived",
}
# A red flag stops these and nothing else: visits are the more needed.
OF_A_REDUCTION = frozenset({Kind.STEP_HEADS_UP, Kind.STEP_DAY, Kind.STEP_SECOND})
# A red flag stops these too: nothing is raised while somebody may be acutely ill.
OF_A_RISE = frozenset({Kind.SPARING_HEADS_UP, Kind.SPARING_DAY})
# When these are sent, somebody of the team is asked to call.
CALLS_THE_PATIENT = frozenset({Kind.STEP_UNANSWERED, Kind.VISIT_UNANSWERED})
# What somebody waits for at this moment: neither quiet hours nor a pause of sending holds it.
ASKED_FOR_NOW = frozenset({Kind.ADDRESS_VERIFICATION, Kind.RED_FLAG, Kind.TEST})
# Nor does a pause hold what tells the team that a patient may be in danger.
NEVER_PAUSED = ASKED_FOR_NOW | {Kind.ALERT_ESCALATED}
# These wait from the beginning, and any answer takes them away before they go.
ONLY_WITHOUT_AN_ANSWER = frozenset(
    {
        Kind.STEP_SECOND,
        Kind.STEP_UNANSWERED,
        Kind.STEP_ESCALATED,
        Kind.VISIT_SECOND,
        Kind.VISIT_UNANSWERED,
        Kind.VISIT_ESCALATED,
        Kind.ALERT_ESCALATED,
    }
)
ASSUMED_SENT = "Assumed sent before the database was restored; it is not sent again."
# The tasks that ask a clinic to catch up: after an outage, and after a restore.
TOO_LATE_KEY = "reminders-too-late"
ASSUMED_SENT_KEY = "assumed-sent"
CATCH_UP_KEYS = frozenset({TOO_LATE_KEY, ASSUMED_SENT_KEY})


def kind_label(kind: Kind | str, context: Mapping[str, object]) -> str:
    """Return what a mail of that kind and with that context is called, for the team."""
    return _by_context(KIND_LABELS, _BEFORE_FIRST_DOSE_LABELS, Kind(kind), context)


def kind_rule(kind: Kind | str, context: Mapping[str, object]) -> str:
    """Return by which rule a mail of that kind and with that context exists."""
    return _by_context(KIND_RULES, _BEFORE_FIRST_DOSE_RULES, Kind(kind), context)


def _by_context(
    words: Mapping[Kind, str],
    before_first_dose: Mapping[Kind, str],
    kind: Kind,
    context: Mapping[str, object],
) -> str:
    if context.get(TESTS) == BEFORE_FIRST_DOSE:
        return before_first_dose.get(kind, words[kind])
    return words[kind]
