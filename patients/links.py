"""The signed link in a patient's mail: whose page, from which mail, until when.

It is signed, not stored: the same mail always holds the same link, and a copy of the database
opens nothing. What it opens asks for the birth date first.
"""

import binascii
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.core.signing import BadSignature, Signer

from patients.errors import NotFound
from patients.models import Patient, PatientLink, TeamTask
from patients.vocabulary import PatientStatus, TaskKind

FOLDER = "/p/"
SALT = "patients.links"
LIFE = timedelta(days=30)
TRIES = 5
GONE = "This link does not work any more."
FORM = ">16s16sHQ"  # patient, mail, day, and under which revocation it was sent
FIRST_DAY = date(2000, 1, 1)
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LONGEST = 200


@dataclass(frozen=True)
class OpenLink:
    """A link that is in order. Whoever holds it is the patient only after the birth date."""

    token: str
    patient: Patient
    reminder_id: UUID
    locked: bool


def path_for(*, patient: Patient, reminder_id: UUID, day: date) -> str:
    """Return the path that the mail of *day* links to; the same bytes for a repeated mail."""
    content = struct.pack(
        FORM,
        patient.pk.bytes,
        reminder_id.bytes,
        (day - FIRST_DAY).days,
        _stamp(patient.links_revoked_at),
    )
    return FOLDER + _signer().sign(urlsafe_b64encode(content).rstrip(b"=").decode("ascii"))


def opened(token: str, *, at: datetime) -> OpenLink:
    """Return what *token* opens. Raise NotFound, without saying why, for whatever opens nothing."""
    patient_id, reminder_id, day, stamp = _content_of(token)
    patient = Patient.objects.select_related("clinic").filter(pk=patient_id).first()
    in_order = (
        patient is not None
        and patient.status == PatientStatus.ACTIVE
        and _stamp(patient.links_revoked_at) == stamp
        and at.date() <= day + LIFE
    )
    if patient is None or not in_order:
        raise NotFound(GONE)
    return OpenLink(token, patient, reminder_id, locked=is_locked(patient))


def is_locked(patient: Patient) -> bool:
    """After too many wrong birth dates no link of the patient opens until the team has called."""
    return TeamTask.objects.filter(
        patient=patient, kind=TaskKind.LINK_LOCKED, done_at__isnull=True
    ).exists()


def answer_to(*, reminder_id: UUID) -> PatientLink | None:
    """Return what became of the link in that mail; None while nobody has tried it."""
    return PatientLink.objects.filter(reminder_id=reminder_id).first()


def _content_of(token: str) -> tuple[UUID, UUID, date, int]:
    try:
        text = _signer().unsign(token[:LONGEST])
        content = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        patient, reminder, days, stamp = struct.unpack(FORM, content)
    except (BadSignature, ValueError, binascii.Error, struct.error):
        raise NotFound(GONE) from None
    return UUID(bytes=patient), UUID(bytes=reminder), FIRST_DAY + timedelta(days=days), stamp


def _signer() -> Signer:
    return Signer(salt=SALT)


def _stamp(revoked_at: datetime | None) -> int:
    return 0 if revoked_at is None else (revoked_at - EPOCH) // MICROSECOND
