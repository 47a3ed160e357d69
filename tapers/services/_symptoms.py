"""What a symptom report sets off, and the words for it: shared by telling and by taking back."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from patients import audit
from patients.access import Actor
from patients.models import Patient
from patients.services.tasks import open_task
from patients.vocabulary import Event, TaskKind
from tapers.domain import sources
from tapers.domain.plan import days_after
from tapers.domain.rules.rule import Severity
from tapers.domain.rules.rulebook import VERSION
from tapers.domain.symptoms import Symptom, has_minor_pattern, minor_symptoms_in, red_flags_in
from tapers.models import Alert, SymptomReport
from tapers.selectors.symptoms import symptoms_key
from tapers.services.alerts import stored_source
from tapers.services.escalation import ask_for_escalation

RED = "ADRENAL_RED"
MINOR = "ADRENAL_MINOR"
RED_SAYS = "Possible adrenal crisis. Call the patient now; emergency pathway."
NO_REDUCTIONS = " No reminder of a reduction is sent until a prescriber lifts this."
MINOR_SAYS = "Could be steroid withdrawal or adrenal insufficiency. Assess before the next step."
SEVERITIES = {RED: Severity.CRITICAL, MINOR: Severity.WARNING}
SOURCES = {
    RED: (sources.CRISIS_SIGNS, sources.ADRENAL_PAPER),
    MINOR: (sources.WITHDRAWAL_SIGNS, sources.CRISIS_SIGNS, sources.PROPOSAL),
}
ASKED_AFTER_ZERO_DAYS = 365


def locked_patient(patient: Patient) -> Patient:
    rows = Patient.objects.select_for_update(of=("self",), no_key=True).select_related("clinic")
    return rows.get(pk=patient.pk)


# The alert of a report ---------------------------------------------------------------------------


def symptoms_told(report: SymptomReport, code: str) -> tuple[Symptom, ...]:
    """Return which symptoms of a report its alert of that code tells; none where it has none."""
    reported = report.to_domain()
    if code == RED:
        return red_flags_in(reported)
    asked = not report.red_flag and has_minor_pattern(reported) and _is_asked(report)
    return minor_symptoms_in(reported) if asked else ()


def raise_alert(
    actor: Actor, report: SymptomReport, code: str, symptoms: Iterable[Symptom], *, at: datetime
) -> None:
    """One open alert a patient and code; something new closes it in favour of one that says all."""
    new = set(symptoms)
    waiting = open_alerts(report.patient, code).first()
    known = set(waiting.values.get("symptoms", ())) if waiting else set()
    if report.taper is None or not new or (waiting and known >= new):
        return
    if waiting is not None:
        waiting.closed_at = at
        waiting.save(update_fields=["closed_at"])
    every = [each for each in Symptom if each in new | known]
    alert = Alert.objects.create(
        patient=report.patient,
        taper=report.taper,
        symptom_report=report,
        revision_number=report.taper.revision,
        code=code,
        severity=SEVERITIES[code],
        asked_severity=SEVERITIES[code],
        message=f"{_says(report, code)} Reported: {in_words(every)}.",
        values={"symptoms": [each.value for each in every]} | _days_of(report),
        sources=[stored_source(each) for each in SOURCES[code]],
        rulebook_version=VERSION,
        raised_at=at,
    )
    audit.record(
        Event.ALERT_RAISED,
        patient=report.patient,
        actor=actor,
        at=at,
        subject=alert,
        code=code,
        severity=alert.severity,
        revision=alert.revision_number,
        rulebook=VERSION,
    )
    ask_for_escalation(report.patient, at)


def alerts_of_reports(patient: Patient, code: str) -> QuerySet[Alert]:
    return Alert.objects.filter(patient=patient, code=code, symptom_report__isnull=False)


def open_alerts(patient: Patient, code: str) -> QuerySet[Alert]:
    return alerts_of_reports(patient, code).filter(
        acknowledged_at__isnull=True, closed_at__isnull=True
    )


def _says(report: SymptomReport, code: str) -> str:
    if code == MINOR:
        return MINOR_SAYS
    runs = report.taper is not None and report.taper.is_running
    return f"{RED_SAYS}{NO_REDUCTIONS}" if runs else RED_SAYS


def _is_asked(report: SymptomReport) -> bool:
    """From the first day of the plan until a year after the last tablet."""
    taper = report.taper
    if taper is None:
        return False
    last = days_after(taper.first_zero_on, ASKED_AFTER_ZERO_DAYS)
    return taper.starts_on <= report.happened_on <= last


def _days_of(report: SymptomReport) -> dict[str, str]:
    told = {"reported_on": str(report.reported_on)}
    return {"happened_on": str(report.happened_on)} | told if report.was_told_later else told


# The task of a report ----------------------------------------------------------------------------


def ask_the_team(actor: Actor, report: SymptomReport, *, at: datetime) -> None:
    open_task(
        clinic=report.patient.clinic,
        patient=report.patient,
        kind=TaskKind.RED_FLAG if report.red_flag else TaskKind.CALL_PATIENT,
        key=task_key(report),
        text=task_text(report),
        actor=actor,
        at=at,
    )


def task_key(report: SymptomReport) -> str:
    return red_flag_key(report.patient) if report.red_flag else symptoms_key(report.patient)


def task_text(report: SymptomReport) -> str:
    """Return what the task opened by this report asks for."""
    code = report.patient.code
    note = f' "{report.note}"' if report.note else ""
    if report.red_flag:
        says = f"{code} reports: {said_of(report)}. Possible adrenal crisis: call the patient now."
        return f"{says}{note}"
    reported = report.to_domain()
    what = f" {in_words(reported)}{of_a_day(report)}." if reported else ""
    return f"{code} is not well or has a question, and was told to call today.{what}{note}"


def red_flag_key(patient: Patient) -> str:
    return f"red-flag:{patient.pk}"


# Words -------------------------------------------------------------------------------------------


def said_of(report: SymptomReport) -> str:
    """Return the red flags of a report in words, with their day where that was not today."""
    return f"{in_words(red_flags_in(report.to_domain()))}{of_a_day(report)}"


def pause_text(report: SymptomReport) -> str:
    """Return the words of the pause for a red flag."""
    return f"{said_of(report)}, reported {report.reported_on}."


def in_words(symptoms: Iterable[Symptom]) -> str:
    """Return "Fainting or collapse, repeated vomiting", in the order they are asked."""
    wanted = set(symptoms)
    labels = [each.label for each in Symptom if each in wanted]
    return ", ".join([labels[0], *(each[0].lower() + each[1:] for each in labels[1:])])


def of_a_day(report: SymptomReport) -> str:
    """Return " of 2026-05-02" where it was told later, and nothing where it is of today."""
    return f" of {report.happened_on}" if report.was_told_later else ""
