"""Steps written by hand, held against the protocol's sizes and waits."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from tapers.domain import sources
from tapers.domain.dose import mg_text, to_prednisone_mg
from tapers.domain.plan import DoseStep
from tapers.domain.rules.rule import Case, Rule, Said, Severity
from tapers.domain.rules.words import day_text, days_text, dose_text, listed
from tapers.domain.schedule import DECREMENT_MG, INTERVAL_DAYS, LINE_MG, LOW_STEP_MG


def _reductions(case: Case) -> Iterator[DoseStep]:
    """Steps written by hand that lower the dose."""
    first = case.context.edited_from_step
    for step in case.plan.steps:
        if first is not None and step.number >= first and case.plan.decrement_mg(step.number) > 0:
            yield step


def _before_mg(case: Case, step: DoseStep) -> Decimal:
    """The prednisone mg that the step leaves."""
    return to_prednisone_mg(drug=case.drug, mg=case.plan.dose_before(step.number))


def _largest_mg(case: Case, step: DoseStep) -> Decimal:
    """The protocol's largest step from that dose; from above 10 mg it stops at 10 mg."""
    before = _before_mg(case, step)
    return min(DECREMENT_MG[1], before - LINE_MG) if before > LINE_MG else LOW_STEP_MG


def _waited_days(case: Case, step: DoseStep) -> int | None:
    """Days at the dose that the step leaves; None where it was already taken before the plan."""
    first = step.number
    while first > 1 and case.plan.dose_before(first) == case.plan.step(first - 1).daily_mg:
        if case.plan.changes_dose(first - 1):
            return (step.starts_on - case.plan.step(first - 1).starts_on).days
        first -= 1
    return None


def _too_large(case: Case, step: DoseStep) -> str | None:
    lowers, largest = case.plan.decrement_mg(step.number), _largest_mg(case, step)
    if lowers <= largest:
        return None
    return (
        f"The step on {day_text(step.starts_on)} lowers by {mg_text(lowers)} mg; the protocol's "
        f"largest from {mg_text(_before_mg(case, step))} mg is {mg_text(largest)} mg."
    )


def _too_fast(case: Case, step: DoseStep) -> str | None:
    waited = _waited_days(case, step)
    if waited is None or waited >= INTERVAL_DAYS[0]:
        return None
    dose = dose_text(drug=case.drug, mg=case.plan.dose_before(step.number))
    return f"Only {days_text(waited)} at {dose}, before {day_text(step.starts_on)}."


def _too_slow(case: Case, step: DoseStep) -> str | None:
    return _small(case, step) or _long_wait(case, step)


def _small(case: Case, step: DoseStep) -> str | None:
    lowers, before = case.plan.decrement_mg(step.number), _before_mg(case, step)
    lands_on_line = before - lowers == LINE_MG
    if before <= LINE_MG or lands_on_line or lowers >= DECREMENT_MG[0]:
        return None
    return (
        f"Slower than the protocol on {day_text(step.starts_on)}: {mg_text(lowers)} mg less, "
        f"where it lowers by at least {DECREMENT_MG[0]} mg."
    )


def _long_wait(case: Case, step: DoseStep) -> str | None:
    waited = _waited_days(case, step)
    if waited is None or waited <= INTERVAL_DAYS[1]:
        return None
    dose = dose_text(drug=case.drug, mg=case.plan.dose_before(step.number))
    return (
        f"Slower than the protocol before {day_text(step.starts_on)}: {days_text(waited)} at "
        f"{dose}, where it waits at most {INTERVAL_DAYS[1]}."
    )


def _said_of_each(case: Case, look: Callable[[Case, DoseStep], str | None]) -> Said | None:
    told = {step.number: text for step in _reductions(case) if (text := look(case, step))}
    if not told:
        return None
    return Said(listed(list(told.values())), {"steps": ", ".join(map(str, told))})


def steps_are_too_large(case: Case) -> Said | None:
    return _said_of_each(case, _too_large)


def steps_follow_too_fast(case: Case) -> Said | None:
    return _said_of_each(case, _too_fast)


def steps_are_slower(case: Case) -> Said | None:
    return _said_of_each(case, _too_slow)


RULES = (
    Rule(
        code="STEP_LARGE",
        says="Above 10 mg lower by at most 10 mg, stopping at 10 mg; from 10 mg by at most 2.5 mg.",
        severity=Severity.WARNING,
        sources=(sources.BRIEF_ABOVE_10, sources.BRIEF_FROM_10),
        because="Asked of steps written by hand; generated ones keep it by construction.",
        check=steps_are_too_large,
    ),
    Rule(
        code="STEP_FAST",
        says="Wait at least 7 days at a dose before the next reduction.",
        severity=Severity.WARNING,
        sources=(sources.BRIEF_ABOVE_10, sources.BRIEF_FROM_10),
        because="Asked of steps written by hand; the brief waits one to two weeks.",
        check=steps_follow_too_fast,
    ),
    Rule(
        code="STEP_SLOW",
        says="Above 10 mg lower by at least 5 mg, except to land on 10 mg; wait at most 14 days.",
        severity=Severity.INFO,
        sources=(sources.BRIEF_ABOVE_10, sources.BRIEF_FROM_10),
        because="Slower than the brief is a note only: caution for the adrenal axis is a good "
        "reason for it.",
        check=steps_are_slower,
    ),
)
