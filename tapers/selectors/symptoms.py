"""What was reported of how a patient is, and whether a red flag is open."""

from django.contrib.auth.models import User
from django.db.models import QuerySet

from patients.access import visible_patients
from patients.models import Patient
from patients.vocabulary import SYMPTOMS_TASK
from tapers.models import SymptomReport


def symptom_reports_for(*, actor: User, patient: Patient) -> QuerySet[SymptomReport]:
    """Return what was reported of a visible patient, what was told last first."""
    return (
        SymptomReport.objects.filter(patient=patient, patient__in=visible_patients(actor=actor))
        .select_related("recorded_by", "lifted_by")
        .order_by("-recorded_at", "-id")
    )


def open_red_flag(*, patient: Patient) -> SymptomReport | None:
    """Return the newest red flag nobody has lifted."""
    return open_red_flags(patient=patient).order_by("-recorded_at").first()


def open_red_flags(*, patient: Patient) -> QuerySet[SymptomReport]:
    """Return those that pause reminders; one of the past never did."""
    return SymptomReport.objects.filter(
        patient=patient, red_flag=True, is_history=False, lifted_at__isnull=True
    )


def report_to_call_about(*, patient: Patient) -> SymptomReport | None:
    """Return what was reported last while the team has still to call about it."""
    waits = patient.tasks.filter(key=symptoms_key(patient), done_at__isnull=True)
    return latest_symptom_report(patient=patient) if waits.exists() else None


def symptoms_key(patient: Patient) -> str:
    """Return the key of the one task that asks the team to call about symptoms."""
    return f"{SYMPTOMS_TASK}{patient.pk}"


def latest_symptom_report(*, patient: Patient) -> SymptomReport | None:
    """Return what was told last of how the patient is; what is history asks nothing of anybody."""
    rows = SymptomReport.objects.filter(patient=patient, is_history=False)
    return rows.order_by("-recorded_at").first()
