"""What would come of a revision. The service stores what is worked out here, the page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tapers.domain.changes import revise_remainder
from tapers.domain.dose import check_entered_mg
from tapers.domain.errors import OutOfRange
from tapers.domain.plan import Plan
from tapers.domain.rules.rule import Finding
from tapers.domain.rules.rulebook import findings
from tapers.domain.schedule import Regimen
from tapers.models import PlanRevision, Taper
from tapers.selectors.acceptances import accepted_on, asks_for_a_reason, carried_over
from tapers.selectors.course_so_far import course_so_far
from tapers.selectors.facts import context_of_taper
from tapers.selectors.plans import plan_of, reports_for, taken_steps
from tapers.vocabulary import Origin

MAX_STEPS = 200
MAX_DAYS = 5 * 365


@dataclass(frozen=True)
class Remainder:
    """What the prescriber wants from a day on: a dose and a regimen, or the steps themselves."""

    starts_on: date
    daily_mg: Decimal
    regimen: Regimen | None = None
    steps: Sequence[tuple[date, Decimal]] | None = None


@dataclass(frozen=True)
class RevisedPlan:
    """The whole course with its new remainder, which begins with step *from_step*."""

    plan: Plan
    from_step: int
    edited_from_step: int | None


@dataclass(frozen=True)
class RevisionPreview:
    """What a revision would make of the plan; *asked* are the codes that want a reason."""

    before: Plan
    plan: Plan
    findings: tuple[Finding, ...]
    asked: tuple[str, ...]


def revised_plan(*, taper: Taper, remainder: Remainder) -> RevisedPlan:
    """Return the plan as it would be. Raise DomainError for what cannot be one."""
    _check_steps(remainder)
    _check_doses(taper, remainder)
    reports = reports_for(taper)
    so_far = course_so_far(
        taper=taper, plan=plan_of(taper), reports=reports, until=remainder.starts_on
    )
    plan = revise_remainder(
        plan=so_far.plan,
        starts_on=remainder.starts_on,
        daily_mg=remainder.daily_mg,
        regimen=remainder.regimen,
        steps=remainder.steps,
        last_taken_number=max(taken_steps(reports), default=None),
    )
    from_step = 1 + sum(step.starts_on < remainder.starts_on for step in plan.steps)
    return RevisedPlan(plan, from_step, None if remainder.steps is None else from_step)


def _check_steps(remainder: Remainder) -> None:
    """Refuse what no prescriber means: hundreds of steps, or years between them."""
    steps = remainder.steps or ()
    if len(steps) > MAX_STEPS:
        raise OutOfRange("steps", 1, MAX_STEPS, "steps")
    last = remainder.starts_on + timedelta(days=MAX_DAYS)
    if any(not remainder.starts_on <= day <= last for day, _ in steps):
        raise OutOfRange("steps", remainder.starts_on, last)


def _check_doses(taper: Taper, remainder: Remainder) -> None:
    """A new dose is entered in the drug's steps; one the plan already holds may be finer."""
    plan = plan_of(taper)
    held = {plan.start_daily_mg, *(step.daily_mg for step in plan.steps)}
    entered = [
        ("daily_mg", remainder.daily_mg),
        *(("steps", mg) for _, mg in remainder.steps or ()),
    ]
    for field, mg in entered:
        if mg not in held:
            check_entered_mg(drug=taper.drug_taken, mg=mg, field=field)


def preview_revision(*, taper: Taper, remainder: Remainder, reason: str) -> RevisionPreview:
    """Work a revision out without storing it; *reason* is what the prescriber gives for it."""
    revised = revised_plan(taper=taper, remainder=remainder)
    revision = PlanRevision(
        taper=taper,
        number=taper.revision + 1,
        origin=Origin.REVISED,
        reason=reason,
        hold_days=remainder.regimen.hold_days if remainder.regimen else None,
        edited_from_step=revised.edited_from_step,
        revised_from_step=revised.from_step,
    )
    accepted = carried_over(
        accepted_on(taper),
        said=_said(taper, revised.plan, revision, {}),
        origin=Origin.REVISED,
    )
    known = {code: each.reason for code, each in accepted.items()}
    said = _said(taper, revised.plan, revision, known)
    return RevisionPreview(
        before=plan_of(taper),
        plan=revised.plan,
        findings=said,
        asked=tuple(each.code for each in said if asks_for_a_reason(each, accepted)),
    )


def _said(
    taper: Taper, plan: Plan, revision: PlanRevision, reasons: Mapping[str, str]
) -> tuple[Finding, ...]:
    context = context_of_taper(taper=taper, plan=plan, revision=revision, reasons=reasons)
    return findings(plan=plan, context=context)
