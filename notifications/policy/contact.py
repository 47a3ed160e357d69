"""May this mail still be sent? Every sender asks here, and every no has a sentence."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifications.policy.clinic import ClinicRules, quiet_until
from notifications.policy.retry import is_stale
from notifications.policy.states import Status
from notifications.policy.words import (
    ASKED_FOR_NOW,
    NEVER_PAUSED,
    OF_A_REDUCTION,
    OF_A_RISE,
    Audience,
    Kind,
)


@dataclass(frozen=True)
class ContactFacts:
    """What the database knew about one mail and its patient at one instant.

    A mail that is about no patient, the team's morning list, has *patient_status* "".
    """

    kind: Kind
    audience: Audience
    expires_at: datetime
    withdrawn: bool = False
    superseded: bool = False
    patient_status: str = ""
    paused: bool = False
    red_flag: bool = False
    consent: str = ""  # "", MINIMAL or DETAILS
    has_address: bool = False
    address_verified: bool = False
    address_flagged: bool = False
    sending_paused: bool = False
    told_to_wait: bool = False  # with a dose step, until the team has called about symptoms
    rules: ClinicRules | None = None  # None: quiet hours are not asked for
    time_zone: str = "UTC"

    @property
    def to_patient(self) -> bool:
        return self.audience is Audience.PATIENT

    @property
    def needs_verified_address(self) -> bool:
        return self.kind is not Kind.ADDRESS_VERIFICATION


@dataclass(frozen=True)
class Verdict:
    """Whether a mail may go; if not, what becomes of it and why, or when it may."""

    allowed: bool
    status: Status | None = None
    reason: str = ""
    again_at: datetime | None = None

    @property
    def is_later(self) -> bool:
        return self.again_at is not None


ALLOWED = Verdict(allowed=True)
ACTIVE_PATIENT = "ACTIVE"
ASKED_AGAIN_AFTER = timedelta(minutes=10)
CALL_FIRST = "The patient is not well, and was told to lower nothing until the team has called."
PATIENT_REASONS = {
    "DIED": "The patient has died.",
    "TRANSFERRED": "The patient is treated elsewhere now.",
}
Check = tuple[Callable[[ContactFacts], bool], Status, str]

# The first that holds decides. A new reason to be silent is one more row.
WHOEVER_READS_IT: tuple[Check, ...] = (
    (lambda f: f.withdrawn, Status.CANCELLED, "It was no longer wanted when it could be sent."),
    (
        lambda f: f.superseded,
        Status.EXPIRED,
        "A newer reminder of the same kind took its place.",
    ),
)
TO_THE_PATIENT: tuple[Check, ...] = (
    (
        lambda f: f.paused and not f.red_flag,
        Status.CANCELLED,
        "Reminders to this patient are paused.",
    ),
    (
        lambda f: f.red_flag and f.kind in OF_A_REDUCTION,
        Status.CANCELLED,
        "A red flag is open: no reduction is reminded of.",
    ),
    (
        lambda f: f.red_flag and f.kind in OF_A_RISE,
        Status.CANCELLED,
        "A red flag is open: no change of a dose is reminded of.",
    ),
    (lambda f: not f.consent, Status.CANCELLED, "The patient has not consented to e-mail."),
    (lambda f: not f.has_address, Status.CANCELLED, "The patient has no e-mail address."),
    (
        lambda f: f.address_flagged,
        Status.CANCELLED,
        "Mail to this address was refused; it must be corrected first.",
    ),
    (
        lambda f: f.needs_verified_address and not f.address_verified,
        Status.CANCELLED,
        "The patient has not confirmed the e-mail address.",
    ),
)


def may_contact(facts: ContactFacts, *, at: datetime) -> Verdict:
    """Decide whether this mail may be sent now."""
    return (
        _about_the_patient(facts)
        or _first_no(facts, WHOEVER_READS_IT)
        or _too_late(facts, at=at)
        or (_first_no(facts, TO_THE_PATIENT) if facts.to_patient else None)
        or _later(facts, at=at)
        or ALLOWED
    )


def _first_no(facts: ContactFacts, checks: tuple[Check, ...]) -> Verdict | None:
    for holds, status, reason in checks:
        if holds(facts):
            return Verdict(allowed=False, status=status, reason=reason)
    return None


def _about_the_patient(facts: ContactFacts) -> Verdict | None:
    if facts.patient_status == ACTIVE_PATIENT:
        return None
    if not facts.patient_status and not facts.to_patient:
        return None
    reason = PATIENT_REASONS.get(facts.patient_status, "There is no active patient to remind.")
    return Verdict(allowed=False, status=Status.CANCELLED, reason=reason)


def _too_late(facts: ContactFacts, *, at: datetime) -> Verdict | None:
    if not is_stale(expires_at=facts.expires_at, at=at):
        return None
    return Verdict(
        allowed=False, status=Status.EXPIRED, reason="It was too late when it could be sent."
    )


def _later(facts: ContactFacts, *, at: datetime) -> Verdict | None:
    """Quiet hours, a pause and a call that is due postpone and never cancel; what expires is told.

    None of them holds what is asked for now: a red flag reaches the team, and a link that confirms
    an address its patient, whatever the clinic has paused.
    """
    if facts.sending_paused and facts.kind not in NEVER_PAUSED:
        return _postponed(facts, "Sending is paused.", until=at + ASKED_AGAIN_AFTER)
    if facts.told_to_wait and facts.to_patient and facts.kind in OF_A_REDUCTION:
        return _postponed(facts, CALL_FIRST, until=at + ASKED_AGAIN_AFTER)
    if facts.rules is None or not facts.to_patient or facts.kind in ASKED_FOR_NOW:
        return None
    until = quiet_until(facts.rules, zone=facts.time_zone, at=at)
    return _postponed(facts, "It waits for the end of the quiet hours.", until=until)


def _postponed(facts: ContactFacts, reason: str, *, until: datetime | None) -> Verdict | None:
    if until is None:
        return None
    again_at = min(until, facts.expires_at)
    return Verdict(allowed=False, status=Status.SCHEDULED, reason=reason, again_at=again_at)
