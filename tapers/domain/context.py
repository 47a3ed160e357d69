"""The facts about a patient and a clinic that rules may ask, besides the plan itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tapers.domain.dose import TabletStrength
from tapers.domain.plan import WindowAppliesTo


@dataclass(frozen=True)
class PatientFacts:
    """What is recorded of a patient; the three dates are the last at or before the plan's start."""

    biopsy_recorded: bool = False
    confirmed_on: date | None = None
    last_mmt_on: date | None = None
    last_function_on: date | None = None
    last_ck_on: date | None = None


@dataclass(frozen=True)
class ClinicalContext:
    """What is known when a plan is looked at.

    exposure_days_before_start: days on steroids before the plan; None is unknown, never 0.
    tablet_strengths: what is listed of the drug, which may be nothing; None: not asked about.
    alternate_daily_mg, given_daily_mg: the two doses, where doses alternate by day.
    patient: None for a preview without a patient; then nothing about a patient is asked.
    reasons: code to reason, for findings already acknowledged with one.
    edited_from_step: steps from this number on were written by hand.
    revised_from_step, revision_reason: where the latest revision began, and why.
    """

    exposure_days_before_start: int | None = None
    tablet_strengths: tuple[TabletStrength, ...] | None = None
    alternate_daily_mg: Decimal | None = None
    given_daily_mg: Decimal | None = None
    window_applies_to: WindowAppliesTo = WindowAppliesTo.TOTAL
    patient: PatientFacts | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    edited_from_step: int | None = None
    hold_days: int = 0
    revised_from_step: int | None = None
    revision_reason: str = ""
