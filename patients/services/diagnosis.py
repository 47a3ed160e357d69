from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import transaction

from patients import audit
from patients.access import Permission, check
from patients.errors import BadInput
from patients.models import Diagnosis, Patient
from patients.services import _values as values
from patients.services.patients import last_day_to_record
from patients.vocabulary import Biopsy, DiagnosisKind, DiagnosisStatus, Event


@transaction.atomic
def record_diagnosis(
    *,
    actor: User,
    patient: Patient,
    status: str,
    biopsy: str,
    confirmed_on: date | None = None,
    biopsy_on: date | None = None,
    rimmed_vacuoles: bool | None = None,
    endomysial_inflammation: bool | None = None,
    mitochondrial_changes: bool | None = None,
    kind: str = DiagnosisKind.IBM,
    note: str = "",
    at: datetime,
) -> Diagnosis:
    """Add what is known now; earlier rows stay as they were known then."""
    check(actor, Permission.EDIT_DIAGNOSIS, patient)
    finding = values.unless_none(values.truth)
    day = values.unless_none(
        values.day(first=patient.birth_date, last=last_day_to_record(patient, at=at))
    )
    biopsy_facts = {
        "biopsy_on": biopsy_on,
        "rimmed_vacuoles": rimmed_vacuoles,
        "endomysial_inflammation": endomysial_inflammation,
        "mitochondrial_changes": mitochondrial_changes,
    }
    clean = values.checked(
        {
            "kind": kind,
            "status": status,
            "confirmed_on": confirmed_on,
            "biopsy": biopsy,
            "note": note,
            **biopsy_facts,
        },
        {
            "kind": values.one_of(DiagnosisKind),
            "status": values.one_of(DiagnosisStatus),
            "confirmed_on": day,
            "biopsy": values.one_of(Biopsy),
            "biopsy_on": day,
            "rimmed_vacuoles": finding,
            "endomysial_inflammation": finding,
            "mitochondrial_changes": finding,
            "note": values.note(most=1000),
        },
    )
    _refuse_contradictions(clean, tuple(biopsy_facts))
    diagnosis = Diagnosis.objects.create(
        patient=patient, recorded_by=actor, recorded_at=at, **clean
    )
    audit.record(
        Event.DIAGNOSIS_RECORDED,
        patient=patient,
        actor=actor,
        at=at,
        subject=diagnosis,
        status=status,
        biopsy=biopsy,
    )
    return diagnosis


def _refuse_contradictions(clean: dict[str, object], biopsy_facts: tuple[str, ...]) -> None:
    if clean["confirmed_on"] is not None and clean["status"] != DiagnosisStatus.CONFIRMED:
        raise BadInput("confirmed_on", "Only a confirmed diagnosis has a day of confirmation.")
    if clean["biopsy"] == Biopsy.DONE:
        return
    stray = {
        field: ["Only a biopsy that was done has findings."]
        for field in biopsy_facts
        if clean[field] is not None
    }
    if stray:
        raise BadInput.of(stray)
