from datetime import date
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from patients.access import visible_patients
from patients.errors import NotFound
from patients.models import Clinic, Patient
from patients.selectors._ids import NO_PATIENT, uuid_or_not_found

MAX_SEARCH = 100
MAX_TERMS = 5


def patient_for(*, actor: User, id: UUID | str) -> Patient:  # noqa: A002
    rows = visible_patients(actor=actor).select_related("clinic")
    patient = rows.filter(pk=uuid_or_not_found(id, NO_PATIENT)).first()
    if patient is None:
        raise NotFound(NO_PATIENT)
    return patient


def patient_in(*, actor: User, id: UUID | str, clinic: UUID | None) -> Patient:  # noqa: A002
    """Return the patient; a clinic named beside them must be theirs."""
    patient = patient_for(actor=actor, id=id)
    if clinic is not None and clinic != patient.clinic_id:
        raise NotFound(NO_PATIENT, field="clinic")
    return patient


def patients_for(
    *, actor: User, clinic: Clinic | None = None, search: str = "", status: str | None = None
) -> QuerySet[Patient]:
    """Return the actor's patients by name; every word of *search* must be found somewhere."""
    rows = visible_patients(actor=actor).select_related("clinic")
    if clinic is not None:
        rows = rows.filter(clinic=clinic)
    if status:
        rows = rows.filter(status=status)
    if "\x00" in search or len(search) > MAX_SEARCH:
        return rows.none()
    for term in search.split()[:MAX_TERMS]:
        rows = rows.filter(_matches(term))
    return rows.order_by("family_name", "given_name", "id")


def _matches(term: str) -> Q:
    found = (
        Q(family_name__icontains=term)
        | Q(given_name__icontains=term)
        | Q(record_number__icontains=term)
        | Q(code__iexact=term)
    )
    try:
        return found | Q(birth_date=date.fromisoformat(term))
    except ValueError:
        return found
