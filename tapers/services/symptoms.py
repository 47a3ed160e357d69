"""What a patient says of how he or she is: a red flag acts at once, whoever reports it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from notifications.policy import Audience, Kind, ReminderRequest
from notifications.services.schedule import replace_schedule
from patients import audit
from patients.access import Actor, Permission, check, user_of
from patients.clock import today_in
from patients.errors import BadInput, Conflict
from patients.models import Patient
from patients.services import _values as values
from patients.services.patients import end_red_flag, last_day_to_record, pause_for_red_flag
from patients.services.tasks import close_tasks, open_task
from patients.vocabulary import Event, TaskKind
from tapers.domain import sources
from tapers.domain.plan import days_after
from tapers.domain.rules.rule import Severity
from tapers.domain.rules.rulebook import VERSION
from tapers.domain.symptoms import (
    Symptom,
    has_minor_pattern,
    has_red_flag,
    is_told_too_late,
    minor_symptoms_in,
    red_flags_in,
)
from tapers.models import Alert, SymptomReport, Taper
from tapers.selectors.plans import plan_of
from tapers.selectors.symptoms import open_red_flags, symptoms_key
from tapers.selectors.tapers import latest_taper_of
from tapers.services.alerts import stored_source
from tapers.services.course_alerts import evaluate_course
from tapers.services.escalation import ask_for_escalation
from tapers.services.revisions import words
from tapers.services.schedule import ask_for_reminders
from tapers.vocabulary import ReportedBy

RED = "ADRENAL_RED"
MINOR = "ADRENAL_MINOR"
RED_SAYS = "Possible adrenal crisis. Call the patient now; emergency pathway."
NO_REDUCTIONS = " No reminder of a reduction is sent until a prescriber lifts this."
MINOR_SAYS = "Could be steroid withdrawal or adrenal insufficiency. Assess before the next step."
RED_SOURCES = (sources.CRISIS_SIGNS, sources.ADRENAL_PAPER)
MINOR_SOURCES = (sources.WITHDRAWAL_SIGNS, sources.CRISIS_SIGNS, sources.PROPOSAL)
ASKED_AFTER_ZERO_DAYS = 365
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
    patient = _locked(patient)
    sent_before = SymptomReport.objects.filter(form_id=form_id, patient=patient).first()
    if form_id is not None and sent_before is not None:
        return sent_before
    report = SymptomReport.objects.create(
        patient=patient,
        taper=None if history else latest_taper_of(patient=patient),
        symptoms=[each.value for each in Symptom if each in reported],
        note=note,
        red_flag=has_red_flag(reported),
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
    patient = _locked(patient)
    lifted = open_red_flags(patient=patient).update(
        lifted_at=at, lifted_by=actor, lift_reason=reason
    )
    if not lifted:
        raise Conflict("There is no red flag to lift.", code="NO_RED_FLAG")
    _open_alerts(patient, RED).update(reason=reason, acknowledged_by=actor, acknowledged_at=at)
    ask_for_escalation(patient, at)
    patient = end_red_flag(actor=actor, patient=patient, at=at)
    close_tasks(actor=actor, clinic=patient.clinic, key=_red_flag_key(patient), at=at)
    audit.record(
        Event.RED_FLAG_LIFTED, patient=patient, actor=actor, at=at, subject=patient, flags=lifted
    )
    taper = latest_taper_of(patient=patient)
    if taper is not None and taper.is_running:
        ask_for_reminders(taper, plan_of(taper), at)
    return patient


# What follows from a report ----------------------------------------------------------------------


def _act_on(actor: Actor, report: SymptomReport, *, at: datetime) -> None:
    reported = report.to_domain()
    if report.red_flag:
        _act_on_red_flag(actor, report, at=at)
        return
    if has_minor_pattern(reported) and _is_asked(report.taper, report.happened_on):
        minor = minor_symptoms_in(reported)
        _raise_alert(actor, report, MINOR, Severity.WARNING, MINOR_SAYS, minor, at=at)
    what = f" {_in_words(reported)}{_of_a_day(report)}." if reported else ""
    _open_task(
        actor,
        report,
        TaskKind.CALL_PATIENT,
        symptoms_key(report.patient),
        f"{report.patient.code} is not well or has a question, and was told to call today.{what}",
        at=at,
    )


def _act_on_red_flag(actor: Actor, report: SymptomReport, *, at: datetime) -> None:
    patient = report.patient
    flags = red_flags_in(report.to_domain())
    said = f"{_in_words(flags)}{_of_a_day(report)}"
    runs = report.taper is not None and report.taper.is_running
    says = f"{RED_SAYS}{NO_REDUCTIONS}" if runs else RED_SAYS
    pause_for_red_flag(
        actor=actor,
        patient=patient,
        what=f"{said}, reported {report.reported_on}.",
        at=at,
    )
    _raise_alert(actor, report, RED, Severity.CRITICAL, says, flags, at=at)
    text = f"{patient.code} reports: {said}. Possible adrenal crisis: call the patient now."
    _open_task(actor, report, TaskKind.RED_FLAG, _red_flag_key(patient), text, at=at)
    _mail_the_team(report, at=at)


def _raise_alert(
    actor: Actor,
    report: SymptomReport,
    code: str,
    severity: Severity,
    says: str,
    symptoms: Sequence[Symptom],
    *,
    at: datetime,
) -> None:
    """One open alert a patient and code; something new closes it in favour of one that says all."""
    waiting = _open_alerts(report.patient, code).first()
    known = set(waiting.values.get("symptoms", ())) if waiting else set()
    if report.taper is None or (waiting and known >= set(symptoms)):
        return
    if waiting is not None:
        waiting.closed_at = at
        waiting.save(update_fields=["closed_at"])
    every = [each for each in Symptom if each in {*symptoms, *known}]
    alert = Alert.objects.create(
        patient=report.patient,
        taper=report.taper,
        symptom_report=report,
        revision_number=report.taper.revision,
        code=code,
        severity=severity,
        asked_severity=severity,
        message=f"{says} Reported: {_in_words(every)}.",
        values={"symptoms": [each.value for each in every]} | _days_of(report),
        sources=[stored_source(each) for each in (RED_SOURCES if code == RED else MINOR_SOURCES)],
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
        severity=severity,
        revision=alert.revision_number,
        rulebook=VERSION,
    )
    ask_for_escalation(report.patient, at)


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
        source=f"red-flag:{report.pk}",
        clinic=clinic,
        patient=report.patient,
        requests=[request],
        at=at,
    )


def _open_task(
    actor: Actor, report: SymptomReport, kind: TaskKind, key: str, text: str, *, at: datetime
) -> None:
    note = f' "{report.note}"' if report.note else ""
    open_task(
        clinic=report.patient.clinic,
        patient=report.patient,
        kind=kind,
        key=key,
        text=f"{text}{note}",
        actor=actor,
        at=at,
    )


# Words and rows ----------------------------------------------------------------------------------


def _in_words(symptoms: Iterable[Symptom]) -> str:
    """Return "Fainting or collapse, repeated vomiting", in the order they are asked."""
    wanted = set(symptoms)
    labels = [each.label for each in Symptom if each in wanted]
    return ", ".join([labels[0], *(each[0].lower() + each[1:] for each in labels[1:])])


def _of_a_day(report: SymptomReport) -> str:
    """Return " of 2026-05-02" where it was told later, and nothing where it is of today."""
    return f" of {report.happened_on}" if report.was_told_later else ""


def _days_of(report: SymptomReport) -> dict[str, str]:
    told = {"reported_on": str(report.reported_on)}
    return {"happened_on": str(report.happened_on)} | told if report.was_told_later else told


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


def _is_asked(taper: Taper | None, on: date) -> bool:
    """From the first day of the plan until a year after the last tablet."""
    if taper is None:
        return False
    return taper.starts_on <= on <= days_after(taper.first_zero_on, ASKED_AFTER_ZERO_DAYS)


def _open_alerts(patient: Patient, code: str) -> QuerySet[Alert]:
    return Alert.objects.filter(
        patient=patient,
        code=code,
        symptom_report__isnull=False,
        acknowledged_at__isnull=True,
        closed_at__isnull=True,
    )


def _locked(patient: Patient) -> Patient:
    rows = Patient.objects.select_for_update(of=("self",), no_key=True).select_related("clinic")
    return rows.get(pk=patient.pk)


def _red_flag_key(patient: Patient) -> str:
    return f"red-flag:{patient.pk}"
