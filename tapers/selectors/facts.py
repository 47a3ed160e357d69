"""From what is recorded to the context that rules may ask."""

from collections.abc import Mapping
from datetime import date

from patients.models import Clinic, Patient
from patients.selectors import ClinicalSnapshot, clinical_snapshot, strengths_for
from tapers.domain.context import ClinicalContext, PatientFacts
from tapers.domain.dose import Drug, TabletStrength
from tapers.domain.plan import Plan, WindowAppliesTo
from tapers.models import PlanRevision, Taper
from tapers.proposal import Proposal


def stocked_strengths(*, clinic: Clinic, drug: Drug) -> tuple[TabletStrength, ...]:
    return tuple(
        TabletStrength(mg, scored=scored) for mg, scored in strengths_for(clinic=clinic, drug=drug)
    )


def window_of_clinic(clinic: Clinic) -> WindowAppliesTo:
    return WindowAppliesTo(clinic.window_applies_to)


def context_of_proposal(
    *, clinic: Clinic, patient: Patient | None, proposal: Proposal
) -> ClinicalContext:
    facts, exposure = _facts(patient, proposal.starts_on)
    strengths = proposal.tablet_strengths
    if strengths is None:
        strengths = stocked_strengths(clinic=clinic, drug=proposal.drug)
    regimen = proposal.held_regimen
    return ClinicalContext(
        exposure_days_before_start=(
            exposure if proposal.exposure_days is None else proposal.exposure_days
        ),
        tablet_strengths=strengths,
        alternate_daily_mg=proposal.alternate_daily_mg,
        given_daily_mg=proposal.daily_mg if proposal.alternate_daily_mg is not None else None,
        window_applies_to=window_of_clinic(clinic),
        patient=facts,
        hold_days=regimen.hold_days if regimen else proposal.hold_days,
    )


def context_of_taper(
    *,
    taper: Taper,
    plan: Plan,
    revision: PlanRevision,
    reasons: Mapping[str, str] | None = None,
    snapshot: ClinicalSnapshot | None = None,
) -> ClinicalContext:
    """*snapshot*: what is known of the patient when the plan starts, where it was read before."""
    facts, exposure = _facts_of(
        snapshot or clinical_snapshot(patient=taper.patient, on=plan.starts_on)
    )
    alternates = taper.alternate_daily_mg is not None
    return ClinicalContext(
        exposure_days_before_start=(
            exposure if taper.exposure_days is None else taper.exposure_days
        ),
        tablet_strengths=taper.strengths,
        alternate_daily_mg=taper.alternate_daily_mg,
        given_daily_mg=taper.given_daily_mg if alternates else None,
        window_applies_to=WindowAppliesTo(taper.window_applies_to),
        patient=facts,
        reasons=dict(reasons or {}),
        edited_from_step=revision.edited_from_step,
        hold_days=revision.hold_days or 0,
        revised_from_step=revision.revised_from_step,
        revision_reason=revision.reason if revision.revised_from_step else "",
    )


def _facts(patient: Patient | None, on: date) -> tuple[PatientFacts | None, int | None]:
    if patient is None:
        return None, None
    return _facts_of(clinical_snapshot(patient=patient, on=on))


def _facts_of(snapshot: ClinicalSnapshot) -> tuple[PatientFacts, int | None]:
    facts = PatientFacts(
        biopsy_recorded=snapshot.biopsy_recorded,
        confirmed_on=snapshot.confirmed_on,
        last_mmt_on=snapshot.last_mmt_on,
        last_function_on=snapshot.last_function_on,
        last_ck_on=snapshot.last_ck_on,
    )
    return facts, snapshot.exposure_days
