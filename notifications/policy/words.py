"""The words a reminder is described with. Stored values are UPPER_CASE; labels are for people."""

from enum import StrEnum


class Kind(StrEnum):
    STEP_HEADS_UP = "STEP_HEADS_UP"
    STEP_DAY = "STEP_DAY"
    ASSESSMENT_DUE = "ASSESSMENT_DUE"
    ASSESSMENT_OVERDUE = "ASSESSMENT_OVERDUE"
    DIGEST = "DIGEST"
    ADDRESS_VERIFICATION = "ADDRESS_VERIFICATION"
    RED_FLAG = "RED_FLAG"


class Audience(StrEnum):
    PATIENT = "PATIENT"
    NURSES = "NURSES"
    PRESCRIBERS = "PRESCRIBERS"
    TEAM = "TEAM"


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
}
AUDIENCE_LABELS = {
    Audience.PATIENT: "Patient",
    Audience.NURSES: "Nurses",
    Audience.PRESCRIBERS: "Prescribers",
    Audience.TEAM: "Nurses and prescribers",
}
OUTCOME_LABELS = {
    Outcome.ACCEPTED: "Accepted by the mail server",
    Outcome.REFUSED: "Refused",
    Outcome.FAILED: "Failed, to be tried again",
    Outcome.UNKNOWN: "Unknown: it may have arrived",
}
ASKED_FOR_NOW = frozenset({Kind.ADDRESS_VERIFICATION, Kind.RED_FLAG})
