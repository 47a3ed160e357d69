"""What a patient says of how he or she is: a red flag acts at once, whoever reports it."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import transaction

from notifications.policy import Audience, Kind, ReminderRequest
from notifications.services.schedule import replace_schedule
from patients import audit
from patients.access import Actor, Permission, check, user_of
from patients.clock import today_in
from patients.errors import BadInput, Conflict
from patients.models import Patient
from patients.services import _values as values
from patients.services.patients import (
    end_red_flag,
    has_red_flag,
    last_day_to_record,
    pause_for_red_flag,
)
from patients.services.tasks import close_tasks
from patients.vocabulary import Event
from tapers.domain.symptoms import Symptom, is_told_too_late
from tapers.domain.symptoms import has_red_flag as is_red_flag
from tapers.models import SymptomReport
from tapers.selectors.plans import plan_of
from tapers.selectors.symptoms import open_red_flags, red_flag_source
from tapers.selectors.tapers import latest_taper_of
from tapers.services._symptoms import (
    MINOR,
    RED,
    ask_the_team,
    locked_patient,
    open_alerts,
    pause_text,
    raise_alert,
    red_flag_key,
    symptoms_told,
)
from tapers.services.course_alerts import evaluate_course
from tapers.services.escalation import ask_for_escalation
from tapers.services.revisions import words
from tapers.services.schedule import ask_for_reminders
from tapers.vocabulary import ReportedBy

MAIL_STANDS = timedelta(days=3)


@transaction.atomic
def report_symptoms(
    *,
    actor: Actor,
    patient: Patient,
    symptoms: Iterable[Symptom | str],
    note: str = "",
    reported_by: ReportedBy | str,
    happened_on: date | None = None,
    form_id: UUID | None = None,
    at: datetime,
) -> SymptomReport:
    """Store what was reported of a day, today if none is given; the same form is the same report.

    A red flag pauses the reminders of reductions, raises a critical alert, opens a task and mails
    the team. Anything else asks the team to call; two or more minor symptoms raise a warning.
    What is told more than ACTS_WITHIN_DAYS after its day is history: none of this follows, and
    the rules that look back so far read it. The dose and the plan stay as they are.
    """
    check(actor, Permission.REPORT_SYMPTOMS, patient)
    reported, note = _symptoms(symptoms), words("note", note, blank=True)
    if not reported and not note:
        raise BadInput("symptoms", "Name a symptom, or write what it is.")
    told_on = today_in(patient.time_zone, at=at)
    happened_on = _day_of(patient, happened_on or told_on, at=at)
    history = is_told_too_late(happened_on=happened_on, told_on=told_on)
    patient = locked_patient(patient)
    sent_before = SymptomReport.objects.filter(form_id=form_id, patient=patient).first()
    if form_id is not None and sent_before is not None:
        return sent_before
    report = SymptomReport.objects.create(
        patient=patient,
        taper=None if history else latest_taper_of(patient=patient),
        symptoms=[each.value for each in Symptom if each in reported],
        note=note,
        red_flag=is_red_flag(reported),
        happened_on=happened_on,
        reported_on=told_on,
        is_history=history,
        reported_by=_reporter(reported_by),
        recorded_by=user_of(actor),
        recorded_at=at,
        form_id=form_id,
    )
    audit.record(
        Event.SYMPTOMS_REPORTED,
        patient=patient,
        actor=actor,
        at=at,
        subject=report,
        symptoms=report.symptoms,
        red_flag=report.red_flag,
        reported_by=report.reported_by,
        happened_on=report.happened_on,
        reported_on=report.reported_on,
        is_history=report.is_history,
    )
    if not report.is_history:
        _act_on(actor, report, at=at)
    evaluate_course(patient=patient, actor=actor, cause=report, at=at)
    return report


@transaction.atomic
def lift_red_flag(*, actor: User, patient: Patient, reason: str, at: datetime) -> Patient:
    """End a red flag once the patient was assessed; reminders of reductions go on from now."""
    check(actor, Permission.LIFT_RED_FLAG, patient)
    reason = words("reason", reason)
    patient = locked_patient(patient)
    lifted = open_red_flags(patient=patient).update(
        lifted_at=at, lifted_by=actor, lift_reason=reason
    )
    if not lifted:
        raise Conflict("There is no red flag to lift.", code="NO_RED_FLAG")
    open_alerts(patient, RED).update(reason=reason, acknowledged_by=actor, acknowledged_at=at)
    ask_for_escalation(patient, at)
    patient = end_red_flag(actor=actor, patient=patient, at=at)
    close_tasks(actor=actor, clinic=patient.clinic, key=red_flag_key(patient), at=at)
    audit.record(
        Event.RED_FLAG_LIFTED, patient=patient, actor=actor, at=at, subject=patient, flags=lifted
    )
    taper = latest_taper_of(patient=patient)
    if taper is not None and taper.is_running:
        ask_for_reminders(taper, plan_of(taper), at)
    return patient


# What follows from a report ----------------------------------------------------------------------


def _act_on(actor: Actor, report: SymptomReport, *, at: datetime) -> None:
    if report.red_flag:
        _pause(actor, report, at=at)
    code = RED if report.red_flag else MINOR
    raise_alert(actor, report, code, symptoms_told(report, code), at=at)
    ask_the_team(actor, report, at=at)
    if report.red_flag:
        _mail_the_team(report, at=at)


def _pause(actor: Actor, report: SymptomReport, *, at: datetime) -> None:
    """Hold back reductions; the report keeps the pause by hand whose place this takes."""
    patient = report.patient
    if patient.reminders_paused_at is not None:
        before = _pause_by_hand(report)
        report.paused_before_at, report.paused_before_reason = before
        report.save(update_fields=["paused_before_at", "paused_before_reason"])
    pause_for_red_flag(actor=actor, patient=patient, what=pause_text(report), at=at)


def _pause_by_hand(report: SymptomReport) -> tuple[datetime | None, str]:
    """The one that stands, or that the red flags open already have replaced."""
    patient = report.patient
    if not has_red_flag(patient):
        return patient.reminders_paused_at, patient.reminders_paused_reason
    earlier = open_red_flags(patient=patient).exclude(pk=report.pk).order_by("recorded_at").first()
    return (earlier.paused_before_at, earlier.paused_before_reason) if earlier else (None, "")


def _mail_the_team(report: SymptomReport, *, at: datetime) -> None:
    clinic = report.patient.clinic
    now = at.astimezone(ZoneInfo(clinic.time_zone))
    end = (at + MAIL_STANDS).astimezone(ZoneInfo(clinic.time_zone))
    request = ReminderRequest(
        kind=Kind.RED_FLAG,
        audience=Audience.TEAM,
        local_date=now.date(),
        local_time=now.time(),
        time_zone=clinic.time_zone,
        expires_date=end.date(),
        expires_time=end.time(),
        reason="A red flag was reported: an adrenal crisis is possible.",
    )
    replace_schedule(
        source=red_flag_source(report),
        clinic=clinic,
        patient=report.patient,
        requests=[request],
        at=at,
    )


# Values ------------------------------------------------------------------------------------------


def _day_of(patient: Patient, day: date, *, at: datetime) -> date:
    span = values.day(first=patient.birth_date, last=last_day_to_record(patient, at=at))
    on: date = values.checked({"happened_on": day}, {"happened_on": span})["happened_on"]
    return on


def _symptoms(given: Iterable[Symptom | str]) -> frozenset[Symptom]:
    try:
        return frozenset(Symptom(each) for each in given)
    except ValueError:
        raise BadInput("symptoms", "There is no such symptom.") from None


def _reporter(word: ReportedBy | str) -> ReportedBy:
    try:
        return ReportedBy(word)
    except ValueError:
        raise BadInput("reported_by", f"This is one of {', '.join(ReportedBy.values)}.") from None
