"""What would come of a revision, before it is stored."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from tapers.domain.plan import WindowAppliesTo
from tapers.domain.schedule import Regimen, window_of
from tapers.models import Taper
from tapers.presenters.builder import PlanFacts, plan_facts
from tapers.presenters.curve import Curve, curve_of
from tapers.presenters.findings import FindingRow, finding_rows
from tapers.presenters.steps import StepRow, step_rows
from tapers.selectors import Remainder, preview_revision


@dataclass(frozen=True)
class Revised:
    """The remainder as the prescriber wants it."""

    starts_on: date
    daily_mg: Decimal
    regimen: Regimen | None
    steps: Sequence[tuple[date, Decimal]] | None
    reason: str


@dataclass(frozen=True)
class RevisionResult:
    plan: PlanFacts
    before: PlanFacts
    curve: Curve
    steps: tuple[StepRow, ...]
    findings: tuple[FindingRow, ...]


def revision_result(taper: Taper, revised: Revised, *, today: date) -> RevisionResult:
    """Work the revision out as the service would. Raise DomainError where it would refuse."""
    seen = preview_revision(
        taper=taper,
        remainder=Remainder(
            starts_on=revised.starts_on,
            daily_mg=revised.daily_mg,
            regimen=revised.regimen,
            steps=revised.steps,
        ),
        reason=revised.reason,
    )
    applies_to = WindowAppliesTo(taper.window_applies_to)
    rows = tuple(
        replace(row, needs_reason=row.code in seen.asked) for row in finding_rows(seen.findings)
    )
    return RevisionResult(
        plan=plan_facts(seen.plan, window_of(plan=seen.plan, applies_to=applies_to)),
        before=plan_facts(seen.before, window_of(plan=seen.before, applies_to=applies_to)),
        curve=curve_of(seen.plan),
        steps=step_rows(seen.plan, strengths=taper.strengths, today=today),
        findings=rows,
    )
