"""What would come of a proposal; nothing is stored."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import User

from patients.access import Permission, check
from patients.clock import today_in
from patients.models import Clinic, Patient
from tapers.domain.dose import TabletStrength
from tapers.domain.plan import Plan
from tapers.domain.rules.rule import Finding
from tapers.domain.rules.rulebook import findings, findings_without_plan
from tapers.domain.schedule import (
    Conforming,
    Regimen,
    Window,
    conforming_regimens,
    plan_for,
    window_days_of,
    window_of,
)
from tapers.proposal import Proposal
from tapers.selectors.facts import context_of_proposal, window_of_clinic


@dataclass(frozen=True)
class Preview:
    """The plan that comes of a proposal, or none; and what the rulebook says of it."""

    proposal: Proposal
    regimen: Regimen | None
    plan: Plan | None
    findings: tuple[Finding, ...]
    conforming: Conforming
    strengths: tuple[TabletStrength, ...]
    window: Window | None
    window_days: int | None


def preview(
    *,
    actor: User,
    clinic: Clinic,
    proposal: Proposal,
    patient: Patient | None = None,
    at: datetime,
) -> Preview:
    check(actor, Permission.READ_RECORD, patient or clinic)
    zone = patient.time_zone if patient else clinic.time_zone
    return preview_of(
        clinic=clinic, patient=patient, proposal=proposal, today=today_in(zone, at=at)
    )


def preview_of(
    *, clinic: Clinic, patient: Patient | None, proposal: Proposal, today: date
) -> Preview:
    """Work the proposal out, without asking who wants to know."""
    proposal.check(today=today)
    applies_to = window_of_clinic(clinic)
    regimen = proposal.held_regimen
    conforming = conforming_regimens(
        drug=proposal.drug,
        daily_mg=proposal.start_daily_mg,
        starts_on=proposal.starts_on,
        hold_days=regimen.hold_days if regimen else proposal.hold_days,
        applies_to=applies_to,
    )
    regimen, plan = _plan_of(proposal, regimen, conforming)
    context = context_of_proposal(clinic=clinic, patient=patient, proposal=proposal)
    if plan is None:
        said = findings_without_plan(
            drug=proposal.drug,
            daily_mg=proposal.start_daily_mg,
            starts_on=proposal.starts_on,
            conforming=conforming,
            context=context,
        )
    else:
        said = findings(plan=plan, context=context)
    return Preview(
        proposal=proposal,
        regimen=regimen,
        plan=plan,
        findings=said,
        conforming=conforming,
        strengths=context.tablet_strengths or (),
        window=window_of(plan=plan, applies_to=applies_to) if plan else None,
        window_days=window_days_of(plan=plan, applies_to=applies_to) if plan else None,
    )


def _plan_of(
    proposal: Proposal, regimen: Regimen | None, conforming: Conforming
) -> tuple[Regimen | None, Plan | None]:
    """The plan of the regimen given, else the pre-selected one, else none."""
    if regimen is not None:
        plan = plan_for(
            drug=proposal.drug,
            daily_mg=proposal.start_daily_mg,
            regimen=regimen,
            starts_on=proposal.starts_on,
        )
        return regimen, plan
    chosen = conforming.preselected
    return (chosen.regimen, chosen.plan) if chosen else (None, None)
