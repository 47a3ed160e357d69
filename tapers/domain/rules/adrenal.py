"""Adrenal safety beside the protocol: exposure, physiologic range, short courses."""

from datetime import date
from decimal import Decimal

from tapers.domain import sources
from tapers.domain.rules.rule import Case, Rule, Said, Severity
from tapers.domain.rules.words import day_text, days_text, dose_text

RISK_FROM_DAYS = 21  # days of exposure; three weeks, the cautious end of the guideline's 3-4
SHORT_EXPOSURE_DAYS = 21  # below it the guideline stops without a taper


def adrenal_risk(case: Case) -> bool:
    """Tell whether exposure reaches three weeks by the first day in the physiologic range.

    Unknown exposure before the plan counts as risk. The days of the plan count, too: exposure
    grows while tapering.
    """
    exposure = _exposure_days(case)
    return exposure is None or exposure >= RISK_FROM_DAYS


def _exposure_days(case: Case) -> int | None:
    """Days on steroids until the physiologic range is reached; None when unknown."""
    before = case.context.exposure_days_before_start
    return None if before is None else before + _days_to_physiologic(case)


def _days_to_physiologic(case: Case) -> int:
    if case.daily_mg <= case.drug.physiologic_mg:
        return 0
    if case.made is None:
        return case.conforming.shortest_days
    return (_physiologic_on(case) - case.plan.starts_on).days


def _physiologic_on(case: Case) -> date:
    reached = case.plan.first_day_at_or_below(case.drug.physiologic_mg)
    return reached or case.plan.steps[-1].starts_on


def exposure_suggests_suppression(case: Case) -> Said | None:
    if not adrenal_risk(case):
        return None
    exposure = _exposure_days(case)
    reached_on = _physiologic_on(case)
    on = day_text(reached_on)
    reached = dose_text(drug=case.drug, mg=case.drug.physiologic_mg)
    how_long = (
        "Exposure before this plan is unknown, which counts as risk."
        if exposure is None
        else f"By {on}, the first day at {reached} or less, steroids will have been taken for "
        f"{days_text(exposure)}; from {RISK_FROM_DAYS} days this"
    )
    message = (
        f"{how_long} Possible adrenal suppression. Sick-day plan and card given?"
        if exposure is None
        else f"{how_long} exposure suggests possible adrenal suppression. "
        "Sick-day plan and card given?"
    )
    return Said(
        message,
        {
            "exposure_days": "unknown" if exposure is None else str(exposure),
            "reached_on": str(reached_on),
        },
    )


def reaches_physiologic_range_with_risk(case: Case) -> Said | None:
    if not adrenal_risk(case):
        return None
    on, mg = _physiologic_on(case), case.plan.dose_on(_physiologic_on(case))
    dose = dose_text(drug=case.drug, mg=mg)
    return Said(
        f"From {day_text(on)} {_said_of_range(case, mg)}",
        {"reached_on": str(on), "dose": dose},
    )


def _said_of_range(case: Case, mg: Decimal) -> str:
    """A plan may step over the range, to 0 mg or to a dose below its lower end."""
    dose, test = dose_text(drug=case.drug, mg=mg), "Morning cortisol can be tested before stopping."
    lowest_mg = case.drug.exposure_mg
    if mg == 0:
        return f"no steroid is taken: the plan goes below the physiologic range. {test}"
    if mg < lowest_mg:
        return (
            f"the dose is {dose} a day: the plan goes below the physiologic range, which begins "
            f"at {dose_text(drug=case.drug, mg=lowest_mg)}. {test}"
        )
    return (
        f"the dose is {dose} a day, in the physiologic range. Continue with symptom checks, or "
        "test morning cortisol before stopping."
    )


def exposure_is_short(case: Case) -> Said | None:
    exposure = case.context.exposure_days_before_start
    if exposure is None or exposure >= SHORT_EXPOSURE_DAYS:
        return None
    return Said(
        f"{days_text(exposure).capitalize()} on steroids so far. Under 3-4 weeks of exposure a "
        "taper may be unnecessary.",
        {"exposure_days": str(exposure)},
    )


def drug_is_long_acting(case: Case) -> Said | None:
    if not case.drug.is_long_acting:
        return None
    return Said(
        f"{case.drug.label} is usually changed to a shorter-acting steroid before withdrawal. "
        "No ladder is made for it automatically.",
        {"drug": case.drug.value},
    )


RULES = (
    Rule(
        code="ADRENAL_RISK",
        says="After 21 days at more than 4 mg of prednisone a day, counted to the first day in the "
        "physiologic range (5 mg or less), the adrenal glands may be suppressed. Unknown exposure "
        "counts as risk.",
        severity=Severity.WARNING,
        sources=(
            sources.ADRENAL_GUIDELINE,
            sources.STEROID_CARD,
            sources.ADRENAL_PAPER,
            sources.PROPOSAL,
        ),
        because="Both sources expect insufficiency after three to four weeks; the cautious end is "
        "taken, and a sick-day plan and a card are asked for once.",
        check=exposure_suggests_suppression,
    ),
    Rule(
        code="PHYSIO_RANGE",
        says="On the step into the physiologic range with adrenal risk, continue with symptom "
        "checks or test morning cortisol. A step over the range, to 0 or below its lower end, is "
        "called that; morning cortisol can be tested before stopping.",
        severity=Severity.INFO,
        sources=(sources.ADRENAL_TAPER,),
        because="The protocol passes this range in two to four weeks; the guideline spends months "
        "there or tests.",
        check=reaches_physiologic_range_with_risk,
    ),
    Rule(
        code="EXPOSURE_SHORT",
        says="After less than 21 days on steroids a taper may be unnecessary.",
        severity=Severity.INFO,
        sources=(sources.ADRENAL_SHORT_COURSE,),
        because="The guideline stops such short courses without a taper at any dose, while the "
        "protocol would add weeks of steroid.",
        check=exposure_is_short,
        needs_plan=False,
    ),
    Rule(
        code="DRUG_LONG_ACTING",
        says="Dexamethasone and betamethasone are usually changed to a shorter-acting steroid "
        "before withdrawal.",
        severity=Severity.WARNING,
        sources=(sources.ADRENAL_TAPER,),
        because="The ladder is written for prednisone, and long-acting drugs suppress the adrenal "
        "axis more than their equivalents say.",
        check=drug_is_long_acting,
        needs_plan=False,
    ),
)
