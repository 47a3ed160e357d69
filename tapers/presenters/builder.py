"""The result side of the plan builder: curve, steps, findings, alternatives."""

from dataclasses import dataclass
from datetime import date

from patients.presenters import words
from tapers.domain.dose import mg_text
from tapers.domain.plan import Plan, WindowAppliesTo
from tapers.domain.schedule import Candidate, Conforming, Regimen, Window
from tapers.presenters.curve import Curve, curve_of
from tapers.presenters.findings import FindingRow, asked_once, finding_rows
from tapers.presenters.steps import StepRow, step_rows
from tapers.selectors.previews import Preview

WINDOW_WORDS = {
    Window.WITHIN: ("within 4 to 8 weeks", "on", "check-circle"),
    Window.SHORT: ("shorter than 4 weeks", "info", "info"),
    Window.LONG: ("longer than 8 weeks", "due", "late"),
}
COUNTED = {
    WindowAppliesTo.TOTAL: "until the first day without steroid",
    WindowAppliesTo.TO_10_MG: "until 10 mg is reached",
}


@dataclass(frozen=True)
class Alternative:
    """One conforming regimen as a small picture; `value` is what choosing it sends."""

    value: str
    weeks: str
    total: str
    says: str
    curve: Curve
    chosen: bool
    preselected: bool


@dataclass(frozen=True)
class PlanFacts:
    """A plan in four numbers."""

    weeks: str
    total: str
    first_zero: str
    window: str
    window_tone: str
    window_icon: str


@dataclass(frozen=True)
class BuilderResult:
    plan: PlanFacts | None
    curve: Curve | None
    says: str
    steps: tuple[StepRow, ...]
    findings: tuple[FindingRow, ...]
    alternatives: tuple[Alternative, ...]
    none_fits: str
    convention: str
    shows_tablets: bool
    shows_equivalents: bool

    @property
    def reasons_needed(self) -> int:
        return sum(row.needs_reason for row in self.findings)

    @property
    def reasons_words(self) -> str:
        return words.counted(self.reasons_needed, "reason")


def builder_result(preview: Preview, *, applies_to: WindowAppliesTo, today: date) -> BuilderResult:
    plan = preview.plan
    steps = step_rows(plan, strengths=preview.strengths, today=today) if plan else ()
    return BuilderResult(
        plan=plan_facts(plan, preview.window) if plan else None,
        curve=curve_of(plan) if plan else None,
        says=regimen_words(preview.regimen) if preview.regimen else "",
        steps=steps,
        findings=asked_once(finding_rows(preview.findings)),
        alternatives=alternatives(preview.conforming, preview.regimen, plan),
        none_fits=_none_fits(preview),
        convention=_convention(preview, applies_to),
        shows_tablets=bool(preview.strengths),
        shows_equivalents=any(row.equivalent for row in steps),
    )


def plan_facts(plan: Plan, window: Window | None) -> PlanFacts:
    said, tone, icon = WINDOW_WORDS[window or Window.WITHIN]
    return PlanFacts(
        weeks=words.weeks(plan.duration_days),
        total=f"{mg_text(plan.cumulative_prednisone_mg())} mg",
        first_zero=words.day(plan.first_zero_on) if plan.first_zero_on else "",
        window=said,
        window_tone=tone,
        window_icon=icon,
    )


def regimen_words(regimen: Regimen) -> str:
    hold = (
        f"Stay for {words.counted(regimen.hold_days, 'day')}, then lower"
        if regimen.hold_days
        else "Lower"
    )
    return (
        f"{hold} by {mg_text(regimen.decrement_mg)} mg every "
        f"{words.counted(regimen.interval_days, 'day')} down to 10 mg, then by 2.5 mg every "
        f"{words.counted(regimen.interval_days_from_10_mg, 'day')}."
    )


def alternatives(
    conforming: Conforming, chosen: Regimen | None, plan: Plan | None
) -> tuple[Alternative, ...]:
    """The conforming plans on one common time axis."""
    longest = max((each.duration_days for each in conforming.candidates), default=0)
    return tuple(_alternative(each, chosen, plan, longest) for each in conforming.candidates)


def _alternative(
    candidate: Candidate, chosen: Regimen | None, plan: Plan | None, longest: int
) -> Alternative:
    regimen = candidate.regimen
    return Alternative(
        value=regimen_value(regimen),
        weeks=words.weeks(candidate.duration_days),
        total=f"{mg_text(candidate.cumulative_prednisone_mg)} mg in all",
        says=(
            f"−{mg_text(regimen.decrement_mg)} mg every {regimen.interval_days} days, "
            f"from 10 mg every {regimen.interval_days_from_10_mg}"
        ),
        curve=curve_of(candidate.plan, width=176, height=64, longest_days=longest, small=True),
        chosen=regimen == chosen or candidate.plan == plan,
        preselected=candidate.preselected,
    )


def regimen_value(regimen: Regimen) -> str:
    parts = (regimen.interval_days, regimen.interval_days_from_10_mg)
    return "/".join([mg_text(regimen.decrement_mg), *map(str, parts)])


def _none_fits(preview: Preview) -> str:
    if preview.conforming.candidates:
        return ""
    if preview.proposal.drug.is_long_acting:
        return "There is no automatic plan for a long-acting steroid."
    shortest = words.weeks(preview.conforming.shortest_days)
    longest = words.weeks(preview.conforming.longest_days)
    return (
        "No plan of the protocol takes 4 to 8 weeks from this dose. "
        f"The shortest takes {shortest}, the longest {longest}."
    )


def _convention(preview: Preview, applies_to: WindowAppliesTo) -> str:
    held = preview.regimen.hold_days if preview.regimen else preview.proposal.hold_days
    first = words.day(preview.proposal.starts_on)
    start = (
        f"with {words.counted(held, 'day')} at the present dose first, from {first} on"
        if held
        else f"with the first reduction on {first} (day 0)"
    )
    return f"Weeks are counted {start}, {COUNTED[applies_to]}."
