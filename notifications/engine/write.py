"""From a row to what the mail server is given."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from notifications.email import Envelope, as_bytes, render
from notifications.models import Reminder
from notifications.policy import Audience
from patients.selectors import address_of_member, addresses_for
from patients.vocabulary import Content, Role

log = structlog.get_logger(__name__)

ROLES_OF = {
    Audience.NURSES: (Role.NURSE,),
    Audience.PRESCRIBERS: (Role.PRESCRIBER,),
    Audience.TEAM: (Role.NURSE, Role.PRESCRIBER),
}


@dataclass
class Recipients:
    """Who is meant, at the moment of sending; a team is asked for once a batch."""

    _of_team: dict[tuple[uuid.UUID, str], tuple[str, ...]] = field(default_factory=dict)

    def of(self, row: Reminder) -> tuple[str, ...]:
        if row.audience == Audience.PATIENT:
            return (row.patient.email,) if row.patient else ()
        if row.audience == Audience.MEMBER:
            return address_of_member(clinic=row.clinic, user_id=row.context["member"])
        key = (row.clinic_id, row.audience)
        if key not in self._of_team:
            self._of_team[key] = _addresses_of(row)
        return self._of_team[key]


def _addresses_of(row: Reminder) -> tuple[str, ...]:
    if row.audience != Audience.LEADS:
        return addresses_for(clinic=row.clinic, roles=ROLES_OF[Audience(row.audience)])
    leads = addresses_for(clinic=row.clinic, roles=tuple(Role), leads_only=True)
    return leads or _whole_team_instead(row)


def _whole_team_instead(row: Reminder) -> tuple[str, ...]:
    """While nobody leads the clinic, what was to be escalated must not end with nobody."""
    log.warning("no lead can be reached; the team is told", clinic=str(row.clinic_id))
    return addresses_for(clinic=row.clinic, roles=ROLES_OF[Audience.TEAM])


def envelope_for(row: Reminder, *, recipients: tuple[str, ...], at: datetime) -> Envelope:
    details = row.standing_consent == Content.DETAILS  # type: ignore[attr-defined]
    mail = render(row, recipients=recipients, details=details, at=at)
    return Envelope(mail.envelope_sender, recipients, as_bytes(mail))
