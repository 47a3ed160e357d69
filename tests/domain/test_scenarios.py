"""The scenarios written with clinicians (tests/scenarios/*.toml), each run from end to end."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tapers.domain.changes import resume_plan, revise_remainder, shift_late_step
from tapers.domain.context import ClinicalContext, PatientFacts
from tapers.domain.dose import (
    TabletStrength,
    drug_called,
    from_prednisone_mg,
    mean_of_alternate_days,
    tablets_for,
)
from tapers.domain.monitoring import assessment_due_on, monitoring_state, overdue_from
from tapers.domain.plan import Plan, WindowAppliesTo
from tapers.domain.reminders import ReminderKind, reminders_for
from tapers.domain.rules.rule import Finding
from tapers.domain.rules.rulebook import RULES, findings, findings_without_plan
from tapers.domain.schedule import (
    Conforming,
    Regimen,
    conforming_regimens,
    plan_for,
    window_days_of,
    window_of,
)

FOLDER = Path(__file__).parent.parent / "scenarios"
Row = Mapping[str, Any]


def scenarios() -> list[Any]:
    rows = []
    for path in sorted(FOLDER.glob("*.toml")):
        content = tomllib.loads(path.read_text(), parse_float=Decimal)
        rows += [
            pytest.param(row, id=f"{path.stem}: {row['title']}")
            for row in content.get("scenario", [content])
        ]
    return rows


@dataclass(frozen=True)
class Outcome:
    """What the domain made of a scenario."""

    plan: Plan | None
    conforming: Conforming
    findings: tuple[Finding, ...]
    context: ClinicalContext
    original: Plan | None


def outcome_of(row: Row) -> Outcome:
    regimen, context = row["regimen"], _context(row)
    drug, starts_on = drug_called(regimen["drug"]), regimen["starts_on"]
    daily_mg = _daily_mg(row)
    conforming = conforming_regimens(
        drug=drug,
        daily_mg=daily_mg,
        starts_on=starts_on,
        hold_days=context.hold_days,
        applies_to=context.window_applies_to,
    )
    original: Plan | None
    if "decrement_mg" in regimen:
        original = plan_for(
            drug=drug, daily_mg=daily_mg, regimen=_regimen(regimen), starts_on=starts_on
        )
    else:
        original = conforming.preselected.plan if conforming.preselected else None
    if original is None:
        said = findings_without_plan(
            drug=drug,
            daily_mg=daily_mg,
            starts_on=starts_on,
            conforming=conforming,
            context=context,
        )
        return Outcome(None, conforming, said, context, None)
    plan = original
    for change in row.get("changes", []):
        plan, context = CHANGES[change["kind"]](plan, context, change)
    return Outcome(plan, conforming, findings(plan=plan, context=context), context, original)


def _daily_mg(row: Row) -> Decimal:
    given = Decimal(row["regimen"]["daily_mg"])
    alternate = row.get("context", {}).get("alternate_daily_mg")
    if alternate is None:
        return given
    return mean_of_alternate_days(daily_mg=given, alternate_daily_mg=Decimal(alternate))


def _regimen(row: Row) -> Regimen:
    return Regimen(
        decrement_mg=Decimal(row["decrement_mg"]),
        interval_days=row["interval_days"],
        interval_days_from_10_mg=row["interval_days_from_10_mg"],
        hold_days=row.get("hold_days", 0),
    )


def _context(row: Row) -> ClinicalContext:
    given = row.get("context", {})
    alternate = given.get("alternate_daily_mg")
    return ClinicalContext(
        exposure_days_before_start=given.get("exposure_days"),
        tablet_strengths=_strengths(given),
        alternate_daily_mg=None if alternate is None else Decimal(alternate),
        given_daily_mg=None if alternate is None else Decimal(row["regimen"]["daily_mg"]),
        window_applies_to=WindowAppliesTo(given.get("window_applies_to", "TOTAL")),
        patient=PatientFacts(**given["patient"]) if "patient" in given else None,
        reasons=given.get("reasons", {}),
        hold_days=row["regimen"].get("hold_days", 0),
    )


def _strengths(given: Row) -> tuple[TabletStrength, ...] | None:
    """None where a scenario says nothing about tablets."""
    if "tablet_strengths_mg" not in given:
        return None
    return tuple(map(_strength, given["tablet_strengths_mg"]))


def _strength(given: Any) -> TabletStrength:
    if isinstance(given, dict):
        return TabletStrength(Decimal(given["strength_mg"]), scored=given["scored"])
    return TabletStrength(Decimal(given))


def _revised(plan: Plan, context: ClinicalContext, row: Row) -> tuple[Plan, ClinicalContext]:
    if "steps" in row:
        steps = [(step["starts_on"], Decimal(step["daily_mg"])) for step in row["steps"]]
        revised = revise_remainder(plan=plan, starts_on=steps[0][0], steps=steps)
        first = revised.step_on(steps[0][0]).number
        return revised, replace(context, edited_from_step=first, revised_from_step=first)
    revised = revise_remainder(
        plan=plan,
        starts_on=row["starts_on"],
        daily_mg=Decimal(row["daily_mg"]),
        regimen=_regimen(row),
    )
    return revised, replace(
        context,
        revised_from_step=revised.step_on(row["starts_on"]).number,
        revision_reason=row.get("reason", ""),
    )


def _taken_late(plan: Plan, context: ClinicalContext, row: Row) -> tuple[Plan, ClinicalContext]:
    moved = shift_late_step(plan=plan, step_number=row["step_number"], taken_on=row["taken_on"])
    return moved, _no_longer_revised(context)


def _resumed(plan: Plan, context: ClinicalContext, row: Row) -> tuple[Plan, ClinicalContext]:
    resumed = resume_plan(plan=plan, in_force_number=row["in_force_number"], on=row["on"])
    return resumed, _no_longer_revised(context)


def _no_longer_revised(context: ClinicalContext) -> ClinicalContext:
    """The latest revision moved days only."""
    return replace(context, revised_from_step=None, revision_reason="")


CHANGES: dict[str, Callable[..., tuple[Plan, ClinicalContext]]] = {
    "REVISE": _revised,
    "LATE": _taken_late,
    "RESUME": _resumed,
}


@pytest.mark.parametrize("row", scenarios())
def test_a_scenario_comes_out_to_the_day_and_the_milligram(row: Row) -> None:
    outcome = outcome_of(row)
    expected = row["expected"]

    assert_findings(outcome.findings, expected)
    assert_conforming(outcome.conforming, expected)
    if outcome.plan is not None:
        assert_plan(outcome.plan, outcome.context, expected)
        assert_steps(outcome.plan, outcome.context, expected.get("steps", []))
        assert_reminders(outcome.plan, row)
    if "dose_on" in expected:
        assert outcome.original is not None
        wanted = expected["dose_on"]
        assert outcome.original.dose_on(wanted["on"]) == wanted["daily_mg"]


@pytest.mark.parametrize("row", [row for row in scenarios() if "assessment" in row.values[0]])
def test_monitoring_of_a_scenario_falls_due_on_its_days(row: Row) -> None:
    visit = row["assessment"]

    due_on = assessment_due_on(
        last_full_on=visit["last_full_on"], taper_starts_on=row["regimen"]["starts_on"]
    )

    assert due_on == visit["due_on"]
    assert (overdue_from(due_on=due_on) - visit["last_day_in_time"]).days == 1
    assert monitoring_state(due_on=due_on, today=visit["today"]) == visit["state"]


def assert_findings(found: tuple[Finding, ...], expected: Row) -> None:
    said = {finding.code: finding for finding in found}
    for code, severity in expected.get("fires", {}).items():
        assert code in said, f"{code} did not fire"
        assert said[code].severity == severity
    for code in [*expected.get("silent", []), *expected.get("just_short_of", [])]:
        assert code not in said, said[code].message
    for code, words in expected.get("says", {}).items():
        assert words in said[code].message
    for code, words in expected.get("says_not", {}).items():
        assert words not in said[code].message


def assert_conforming(conforming: Conforming, expected: Row) -> None:
    if "conforming" in expected:
        assert [
            {
                "decrement_mg": each.regimen.decrement_mg,
                "interval_days": each.regimen.interval_days,
                "interval_days_from_10_mg": each.regimen.interval_days_from_10_mg,
                "duration_days": each.duration_days,
            }
            for each in conforming.candidates
        ] == expected["conforming"]
    if "shortest_days" in expected:
        assert conforming.shortest_days == expected["shortest_days"]


def assert_plan(plan: Plan, context: ClinicalContext, expected: Row) -> None:
    applies_to = context.window_applies_to
    five = from_prednisone_mg(drug=plan.drug, prednisone_mg=Decimal(5))
    facts = {
        "first_zero_on": plan.first_zero_on,
        "duration_days": plan.duration_days,
        "window": window_of(plan=plan, applies_to=applies_to),
        "window_days": window_days_of(plan=plan, applies_to=applies_to),
        "cumulative_mg": plan.cumulative_prednisone_mg(),
        "first_day_at_or_below_5_mg": plan.first_day_at_or_below(five),
    }

    wanted = {name: expected[name] for name in facts if name in expected}

    assert {name: facts[name] for name in wanted} == wanted


def assert_steps(plan: Plan, context: ClinicalContext, wanted: list[Row]) -> None:
    if not wanted:
        return
    assert [(step.starts_on, step.daily_mg) for step in plan.steps] == [
        (row["starts_on"], row["daily_mg"]) for row in wanted
    ]
    for step, row in zip(plan.steps, wanted, strict=True):
        if "decrement_mg" in row:
            assert plan.decrement_mg(step.number) == row["decrement_mg"]
            assert step.wait_days == row.get("wait_days")
        if "tablets_mg" in row:
            assert _swallowed(step.daily_mg, context) == row["tablets_mg"]


def _swallowed(daily_mg: Decimal, context: ClinicalContext) -> list[Decimal]:
    counts = tablets_for(daily_mg=daily_mg, strengths=context.tablet_strengths or ())
    assert counts is not None
    return [each.strength_mg for each in counts for _ in range(int(each.count))]


def assert_reminders(plan: Plan, row: Row) -> None:
    wanted = [
        (kind, step[name])
        for step in row["expected"].get("steps", [])
        for kind, name in (
            (ReminderKind.STEP_HEADS_UP, "heads_up_at"),
            (ReminderKind.STEP_DAY, "day_at"),
        )
        if name in step
    ]
    if wanted:
        zone = ZoneInfo(row["time_zone"])
        assert [
            (each.kind, _instant(each.local_date, each.local_time, zone))
            for each in reminders_for(plan=plan)
        ] == wanted


def _instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def test_every_rule_is_fired_by_a_scenario_and_missed_narrowly_by_another() -> None:
    expected = [param.values[0]["expected"] for param in scenarios()]
    codes = {rule.code for rule in RULES}

    fired = {code for each in expected for code in each.get("fires", {})}
    missed = {code for each in expected for code in each.get("just_short_of", [])}

    assert fired == codes
    assert missed == codes
