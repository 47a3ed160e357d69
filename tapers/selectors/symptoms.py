"""What was reported of how a patient is, and whether a red flag is open."""

from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import QuerySet

from notifications.policy import Status
from notifications.selectors import status_by_source
from patients.access import visible_patients
from patients.errors import NotFound
from patients.models import Patient
from patients.vocabulary import SYMPTOMS_TASK
from tapers.models import SymptomReport


def symptom_reports_for(*, actor: User, patient: Patient) -> QuerySet[SymptomReport]:
    """Return what was reported of a visible patient, what was told last first.

    What was entered in error is among it.
    """
    return (
        SymptomReport.objects.filter(patient=patient, patient__in=visible_patients(actor=actor))
        .select_related("recorded_by", "lifted_by", "in_error_by")
        .order_by("-recorded_at", "-id")
    )


def symptom_report_for(*, actor: User, patient: Patient, id: UUID) -> SymptomReport:  # noqa: A002
    try:
        return symptom_reports_for(actor=actor, patient=patient).get(pk=id)
    except SymptomReport.DoesNotExist:
        raise NotFound("There is no such symptom report.") from None


def open_red_flag(*, patient: Patient) -> SymptomReport | None:
    """Return the newest red flag nobody has lifted."""
    return open_red_flags(patient=patient).order_by("-recorded_at").first()


def open_red_flags(*, patient: Patient) -> QuerySet[SymptomReport]:
    """Return those that pause reminders; one of the past never did."""
    return standing_reports(patient=patient).filter(red_flag=True, lifted_at__isnull=True)


def standing_reports(*, patient: Patient) -> QuerySet[SymptomReport]:
    """Return what asked somebody to act when it was told, and was not entered in error."""
    return SymptomReport.objects.filter(patient=patient, is_history=False, in_error_at__isnull=True)


def report_to_call_about(*, patient: Patient) -> SymptomReport | None:
    """Return what was reported last while the team has still to call about it."""
    waits = patient.tasks.filter(key=symptoms_key(patient), done_at__isnull=True)
    return latest_symptom_report(patient=patient) if waits.exists() else None


def symptoms_key(patient: Patient) -> str:
    """Return the key of the one task that asks the team to call about symptoms."""
    return f"{SYMPTOMS_TASK}{patient.pk}"


def red_flag_source(report: SymptomReport) -> str:
    """Return the source of the mail that tells the team of a red flag."""
    return f"red-flag:{report.pk}"


def red_flag_mail_was_sent(report: SymptomReport) -> bool:
    source = red_flag_source(report)
    sent = status_by_source(sources=[source]).get(source, {})
    return Status.SENT.value in sent


def latest_symptom_report(*, patient: Patient) -> SymptomReport | None:
    """Return what was told last of how the patient is; what is history asks nothing of anybody."""
    return standing_reports(patient=patient).order_by("-recorded_at").first()
