"""From a proposal to a running taper: draft, discard, activate."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from patients import audit
from patients.access import Permission, check
from patients.errors import BadInput, Conflict
from patients.models import Patient
from patients.vocabulary import Event, PatientStatus
from tapers.domain.dose import mg_text
from tapers.domain.states import RUNNING, Action, Status
from tapers.errors import AlreadyOnTaper, PlanChanged
from tapers.models import Taper
from tapers.proposal import Proposal
from tapers.selectors.plans import current_revision, plan_of
from tapers.selectors.previews import Preview, preview_of
from tapers.services.alerts import checked_reasons, store_findings
from tapers.services.course_alerts import close_what_a_plan_ends
from tapers.services.revisions import locked, status_after, store_revision, today_of
from tapers.services.schedule import ask_for_monitoring, ask_for_reminders
from tapers.vocabulary import Origin

REGIMEN = ("decrement_mg", "interval_days", "interval_days_from_10_mg")
ALL_THREE = "A regimen is all three of its fields."
NO_PLAN = "No plan comes of this. Choose a regimen."


@transaction.atomic
def draft_taper(*, actor: User, patient: Patient, proposal: Proposal, at: datetime) -> Taper:
    """Store the plan that comes of *proposal*; nothing is reminded of until it is activated."""
    check(actor, Permission.DRAFT_TAPER, patient)
    taper = _new_taper(actor, patient, proposal, at=at)
    worked_out = preview_of(
        clinic=patient.clinic, patient=patient, proposal=proposal, today=today_of(taper, at=at)
    )
    if worked_out.plan is None:
        raise _no_plan(worked_out)
    taper.window_applies_to = patient.clinic.window_applies_to
    taper.tablet_strengths = [
        {"strength_mg": str(each.strength_mg), "scored": each.scored}
        for each in worked_out.strengths
    ]
    store_revision(
        actor=actor,
        taper=taper,
        plan=worked_out.plan,
        origin=Origin.DRAFTED,
        regimen=worked_out.regimen,
        at=at,
    )
    audit.record(
        Event.TAPER_DRAFTED,
        patient=patient,
        actor=actor,
        at=at,
        subject=taper,
        drug=taper.drug,
        daily_mg=mg_text(taper.start_daily_mg),
        starts_on=taper.starts_on.isoformat(),
        first_zero_on=taper.first_zero_on.isoformat(),
    )
    return taper


@transaction.atomic
def discard_draft(*, actor: User, taper: Taper, at: datetime) -> Taper:
    check(actor, Permission.DRAFT_TAPER, taper.patient)
    taper = locked(taper)
    taper.status = status_after(taper, Action.DISCARD)
    taper.ended_on, taper.ended_by, taper.ended_at = today_of(taper, at=at), actor, at
    taper.save(update_fields=["status", "ended_on", "ended_by", "ended_at"])
    audit.record(Event.DRAFT_DISCARDED, patient=taper.patient, actor=actor, at=at, subject=taper)
    return taper


@transaction.atomic
def activate_taper(
    *,
    actor: User,
    taper: Taper,
    reasons: Mapping[str, str],
    revision: int | None = None,
    at: datetime,
) -> Taper:
    """Let the draft run: each warning with its reason, one running taper a patient.

    With *revision*, what was read of another revision is not signed: PlanChanged.
    """
    check(actor, Permission.ACTIVATE_TAPER, taper.patient)
    taper = locked(taper)
    taper.status = status_after(taper, Action.ACTIVATE)
    if revision not in (None, taper.revision):
        raise PlanChanged
    check_patient_is_treated(taper.patient)
    if Taper.objects.filter(patient=taper.patient, status__in=list(RUNNING)).exists():
        raise AlreadyOnTaper
    plan = plan_of(taper)
    alerts = store_findings(
        actor=actor,
        taper=taper,
        plan=plan,
        revision=current_revision(taper),
        reasons=checked_reasons(reasons),
        blocks=True,
        at=at,
    )
    taper.activated_by, taper.activated_at = actor, at
    _run(taper)
    ask_for_reminders(taper, plan, at)
    ask_for_monitoring(taper.patient, at)
    audit.record(
        Event.TAPER_STARTED,
        patient=taper.patient,
        actor=actor,
        at=at,
        subject=taper,
        revision=taper.revision,
        starts_on=plan.starts_on.isoformat(),
        first_zero_on=taper.first_zero_on.isoformat(),
        findings=[alert.code for alert in alerts],
    )
    close_what_a_plan_ends(patient=taper.patient, at=at)
    return taper


@transaction.atomic
def start_taper(
    *,
    actor: User,
    patient: Patient,
    proposal: Proposal,
    reasons: Mapping[str, str],
    at: datetime,
) -> Taper:
    """Draft and activate in one go; when the activation is refused no draft stays behind."""
    check(actor, Permission.ACTIVATE_TAPER, patient)
    draft = draft_taper(actor=actor, patient=patient, proposal=proposal, at=at)
    return activate_taper(actor=actor, taper=draft, reasons=reasons, at=at)


def check_patient_is_treated(patient: Patient) -> None:
    if patient.status != PatientStatus.ACTIVE:
        label = PatientStatus(patient.status).label.lower()
        raise Conflict(
            f"The patient is recorded as {label}. If that is wrong, change the patient's details "
            "first.",
            code="PATIENT_NOT_ACTIVE",
        )


def _run(taper: Taper) -> None:
    """Another activation may have come in between; the constraint then has the last word."""
    try:
        with transaction.atomic():
            taper.save(update_fields=["status", "activated_by", "activated_at"])
    except IntegrityError:
        raise AlreadyOnTaper from None


def _new_taper(actor: User, patient: Patient, proposal: Proposal, *, at: datetime) -> Taper:
    return Taper(
        patient=patient,
        status=Status.DRAFT,
        drug=proposal.drug,
        start_daily_mg=proposal.start_daily_mg,
        given_daily_mg=proposal.daily_mg,
        alternate_daily_mg=proposal.alternate_daily_mg,
        exposure_days=proposal.exposure_days,
        created_by=actor,
        created_at=at,
    )


def _no_plan(worked_out: Preview) -> BadInput:
    sentences = [each.message for each in worked_out.findings if each.code in WHY_NO_PLAN]
    said = {name: [ALL_THREE] for name in REGIMEN} | {REGIMEN[0]: [" ".join([*sentences, NO_PLAN])]}
    return BadInput(REGIMEN[0], said[REGIMEN[0]][0], fields=said, code="NO_PLAN")


WHY_NO_PLAN = ("PLAN_NO_CONFORMING", "PLAN_SHORT", "DRUG_LONG_ACTING")
