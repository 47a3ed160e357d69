from datetime import date, datetime, timedelta
from secrets import token_urlsafe

from django.db import transaction

from patients import audit
from patients.access import Actor, Permission, check, user_of
from patients.errors import NoAddress, NoStandingConsent, NotFound
from patients.models import AddressVerification, Consent, Patient
from patients.services import _values as values
from patients.services.patients import last_day_to_record
from patients.vocabulary import Channel, Content, Event

VERIFICATION_LIFE = timedelta(days=7)
TOKEN_BYTES = 16
BY_PATIENT = "patient"


@transaction.atomic
def give_consent(
    *,
    actor: Actor,
    patient: Patient,
    channel: str,
    content: str,
    given_on: date,
    text_version: str,
    at: datetime,
) -> Consent:
    """Record consent; it takes the place of the one that stands for this channel."""
    check(actor, Permission.EDIT_CONSENT, patient)
    clean = values.checked(
        {
            "channel": channel,
            "content": content,
            "given_on": given_on,
            "text_version": text_version,
        },
        {
            "channel": values.one_of(Channel),
            "content": values.one_of(Content),
            "given_on": values.day(
                first=patient.birth_date, last=last_day_to_record(patient, at=at)
            ),
            "text_version": values.text(most=40),
        },
    )
    _lock(patient)
    replaced = _standing(patient, channel)
    if replaced is not None:
        _withdraw(replaced, actor=actor, on=given_on, at=at)
    consent = Consent.objects.create(
        patient=patient, recorded_by=user_of(actor), recorded_at=at, **clean
    )
    audit.record(
        Event.CONSENT_GIVEN,
        patient=patient,
        actor=actor,
        at=at,
        subject=consent,
        channel=channel,
        content=content,
        text_version=clean["text_version"],
        replaced=replaced is not None,
    )
    return consent


@transaction.atomic
def withdraw_consent(
    *, actor: Actor, patient: Patient, channel: str, on: date, at: datetime
) -> Consent:
    check(actor, Permission.EDIT_CONSENT, patient)
    values.checked({"channel": channel}, {"channel": values.one_of(Channel)})
    _lock(patient)
    standing = _standing(patient, channel)
    if standing is None:
        raise NoStandingConsent("There is no standing consent for this channel.")
    last = max(last_day_to_record(patient, at=at), standing.given_on)
    values.checked({"on": on}, {"on": values.day(first=standing.given_on, last=last)})
    _withdraw(standing, actor=actor, on=on, at=at)
    audit.record(
        Event.CONSENT_WITHDRAWN,
        patient=patient,
        actor=actor,
        at=at,
        subject=standing,
        channel=channel,
    )
    return standing


def issue_verification(*, patient: Patient, at: datetime) -> tuple[AddressVerification, str]:
    """Make a token for the present address; the token itself stands in the mail only."""
    if not patient.email:
        raise NoAddress("There is no e-mail address to verify.")
    token = token_urlsafe(TOKEN_BYTES)
    verification = AddressVerification.objects.create(
        patient=patient,
        email=patient.email,
        token_digest=AddressVerification.digest_of(token),
        created_at=at,
        expires_at=at + VERIFICATION_LIFE,
    )
    return verification, token


@transaction.atomic
def verify_address(*, token: str, at: datetime) -> Patient:
    """Mark the address as the patient's; pressing the button twice is not an error."""
    verification = (
        AddressVerification.objects.select_for_update(of=("self", "patient"), no_key=True)
        .select_related("patient", "patient__clinic")
        .filter(token_digest=AddressVerification.digest_of(token), expires_at__gt=at)
        .first()
    )
    if verification is None or verification.email != verification.patient.email:
        raise NotFound("This link is no longer valid. Ask the clinic for a new one.")
    patient = verification.patient
    if verification.used_at is not None:
        return _verified_before(patient)
    verification.used_at = at
    verification.save(update_fields=["used_at"])
    _mark_verified(patient, at=at)
    audit.record(
        Event.ADDRESS_VERIFIED, patient=patient, system=BY_PATIENT, at=at, subject=verification
    )
    return patient


def _verified_before(patient: Patient) -> Patient:
    if patient.email_verified_at is None:
        raise NotFound("This link was used already. Ask the clinic for a new one.")
    return patient


def _mark_verified(patient: Patient, *, at: datetime) -> None:
    patient.email_verified_at = at
    patient.email_flagged_at = None
    patient.email_flag_reason = ""
    patient.save(update_fields=["email_verified_at", "email_flagged_at", "email_flag_reason"])


def _lock(patient: Patient) -> None:
    Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)


def _standing(patient: Patient, channel: str) -> Consent | None:
    return Consent.objects.filter(
        patient=patient, channel=channel, withdrawn_at__isnull=True
    ).first()


def _withdraw(consent: Consent, *, actor: Actor, on: date, at: datetime) -> None:
    consent.withdrawn_on = max(on, consent.given_on)
    consent.withdrawn_at = at
    consent.withdrawn_by = user_of(actor)
    consent.save(update_fields=["withdrawn_on", "withdrawn_at", "withdrawn_by"])
