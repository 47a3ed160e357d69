from datetime import datetime

from django.contrib.auth.models import User

from patients.access import visible_patients
from patients.errors import NotFound
from patients.models import AddressVerification, Consent, Patient
from patients.vocabulary import Channel

LINK_OVER = "This link is no longer valid. Ask the clinic for a new one."


def standing_consent(*, patient: Patient, channel: str = Channel.EMAIL) -> Consent | None:
    return Consent.objects.filter(
        patient=patient, channel=channel, withdrawn_at__isnull=True
    ).first()


def consents_of(*, actor: User, patient: Patient) -> list[Consent]:
    rows = Consent.objects.filter(
        patient=patient, patient__in=visible_patients(actor=actor)
    ).select_related("recorded_by", "withdrawn_by")
    return list(rows.order_by("-recorded_at", "-id"))


def verification_by_token(token: str, *, at: datetime) -> AddressVerification:
    """Return what a mailed link stands for, with its patient and clinic, or raise NotFound."""
    verification = (
        AddressVerification.objects.select_related("patient", "patient__clinic")
        .filter(token_digest=AddressVerification.digest_of(token), expires_at__gt=at)
        .first()
    )
    if verification is None or verification.email != verification.patient.email:
        raise NotFound(LINK_OVER)
    return verification
