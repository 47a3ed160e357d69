"""What beside visits and doses is known of a patient."""

from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import QuerySet

from patients.access import visible_patients
from patients.errors import NotFound
from patients.facts import Change, FactKind
from patients.models import KnownFact, Patient, SteroidExposure


def standing_facts(*, patient: Patient) -> list[KnownFact]:
    """Return what holds as it now stands, of every kind, newest first; in one query."""
    return list(_rows(patient).filter(replaced_by__isnull=True).exclude(change=Change.IN_ERROR))


def facts_of(*, patient: Patient, kind: FactKind, every_version: bool = False) -> list[KnownFact]:
    """Return the facts of one kind, newest first; on request with what they replaced."""
    rows = _rows(patient).filter(kind=kind)
    if not every_version:
        rows = rows.filter(replaced_by__isnull=True).exclude(change=Change.IN_ERROR)
    return list(rows)


def fact_for(*, actor: User, patient: Patient, id: UUID) -> KnownFact:  # noqa: A002
    """Return a fact of that patient, in any version; NotFound for another's."""
    row = _seen_by(actor, patient).filter(pk=id).first()
    if row is None:
        raise NotFound("There is nothing such on record.")
    return row


def exposure_for(*, actor: User, patient: Patient, id: UUID) -> SteroidExposure:  # noqa: A002
    rows = SteroidExposure.objects.filter(
        patient=patient, patient__in=visible_patients(actor=actor)
    )
    row = rows.select_related("patient", "patient__clinic").filter(pk=id).first()
    if row is None:
        raise NotFound("There is no such steroid treatment on record.")
    return row


def _seen_by(actor: User, patient: Patient) -> "QuerySet[KnownFact]":
    rows = KnownFact.objects.filter(patient=patient, patient__in=visible_patients(actor=actor))
    return rows.select_related("patient", "patient__clinic", "recorded_by")


def _rows(patient: Patient) -> "QuerySet[KnownFact]":
    rows = KnownFact.objects.filter(patient=patient).select_related("recorded_by")
    return rows.order_by("-from_on", "-recorded_at", "-id")
