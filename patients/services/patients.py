from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import available_timezones

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from patients import audit
from patients.access import Actor, Permission, check
from patients.clock import last_day_of_facts
from patients.errors import BadInput, Conflict
from patients.models import Clinic, Patient
from patients.models.patient import FIRST_BIRTH_DATE
from patients.selectors.trail import done_by
from patients.services import _values as values
from patients.services.tasks import close_tasks, open_task
from patients.vocabulary import RED_FLAG_PAUSE, Event, Language, PatientStatus, Sex, TaskKind

TAKEN = "A patient with this record number is already here."
CODED_FIELDS = frozenset({"sex", "language", "time_zone"})


def validate_patient(given: Mapping[str, object], *, today: date) -> dict[str, Any]:
    """Return the values as they are stored; raise BadInput with every field at fault."""
    checks: dict[str, values.Check] = {
        "record_number": values.name(most=40),
        "given_name": values.name(most=60),
        "family_name": values.name(most=60),
        "birth_date": values.day(first=FIRST_BIRTH_DATE, last=today),
        "sex": values.one_of(Sex),
        "email": values.email,
        "phone": values.phone,
        "language": values.one_of(Language),
        "time_zone": values.time_zone,
        "status": values.one_of(PatientStatus),
    }
    if unknown := sorted(set(given) - set(checks)):
        raise BadInput.of({field: ["There is no such field."] for field in unknown})
    return values.checked(given, checks)


def check_some_details(
    *, clinic: Clinic, given: Mapping[str, object], besides: Patient | None = None, at: datetime
) -> None:
    """Raise BadInput for what of these fields no patient may have; others may be missing yet."""
    zone = given.get("time_zone", clinic.time_zone)
    try:
        validate_patient(given, today=_last_birth_date(zone, clinic, at=at))
    except BadInput as refusal:
        faults = dict(refusal.fields)
    else:
        faults = {}
    number = given.get("record_number")
    if isinstance(number, str) and _is_taken(clinic, number, besides):
        faults.setdefault("record_number", [TAKEN])
    if faults:
        raise BadInput.of(faults)


@transaction.atomic
def register_patient(
    *,
    actor: User,
    clinic: Clinic,
    record_number: str,
    given_name: str,
    family_name: str,
    birth_date: date,
    sex: str,
    email: str = "",
    phone: str = "",
    time_zone: str,
    language: str = Language.EN,
    status: str = PatientStatus.ACTIVE,
    at: datetime,
) -> Patient:
    check(actor, Permission.EDIT_PATIENT, clinic)
    given = {
        "record_number": record_number,
        "given_name": given_name,
        "family_name": family_name,
        "birth_date": birth_date,
        "sex": sex,
        "email": email,
        "phone": phone,
        "time_zone": time_zone,
        "language": language,
        "status": status,
    }
    clean = validate_patient(given, today=_last_birth_date(time_zone, clinic, at=at))
    number = _next_number(clinic)
    _refuse_taken_record_number(clinic, clean["record_number"])
    patient = Patient.objects.create(
        clinic=clinic,
        code=f"TL-{number:04}",
        status_changed_at=at,
        created_at=at,
        created_by=actor,
        **clean,
    )
    audit.record(Event.PATIENT_REGISTERED, patient=patient, actor=actor, at=at, subject=patient)
    return patient


@transaction.atomic
def update_patient(
    *, actor: User, patient: Patient, changes: Mapping[str, object], at: datetime
) -> Patient:
    """Change what differs; a new address is neither verified nor flagged."""
    check(actor, Permission.EDIT_PATIENT, patient)
    patient = _locked(patient)
    zone = changes.get("time_zone", patient.time_zone)
    clean = validate_patient(changes, today=_last_birth_date(zone, patient.clinic, at=at))
    changed = {field: new for field, new in clean.items() if getattr(patient, field) != new}
    if "record_number" in changed:
        _refuse_taken_record_number(patient.clinic, changed["record_number"], besides=patient)
    before = {field: getattr(patient, field) for field in changed}
    _apply(patient, changed, at=at)
    if "email" in changed:
        close_tasks(actor=actor, clinic=patient.clinic, key=_address_task_key(patient), at=at)
    _record_change(actor, patient, before, changed, at=at)
    return patient


def set_next_assessment_due(*, patient: Patient, due_on: date | None) -> None:
    """Keep the stored day in step; the service that moved it has its own audit event."""
    Patient.objects.filter(pk=patient.pk).update(next_assessment_due_on=due_on)
    patient.next_assessment_due_on = due_on


@transaction.atomic
def flag_address(*, patient: Patient, reason: str, at: datetime, system: str) -> None:
    """Note that mail to this address is refused, and ask the team to correct it; once."""
    shown = " ".join(reason.split())[:300] or "The mail server refused the address."
    flagged = Patient.objects.filter(pk=patient.pk, email_flagged_at__isnull=True).update(
        email_flagged_at=at, email_flag_reason=shown
    )
    if not flagged:
        return
    patient.email_flagged_at, patient.email_flag_reason = at, shown
    audit.record(Event.ADDRESS_FLAGGED, patient=patient, system=system, at=at, subject=patient)
    open_task(
        clinic=patient.clinic,
        patient=patient,
        kind=TaskKind.CORRECT_ADDRESS,
        key=_address_task_key(patient),
        text=f"Mail to {patient.code} is refused. Ask for the right address, or call.",
        at=at,
        system=system,
    )


@transaction.atomic
def pause_reminders(*, actor: User, patient: Patient, reason: str, at: datetime) -> Patient:
    """Let nothing more go out to the patient until somebody ends the pause."""
    check(actor, Permission.HOLD_TAPER, patient)
    row = _locked(patient)
    if has_red_flag(row):
        raise Conflict("A red flag has paused the reminders already.", code="RED_FLAG_OPEN")
    if row.reminders_paused_at is not None:
        said = _pause_set(patient, paused=True)
        raise Conflict(f"The reminders have been paused already{said}.", code="ALREADY_PAUSED")
    clean = values.checked({"reason": reason}, {"reason": values.text(most=300)})
    return _set_pause(actor, patient, paused_at=at, reason=clean["reason"], at=at)


@transaction.atomic
def unpause_reminders(*, actor: User, patient: Patient, at: datetime) -> Patient:
    check(actor, Permission.RESUME_TAPER, patient)
    row = _locked(patient)
    if has_red_flag(row):
        raise Conflict("A red flag is open. A prescriber lifts it.", code="RED_FLAG_OPEN")
    if row.reminders_paused_at is None:
        by = _pause_set(patient, paused=False)
        said = f"The pause of reminders has ended already{by}." if by else "No pause is in force."
        raise Conflict(said, code="NOT_PAUSED")
    return _set_pause(actor, patient, paused_at=None, reason="", at=at)


@transaction.atomic
def pause_for_red_flag(
    *, actor: Actor, patient: Patient, what: str, since: datetime | None = None, at: datetime
) -> Patient:
    """Let no reminder of a reduction go out, whoever reported the red flag; *what* are its words.

    It takes the place of a pause by hand: only who lifts the red flag ends it. It stands from *at*
    on, or *since* the red flag that is left when another one was entered in error.
    """
    check(actor, Permission.REPORT_SYMPTOMS, patient)
    reason = f"{RED_FLAG_PAUSE}{what}"[:300]
    return _set_pause(actor, patient, paused_at=since or at, reason=reason, at=at)


@transaction.atomic
def end_red_flag(*, actor: User, patient: Patient, at: datetime) -> Patient:
    check(actor, Permission.LIFT_RED_FLAG, patient)
    return _set_pause(actor, patient, paused_at=None, reason="", at=at)


@transaction.atomic
def withdraw_red_flag(
    *, actor: User, patient: Patient, paused_at: datetime | None, reason: str, at: datetime
) -> Patient:
    """End the pause of red flags that were all entered in error.

    The pause by hand whose place it had taken, of *paused_at* for *reason*, stands again; None is
    none.
    """
    check(actor, Permission.LIFT_RED_FLAG, patient)
    return _set_pause(actor, patient, paused_at=paused_at, reason=reason, at=at)


def has_red_flag(patient: Patient) -> bool:
    paused = patient.reminders_paused_at is not None
    return paused and patient.reminders_paused_reason.startswith(RED_FLAG_PAUSE)


def _pause_set(patient: Patient, *, paused: bool) -> str:
    """Say who set the pause as it is now, for whoever comes second."""
    events = (Event.PATIENT_CHANGED,)
    by = done_by(patient=patient, subject=patient, events=events, reminders_paused=paused)
    return f" {by}" if by else ""


def _set_pause(
    actor: Actor, patient: Patient, *, paused_at: datetime | None, reason: str, at: datetime
) -> Patient:
    patient = _locked(patient)
    patient.reminders_paused_at = paused_at
    patient.reminders_paused_reason = reason
    patient.save(update_fields=["reminders_paused_at", "reminders_paused_reason"])
    audit.record(
        Event.PATIENT_CHANGED,
        patient=patient,
        actor=actor,
        at=at,
        subject=patient,
        fields=["reminders_paused_at"],
        reminders_paused=paused_at is not None,
    )
    return patient


def _next_number(clinic: Clinic) -> int:
    """Count one patient more; the clinic's row stays locked until the transaction ends."""
    row = Clinic.objects.filter(pk=clinic.pk)
    row.update(patients_registered=F("patients_registered") + 1)
    return row.values_list("patients_registered", flat=True).get()


def _refuse_taken_record_number(
    clinic: Clinic, record_number: str, besides: Patient | None = None
) -> None:
    Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
    if _is_taken(clinic, record_number, besides):
        raise BadInput("record_number", TAKEN)


def _is_taken(clinic: Clinic, record_number: str, besides: Patient | None) -> bool:
    others = Patient.objects.filter(clinic=clinic, record_number=record_number)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    return others.exists()


def _locked(patient: Patient) -> Patient:
    """Lock against other changes, but not (no_key) against rows that merely refer to it."""
    rows = Patient.objects.select_for_update(of=("self",), no_key=True).select_related("clinic")
    return rows.get(pk=patient.pk)


def _apply(patient: Patient, changed: Mapping[str, Any], *, at: datetime) -> None:
    for field, new in changed.items():
        setattr(patient, field, new)
    if "status" in changed:
        patient.status_changed_at = at
    if "email" in changed:
        patient.links_revoked_at = at  # whoever reads the old address opens nothing any more
        patient.email_verified_at = None
        patient.email_flagged_at = None
        patient.email_flag_reason = ""
    patient.save()


def _record_change(
    actor: User,
    patient: Patient,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    at: datetime,
) -> None:
    """Name the fields; values only of coded ones, so that the trail holds no names."""
    if "status" in after:
        audit.record(
            Event.PATIENT_STATUS_CHANGED,
            patient=patient,
            actor=actor,
            at=at,
            subject=patient,
            before=before["status"],
            after=after["status"],
        )
    if fields := sorted(set(after) - {"status"}):
        coded = {field: [before[field], after[field]] for field in CODED_FIELDS & set(fields)}
        audit.record(
            Event.PATIENT_CHANGED,
            patient=patient,
            actor=actor,
            at=at,
            subject=patient,
            fields=fields,
            changes=coded,
        )


def _address_task_key(patient: Patient) -> str:
    return f"correct-address:{patient.pk}"


def _last_birth_date(zone: object, clinic: Clinic, *, at: datetime) -> date:
    """A zone that is none is refused by its own field; the clinic's stands in for it here."""
    if isinstance(zone, str) and zone in available_timezones():
        return last_day_of_facts(zone, at=at)
    return last_day_of_facts(clinic.time_zone, at=at)


def last_day_to_record(patient: Patient, *, at: datetime) -> date:
    """Return the last day a record of the patient may carry."""
    return last_day_of_facts(patient.time_zone, at=at)
