"""The course of the patient beside the plan, beginning with the baseline before it."""

from datetime import date, timedelta

from tapers.domain import sources
from tapers.domain.monitoring import DUE_DAYS
from tapers.domain.rules.rule import Case, Rule, Said, Severity
from tapers.domain.rules.words import day_text


def baseline_is_missing(case: Case) -> Said | None:
    patient = case.context.patient
    if patient is None:
        return None
    last_done = {
        "strength (MMT)": patient.last_mmt_on,
        "function": patient.last_function_on,
        "CK": patient.last_ck_on,
    }
    missing = {name: on for name, on in last_done.items() if not _in_time(case, on)}
    if not missing:
        return None
    listed = ", ".join(
        f"{name} {f'last done {day_text(on)}' if on else 'not recorded'}"
        for name, on in missing.items()
    )
    return Said(
        f"No full baseline in the {DUE_DAYS} days before the taper: {listed}.",
        {name: str(on) if on else "none" for name, on in missing.items()},
    )


def _in_time(case: Case, on: date | None) -> bool:
    earliest = case.starts_on - timedelta(days=DUE_DAYS)
    return on is not None and earliest <= on <= case.starts_on


RULES = (
    Rule(
        code="ASSESS_BASELINE",
        says="Strength, function and CK are each measured in the 28 days before the taper.",
        severity=Severity.WARNING,
        sources=(sources.BRIEF_VISITS, sources.PROPOSAL),
        because="Without a baseline no later change can be told from what was there before.",
        check=baseline_is_missing,
    ),
)
