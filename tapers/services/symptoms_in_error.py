"""Symptoms that were never so, or another patient's: the report stays, and counts on no day.

What it had set off is undone with a sentence, never in silence: pause, alert, task, waiting mail.
What other reports still stand for is told anew in their own words. A mail that was sent stays.
"""

from datetime import datetime
from enum import StrEnum

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from notifications.services.schedule import cancel_schedule
from patients import audit
from patients.access import Permission, check
from patients.errors import Conflict
from patients.models import Patient, TeamTask
from patients.services.patients import pause_for_red_flag, withdraw_red_flag
from patients.services.tasks import close_tasks
from patients.vocabulary import Event
from tapers.domain.symptoms import Symptom
from tapers.models import SymptomReport
from tapers.selectors.plans import plan_of
from tapers.selectors.symptoms import (
    latest_symptom_report,
    open_red_flags,
    red_flag_source,
    standing_reports,
)
from tapers.selectors.tapers import latest_taper_of
from tapers.services._symptoms import (
    MINOR,
    RED,
    alerts_of_reports,
    ask_the_team,
    locked_patient,
    open_alerts,
    pause_text,
    raise_alert,
    symptoms_told,
    task_key,
    task_text,
)
from tapers.services.course_alerts import evaluate_course
from tapers.services.escalation import ask_for_escalation
from tapers.services.revisions import words
from tapers.services.schedule import ask_for_reminders

MAIL_WITHDRAWN = "The red flag was marked as entered in error."


class Pause(StrEnum):
    """What becomes of the pause of a red flag that was entered in error."""

    ENDED = "ENDED"
    STANDS = "STANDS"
    BY_HAND = "BY_HAND"


@transaction.atomic
def mark_symptoms_in_error(
    *, actor: User, report: SymptomReport, reason: str, at: datetime
) -> SymptomReport:
    """Say that a report was none of this patient's, or never so; it stays readable.

    An open red flag is marked by those only who may lift it, as the mark ends it. The pause of a
    red flag ends unless another one is open; a pause by hand from before stands again. Raise
    Conflict where somebody has marked it already: what was done is done once.
    """
    check(actor, Permission.MARK_SYMPTOMS_IN_ERROR, report.patient)
    reason = words("reason", reason)
    patient = locked_patient(report.patient)
    report = _marked(actor, patient, report, reason, at=at)
    pause = None
    if report.is_red_flag_not_lifted:
        check(actor, Permission.LIFT_RED_FLAG, patient)
        pause = _end_pause(actor, report, at=at)
    audit.record(
        Event.SYMPTOMS_IN_ERROR,
        patient=patient,
        actor=actor,
        at=at,
        subject=report,
        symptoms=report.symptoms,
        red_flag=report.red_flag,
        happened_on=report.happened_on,
        reported_on=report.reported_on,
        is_history=report.is_history,
        pause=pause,
    )
    cancel_schedule(source=red_flag_source(report), reason=MAIL_WITHDRAWN, at=at)
    if not report.is_history:
        for code in (RED, MINOR):
            _settle_alert(actor, report, code, at=at)
        _settle_task(actor, report, at=at)
    cause = latest_symptom_report(patient=patient)
    evaluate_course(patient=patient, actor=actor, cause=cause, withdrawn=report, at=at)
    return report


def _marked(
    actor: User, patient: Patient, report: SymptomReport, reason: str, *, at: datetime
) -> SymptomReport:
    mine = SymptomReport.objects.filter(pk=report.pk, patient=patient)
    won = mine.filter(in_error_at__isnull=True).update(
        in_error_at=at, in_error_by=actor, in_error_reason=reason
    )
    if not won:
        raise Conflict("This report is marked as entered in error.", code="ENTERED_IN_ERROR")
    row = mine.select_related("taper", "recorded_by", "lifted_by", "in_error_by").get()
    row.patient = patient
    return row


# The pause ---------------------------------------------------------------------------------------


def _end_pause(actor: User, report: SymptomReport, *, at: datetime) -> Pause:
    patient = report.patient
    other = open_red_flags(patient=patient).order_by("-recorded_at").first()
    if other is not None:
        other.patient = patient
        since, what = other.recorded_at, pause_text(other)
        pause_for_red_flag(actor=actor, patient=patient, what=what, since=since, at=at)
        return Pause.STANDS
    withdraw_red_flag(
        actor=actor,
        patient=patient,
        paused_at=report.paused_before_at,
        reason=report.paused_before_reason,
        at=at,
    )
    taper = latest_taper_of(patient=patient)
    if taper is not None and taper.is_running:
        ask_for_reminders(taper, plan_of(taper), at)
    return Pause.ENDED if report.paused_before_at is None else Pause.BY_HAND


# The alert and the task --------------------------------------------------------------------------


def _settle_alert(actor: User, report: SymptomReport, code: str, *, at: datetime) -> None:
    """Close the open alert where it tells of this report; what others told is raised anew.

    Those of the course, outside a taper, follow when the course is evaluated.
    """
    waiting = open_alerts(report.patient, code).filter(taper__isnull=False).first()
    if waiting is None or not symptoms_told(report, code):
        return
    others = _since_taken_note_of(report.patient, code)
    left = {each for other in others for each in symptoms_told(other, code)}
    said = {Symptom(each) for each in waiting.values.get("symptoms", ())}
    if said == left and waiting.symptom_report_id != report.pk:
        return
    waiting.closed_at = at
    waiting.save(update_fields=["closed_at"])
    if others:
        raise_alert(actor, others[-1], code, left, at=at)
    ask_for_escalation(report.patient, at)


def _since_taken_note_of(patient: Patient, code: str) -> list[SymptomReport]:
    """The reports that stand, of a taper, for which nobody has given a reason yet."""
    noted = alerts_of_reports(patient, code).filter(taper__isnull=False)
    last = noted.aggregate(last=Max("acknowledged_at"))["last"]
    rows = standing_reports(patient=patient).filter(taper__isnull=False, lifted_at__isnull=True)
    if last is not None:
        rows = rows.filter(recorded_at__gt=last)
    ordered = rows.select_related("taper", "patient__clinic").order_by("recorded_at")
    return [row for row in ordered if symptoms_told(row, code)]


def _settle_task(actor: User, report: SymptomReport, *, at: datetime) -> None:
    """End the task that asks about this report; what was told beside it is asked for anew."""
    patient, key = report.patient, task_key(report)
    waiting = TeamTask.objects.filter(clinic=patient.clinic, key=key, done_at__isnull=True).first()
    if waiting is None:
        return
    others = list(
        standing_reports(patient=patient)
        .filter(red_flag=report.red_flag, lifted_at__isnull=True)
        .filter(recorded_at__gte=waiting.created_at)
        .select_related("patient__clinic")
        .order_by("recorded_at")
    )
    if any(waiting.text == task_text(other)[:500] for other in others):
        return
    note = f"The symptoms were marked as entered in error: {report.in_error_reason}"
    close_tasks(actor=actor, clinic=patient.clinic, key=key, note=note, at=at)
    if others:
        ask_the_team(actor, others[-1], at=at)
