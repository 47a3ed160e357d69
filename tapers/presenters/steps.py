"""A plan as a table of steps: days in words, doses with units, tablets drawn."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from patients.presenters import words
from tapers.domain.course import DoseInForce, Outcome, Report, late_step
from tapers.domain.dose import Drug, TabletStrength, mg_text, to_prednisone_mg
from tapers.domain.plan import DoseStep, Plan
from tapers.presenters.tablets import Tablets, tablets_of

PREDNISONES = (Drug.PREDNISONE, Drug.PREDNISOLONE)
NO_STEROID = "0 mg: no steroid from this day"


@dataclass(frozen=True)
class StepRow:
    """One step. `state` is a word about it, with its tone; empty in a plan not yet followed."""

    number: int
    day: str
    when: str
    dose: str
    equivalent: str
    change: str
    lasts: str
    tablets: Tablets
    state: str = ""
    tone: str = "plain"
    css: str = ""
    note: str = ""


def dose_words(mg: Decimal) -> str:
    return f"{mg_text(mg)} mg a day" if mg else "no steroid"


def step_rows(
    plan: Plan, *, strengths: Sequence[TabletStrength], today: date
) -> tuple[StepRow, ...]:
    """Rows of a plan that nobody follows yet."""
    return tuple(_row(plan, step, strengths, today) for step in plan.steps)


def followed_rows(
    plan: Plan,
    *,
    strengths: Sequence[TabletStrength],
    reports: Sequence[Report],
    dose_now: DoseInForce | None,
    today: date,
    running: bool,
) -> tuple[StepRow, ...]:
    """Rows of a plan that is followed: what was taken, what is late, where one is now."""
    latest = {report.step_number: report for report in reports}
    last_taken = max((r.step_number for r in reports if r.outcome is Outcome.TAKEN), default=0)
    late = late_step(plan=plan, reports=reports, on=today) if running else None
    now = dose_now.step_number if dose_now and running else None
    rows = []
    for step in plan.steps:
        report = latest.get(step.number)
        state, tone = _state(step, report, late, passed=step.number < last_taken)
        if not state and step.starts_on <= today:
            state = _unanswered(step, late, passed=step.number < last_taken)
        taken = report is not None and report.outcome is Outcome.TAKEN
        row = _row(plan, step, strengths, today)
        is_now = step.number == now
        css = "now" if is_now else "past" if taken else ""
        note = "present dose" if is_now else ""
        rows.append(replace(row, state=state, tone=tone, css=css, note=note))
    return tuple(rows)


def _row(plan: Plan, step: DoseStep, strengths: Sequence[TabletStrength], today: date) -> StepRow:
    return StepRow(
        number=step.number,
        day=words.day(step.starts_on),
        when=words.from_today(step.starts_on, today=today),
        dose=f"{mg_text(step.daily_mg)} mg" if step.daily_mg else NO_STEROID,
        equivalent=_equivalent(plan.drug, step.daily_mg),
        change=_change(plan, step),
        lasts=words.counted(step.days, "day") if step.days is not None else "",
        tablets=tablets_of(step.daily_mg, strengths),
    )


def _equivalent(drug: Drug, mg: Decimal) -> str:
    if drug in PREDNISONES or not mg:
        return ""
    return f"= {mg_text(to_prednisone_mg(drug=drug, mg=mg))} mg prednisone"


def _change(plan: Plan, step: DoseStep) -> str:
    fall = plan.dose_before(step.number) - step.daily_mg
    if not fall:
        return "stay"
    return f"{'−' if fall > 0 else '+'}{mg_text(abs(fall))} mg"


def _state(
    step: DoseStep, report: Report | None, late: tuple[DoseStep, int] | None, *, passed: bool
) -> tuple[str, str]:
    if report is not None and report.outcome is Outcome.TAKEN:
        return f"taken {words.short_day(report.on)}", "on"
    if report is not None and passed and report.outcome is Outcome.NOT_YET:
        return f"not taken, said {words.short_day(report.on)}", "plain"
    if report is not None:
        said = "problem" if report.outcome is Outcome.PROBLEM else "not yet"
        return f"{said}, said {words.short_day(report.on)}", "late"
    if late is None or late[0].number != step.number:
        return "", "plain"
    return words.late_by(late[1]), "late" if late[1] else "due"


def _unanswered(step: DoseStep, late: tuple[DoseStep, int] | None, *, passed: bool) -> str:
    """What to say of a step whose day has come, of which nobody has said anything."""
    if passed or late is None:
        return "nothing said"
    return f"waits for step {late[0].number}"
