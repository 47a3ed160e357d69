"""Changes to a patient's contact that mail depends on: consent, address, time zone."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import transaction

from notifications import selectors
from notifications.policy import Audience, ContactFacts, Kind, ReminderRequest, may_contact
from notifications.services.schedule import cancel_schedule, derive_instants, replace_schedule
from patients.access import Actor, PatientByLink, Permission, check
from patients.clock import today_in
from patients.errors import Conflict
from patients.models import AddressVerification, Consent, Patient
from patients.selectors import standing_consent
from patients.services import consent as consents
from patients.services import patients
from patients.services.tasks import open_task
from patients.vocabulary import Channel, TaskKind

TEXT_OF_THE_PAGE = "page 2026-11"
VERIFY_PATH = "/reminders/verify/"
WHY_VERIFY = "Consent to e-mail was given and the address is not confirmed yet."
ADDRESS_CHANGED = "The e-mail address changed."
CONSENT_WITHDRAWN = "The patient withdrew consent to e-mail."
ALREADY_VERIFIED = "The patient has confirmed this address already."


class NothingToVerify(Conflict):
    code = "NOTHING_TO_VERIFY"


@transaction.atomic
def give_mail_consent(
    *,
    actor: Actor,
    patient: Patient,
    channel: str,
    content: str,
    given_on: date,
    text_version: str,
    at: datetime,
) -> Consent:
    """Record consent; an address that is not confirmed gets the mail that asks to confirm it."""
    consent = consents.give_consent(
        actor=actor,
        patient=patient,
        channel=channel,
        content=content,
        given_on=given_on,
        text_version=text_version,
        at=at,
    )
    if channel == Channel.EMAIL:
        patient.refresh_from_db()
        _ask_to_verify_if_it_may(patient, at=at)
    return consent


@transaction.atomic
def withdraw_mail_consent(
    *, actor: Actor, patient: Patient, channel: str, on: date, at: datetime
) -> Consent:
    """Record that consent ended; a mail that still waits to confirm the address is cancelled."""
    consent = consents.withdraw_consent(actor=actor, patient=patient, channel=channel, on=on, at=at)
    cancel_schedule(source=_source_of(patient), reason=CONSENT_WITHDRAWN, at=at)
    return consent


@transaction.atomic
def choose_mail(*, actor: PatientByLink, patient: Patient, content: str, at: datetime) -> None:
    """Let the patient choose how much a mail may say; "" turns mail off and asks the team to call.

    Care goes on either way: neither the taper nor what the team is told of it changes. What is
    chosen already is no choice.
    """
    standing = standing_consent(patient=patient)
    if (standing.content if standing else "") == content:
        return
    today = today_in(patient.time_zone, at=at)
    if content:
        give_mail_consent(
            actor=actor,
            patient=patient,
            channel=Channel.EMAIL,
            content=content,
            given_on=today,
            text_version=TEXT_OF_THE_PAGE,
            at=at,
        )
        return
    # Who recorded the consent may have been in a day that has not begun where the patient lives.
    on = max(today, standing.given_on) if standing else today
    withdraw_mail_consent(actor=actor, patient=patient, channel=Channel.EMAIL, on=on, at=at)
    open_task(
        clinic=patient.clinic,
        patient=patient,
        kind=TaskKind.NO_CHANNEL,
        key=f"no-channel:{patient.pk}",
        text=f"{patient.code} turned e-mail off. Call to agree on another way; care goes on.",
        actor=actor,
        at=at,
    )


@transaction.atomic
def change_patient(
    *, actor: User, patient: Patient, changes: Mapping[str, object], at: datetime
) -> Patient:
    """Change a patient; waiting mails follow the time zone, a new address is to be confirmed."""
    old_email, old_zone = patient.email, patient.time_zone
    patient = patients.update_patient(actor=actor, patient=patient, changes=changes, at=at)
    if patient.time_zone != old_zone:
        derive_instants(patient=patient, old_zone=old_zone, at=at)
    if patient.email != old_email:
        cancel_schedule(source=_source_of(patient), reason=ADDRESS_CHANGED, at=at)
        _ask_to_verify_if_it_may(patient, at=at)
    return patient


@transaction.atomic
def resend_verification(*, actor: User, patient: Patient, at: datetime) -> AddressVerification:
    """Mail a new link; the one before is called back. Refuse with the reason when it may not."""
    check(actor, Permission.EDIT_CONSENT, patient)
    if patient.email_verified_at is not None:
        raise NothingToVerify(ALREADY_VERIFIED)
    verdict = may_contact(_facts_of(patient, at=at), at=at)
    if not verdict.allowed:
        raise NothingToVerify(verdict.reason)
    return _ask_to_verify(patient, at=at)


def _ask_to_verify_if_it_may(patient: Patient, *, at: datetime) -> None:
    unverified = patient.email_verified_at is None
    if unverified and may_contact(_facts_of(patient, at=at), at=at).allowed:
        _ask_to_verify(patient, at=at)


def _facts_of(patient: Patient, *, at: datetime) -> ContactFacts:
    return selectors.contact_facts(
        patient=patient,
        kind=Kind.ADDRESS_VERIFICATION,
        audience=Audience.PATIENT,
        expires_at=at + consents.VERIFICATION_LIFE,
    )


def _ask_to_verify(patient: Patient, *, at: datetime) -> AddressVerification:
    """Replace the waiting mail, if any, by one with a new link, to be sent at once."""
    verification, token = consents.issue_verification(patient=patient, at=at)
    zone = ZoneInfo(patient.time_zone)
    now, end = at.astimezone(zone), verification.expires_at.astimezone(zone)
    request = ReminderRequest(
        kind=Kind.ADDRESS_VERIFICATION,
        audience=Audience.PATIENT,
        local_date=now.date(),
        local_time=now.time(),
        time_zone=patient.time_zone,
        expires_date=end.date(),
        expires_time=end.time(),
        context={"path": f"{VERIFY_PATH}{token}"},
        reason=WHY_VERIFY,
    )
    replace_schedule(
        source=_source_of(patient),
        clinic=patient.clinic,
        patient=patient,
        requests=[request],
        at=at,
    )
    return verification


def _source_of(patient: Patient) -> str:
    return f"address:{patient.id}"
