"""Who holds a patient's link and knows the birth date acts as the patient; guesses are few."""

from datetime import date, datetime
from enum import Enum, auto

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Sum

from patients import audit
from patients.access import PatientByLink, Permission, check
from patients.errors import Conflict
from patients.links import TRIES, OpenLink, is_locked, opened
from patients.models import Patient, PatientLink
from patients.services.tasks import open_task
from patients.vocabulary import Event, TaskKind


class WrongBirthDate(Conflict):
    code = "WRONG_BIRTH_DATE"

    def __init__(self) -> None:
        super().__init__("This is not the birth date we have.", field="birth_date")


class LinkLocked(Conflict):
    code = "LINK_LOCKED"

    def __init__(self) -> None:
        super().__init__("The birth date was wrong too often. Call your care team.")


class _Answer(Enum):
    RIGHT = auto()
    WRONG = auto()
    LOCKED = auto()


def give_birth_date(*, token: str, birth_date: date | None, at: datetime) -> PatientByLink:
    """Let the patient in who holds the link and knows the birth date.

    Wrong ones are counted over all links of the patient; with the fifth they are locked, and the
    team is asked to call. Raise WrongBirthDate or LinkLocked, with the try on record.
    """
    link = opened(token, at=at)
    answer = _try(link, birth_date, at=at)
    if answer is _Answer.LOCKED:
        raise LinkLocked
    if answer is _Answer.WRONG:
        raise WrongBirthDate
    return PatientByLink(link.patient.pk, link.reminder_id)


@transaction.atomic
def revoke_links(*, actor: User, patient: Patient, at: datetime) -> Patient:
    """Let no link that was sent so far open anything; mails sent from now on hold new ones."""
    check(actor, Permission.EDIT_PATIENT, patient)
    patient = _locked(patient)
    patient.links_revoked_at = at
    patient.save(update_fields=["links_revoked_at"])
    audit.record(Event.LINKS_REVOKED, patient=patient, actor=actor, at=at, subject=patient)
    return patient


@transaction.atomic
def _try(link: OpenLink, birth_date: date | None, *, at: datetime) -> _Answer:
    patient = _locked(link.patient)  # tries at one moment are counted one after the other
    if is_locked(patient):
        return _Answer.LOCKED
    row, _ = PatientLink.objects.get_or_create(
        reminder_id=link.reminder_id, defaults={"patient": patient}
    )
    if birth_date == patient.birth_date:
        _let_in(row, patient, at=at)
        return _Answer.RIGHT
    return _count_wrong(row, patient, at=at)


def _let_in(row: PatientLink, patient: Patient, *, at: datetime) -> None:
    PatientLink.objects.filter(patient=patient).update(failed_tries=0)
    row.failed_tries = 0
    row.first_opened_at = row.first_opened_at or at
    row.last_opened_at = at
    row.save(update_fields=["failed_tries", "first_opened_at", "last_opened_at"])
    audit.record(
        Event.LINK_OPENED,
        patient=patient,
        actor=PatientByLink(patient.pk, row.reminder_id),
        at=at,
        subject=row,
    )


def _count_wrong(row: PatientLink, patient: Patient, *, at: datetime) -> _Answer:
    links = PatientLink.objects.filter(patient=patient)
    links.filter(pk=row.pk).update(failed_tries=F("failed_tries") + 1)
    if links.aggregate(tries=Sum("failed_tries"))["tries"] < TRIES:
        return _Answer.WRONG
    links.update(failed_tries=0)
    links.filter(pk=row.pk).update(locked_at=at)
    audit.record(
        Event.LINK_LOCKED,
        patient=patient,
        system=audit.BY_LINK,
        at=at,
        subject=row,
        reminder=str(row.reminder_id),
    )
    open_task(
        clinic=patient.clinic,
        patient=patient,
        kind=TaskKind.LINK_LOCKED,
        key=f"link-locked:{patient.pk}",
        text=(
            f"The birth date of {patient.code} was wrong {TRIES} times, so the links in mails "
            "open nothing. Call the patient; once this is done the links open again."
        ),
        system=audit.BY_LINK,
        at=at,
    )
    return _Answer.LOCKED


def _locked(patient: Patient) -> Patient:
    rows = Patient.objects.select_for_update(of=("self",), no_key=True).select_related("clinic")
    return rows.get(pk=patient.pk)
