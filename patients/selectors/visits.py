"""What is entered at a visit of a clinic, and what somebody has begun to enter."""

from django.contrib.auth.models import User

from patients.instruments.catalogue import MEASURES
from patients.instruments.visit_sets import STANDARD_SETS
from patients.models import Clinic, Patient, VisitDraft, VisitSetMeasure
from patients.vocabulary import VisitKind


def visit_set_of(*, clinic: Clinic, kind: VisitKind) -> tuple[str, ...]:
    """Return the codes of the measures in their order; the standard set until one is chosen."""
    rows = VisitSetMeasure.objects.filter(clinic=clinic, kind=kind).order_by("position")
    chosen = tuple(code for code in rows.values_list("code", flat=True) if code in MEASURES)
    return chosen or STANDARD_SETS[kind]


def has_chosen_visit_set(*, clinic: Clinic, kind: VisitKind) -> bool:
    return VisitSetMeasure.objects.filter(clinic=clinic, kind=kind).exists()


def draft_of(*, actor: User, patient: Patient, kind: VisitKind) -> VisitDraft | None:
    """Return what this person has typed and not recorded; nobody sees another's."""
    return VisitDraft.objects.filter(patient=patient, kept_by=actor, kind=kind).first()
