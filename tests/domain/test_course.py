from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapers.domain.course import (
    DoseInForce,
    Outcome,
    Report,
    cumulative_prednisone_mg,
    dose_in_force,
    dose_periods,
    dose_points,
    late_step,
    next_step,
)
from tapers.domain.dose import Drug, to_prednisone_mg
from tapers.domain.plan import Plan
from tapers.domain.schedule import Regimen, plan_for
from tests.domain.strategies import plans, reports_on

MONDAY = date(2026, 3, 2)


def day(offset: int) -> date:
    return MONDAY + timedelta(days=offset)


def from_40_mg(hold_days: int = 0) -> Plan:
    """30 on day 0, 20 on 7, 10 on 14, 7.5 on 21, 5 on 28, 2.5 on 35, 0 on 42."""
    return plan_for(
        drug=Drug.PREDNISONE,
        daily_mg=Decimal(40),
        regimen=Regimen(Decimal(10), 7, 7, hold_days),
        starts_on=MONDAY,
    )


def taken(number: int, on: int) -> Report:
    return Report(number, Outcome.TAKEN, day(on))


def not_yet(number: int, on: int) -> Report:
    return Report(number, Outcome.NOT_YET, day(on))


def mg_on(offset: int, *reports: Report, held: int | None = None) -> Decimal | None:
    dose = dose_in_force(
        plan=from_40_mg(),
        reports=reports,
        on=day(offset),
        held_on=None if held is None else day(held),
    )
    return dose.daily_mg if dose else None


def test_without_a_word_the_plan_is_assumed_and_marked_unconfirmed() -> None:
    dose = dose_in_force(plan=from_40_mg(), reports=[], on=day(8))

    assert dose == DoseInForce(Decimal(20), step_number=2, confirmed=False)


def test_a_step_reported_taken_is_confirmed() -> None:
    dose = dose_in_force(plan=from_40_mg(), reports=[taken(2, 7)], on=day(8))

    assert dose == DoseInForce(Decimal(20), step_number=2, confirmed=True)


def test_before_the_plan_nothing_is_known() -> None:
    assert mg_on(-1) is None


def test_a_step_not_yet_taken_leaves_the_dose_before_it_in_force() -> None:
    assert mg_on(8, not_yet(2, 7)) == 30
    assert mg_on(30, not_yet(2, 7)) == 30


def test_a_problem_leaves_the_dose_before_it_in_force_too() -> None:
    assert mg_on(8, Report(2, Outcome.PROBLEM, day(8))) == 30


def test_a_first_step_not_yet_taken_leaves_the_dose_before_the_plan() -> None:
    dose = dose_in_force(plan=from_40_mg(), reports=[not_yet(1, 0)], on=day(1))

    assert dose == DoseInForce(Decimal(40), step_number=None, confirmed=False)


def test_taken_after_not_yet_takes_effect_on_the_day_it_was_taken() -> None:
    reports = (not_yet(2, 7), taken(2, 10))

    assert [mg_on(offset, *reports) for offset in (9, 10, 13, 14)] == [30, 20, 20, 10]


def test_a_step_taken_early_is_in_force_from_that_day() -> None:
    assert [mg_on(offset, taken(2, 5)) for offset in (4, 5)] == [30, 20]


def test_a_word_from_before_the_step_moved_is_out_of_date() -> None:
    assert mg_on(8, not_yet(2, 3)) == 20


def test_of_two_words_on_one_day_the_later_counts() -> None:
    assert mg_on(8, not_yet(2, 8), taken(2, 8)) == 20
    assert mg_on(8, taken(2, 8), not_yet(2, 8)) == 30


def test_a_later_step_taken_leaves_an_earlier_refusal_behind() -> None:
    reports = (not_yet(2, 7), taken(3, 14))

    assert [mg_on(offset, *reports) for offset in (13, 14)] == [30, 10]


def test_a_word_on_a_step_that_is_no_longer_there_is_ignored() -> None:
    assert mg_on(8, taken(12, 7), not_yet(11, 7)) == 20


def test_on_hold_the_dose_stays_where_it_was() -> None:
    assert [mg_on(offset, held=9) for offset in (6, 9, 40)] == [30, 20, 20]


def test_the_cumulative_dose_of_days_is_half_open() -> None:
    plan = from_40_mg()

    def cumulative(first: int, end: int) -> Decimal:
        return cumulative_prednisone_mg(plan=plan, reports=[], from_on=day(first), to_on=day(end))

    assert cumulative(0, 7) == 210
    assert cumulative(6, 8) == 50
    assert cumulative(8, 8) == 0
    assert cumulative(-30, 400) == 525


def test_the_cumulative_dose_follows_what_was_really_taken() -> None:
    reports = [not_yet(2, 7), taken(2, 10)]

    dose = cumulative_prednisone_mg(
        plan=from_40_mg(), reports=reports, from_on=MONDAY, to_on=day(14)
    )

    assert dose == 10 * 30 + 4 * 20


def test_the_cumulative_dose_goes_on_at_the_held_dose() -> None:
    dose = cumulative_prednisone_mg(
        plan=from_40_mg(), reports=[], from_on=MONDAY, to_on=day(100), held_on=day(9)
    )

    assert dose == 7 * 30 + 93 * 20


@given(plans(), st.data())
def test_the_cumulative_dose_is_the_sum_of_the_doses_in_force(
    plan: Plan, data: st.DataObject
) -> None:
    reports = data.draw(reports_on(plan))
    held_on = data.draw(st.none() | st.dates(plan.starts_on, plan.steps[-1].starts_on))
    first = plan.starts_on + timedelta(days=data.draw(st.integers(-10, 20)))
    days = [first + timedelta(days=offset) for offset in range(data.draw(st.integers(0, 90)))]

    total = cumulative_prednisone_mg(
        plan=plan,
        reports=reports,
        from_on=first,
        to_on=first + timedelta(days=len(days)),
        held_on=held_on,
    )

    in_force = [
        dose_in_force(plan=plan, reports=reports, on=each, held_on=held_on) for each in days
    ]
    own_mg = sum((dose.daily_mg for dose in in_force if dose), Decimal(0))
    assert total == to_prednisone_mg(drug=plan.drug, mg=own_mg)


@given(plans(), st.data())
def test_whatever_is_said_the_dose_never_rises_and_never_runs_ahead_unsaid(
    plan: Plan, data: st.DataObject
) -> None:
    reports = data.draw(reports_on(plan))
    days = [plan.starts_on + timedelta(days=offset) for offset in range(0, 120, 3)]

    doses = [dose_in_force(plan=plan, reports=reports, on=each) for each in days]

    steps = [dose.step_number or 0 for dose in doses if dose]
    assert steps == sorted(steps)
    said = {report.step_number for report in reports if report.outcome is Outcome.TAKEN}
    for on, dose in zip(days, doses, strict=True):
        if dose and not dose.confirmed and not said:
            assert (dose.step_number or 0) <= plan.step_on(on).number


def test_the_next_step_follows_the_dose_in_force() -> None:
    plan = from_40_mg()

    def number_of_next(offset: int, *reports: Report, held: int | None = None) -> int | None:
        step = next_step(
            plan=plan,
            reports=reports,
            on=day(offset),
            held_on=None if held is None else day(held),
        )
        return step.number if step else None

    assert number_of_next(-5) == 1
    assert number_of_next(0) == 2
    assert number_of_next(30, not_yet(2, 7)) == 2
    assert number_of_next(30, held=9) == 3
    assert number_of_next(42) is None


@pytest.mark.parametrize(
    ("offset", "reports", "late"),
    [
        (-1, (), None),
        (0, (), (1, 0)),
        (3, (), (1, 3)),
        (3, (taken(1, 0),), None),
        (7, (taken(1, 0),), (2, 0)),
        (9, (taken(1, 0), not_yet(2, 8)), (2, 2)),
        (30, (taken(4, 21),), (5, 2)),
        (50, (taken(7, 42),), None),
    ],
)
def test_a_step_is_late_until_it_or_a_later_one_is_taken(
    offset: int, reports: tuple[Report, ...], late: tuple[int, int] | None
) -> None:
    found = late_step(plan=from_40_mg(), reports=reports, on=day(offset))

    assert (found and (found[0].number, found[1])) == late


def test_a_hold_has_nothing_to_confirm() -> None:
    plan = from_40_mg(hold_days=14)

    assert late_step(plan=plan, reports=[], on=day(13)) is None
    found = late_step(plan=plan, reports=[], on=day(15))
    assert found is not None
    assert (found[0].number, found[1]) == (2, 1)


def points(*each: tuple[int, int]) -> tuple[tuple[date, Decimal], ...]:
    return tuple((day(offset), Decimal(mg)) for offset, mg in each)


def test_the_chart_draws_what_was_planned_and_what_was_reported() -> None:
    lines = dose_points(
        plan=from_40_mg(), reports=[taken(1, 0), not_yet(2, 7), taken(2, 10)], until=day(12)
    )

    assert lines.planned[:2] == points((0, 30), (7, 20))
    assert len(lines.planned) == 7
    assert lines.taken == points((0, 30), (10, 20), (12, 20))


def test_the_line_of_taken_doses_ends_where_nothing_is_confirmed_any_more() -> None:
    lines = dose_points(plan=from_40_mg(), reports=[taken(1, 0)], until=day(30))

    assert lines.taken == points((0, 30), (7, 30))


def test_without_a_report_nothing_is_drawn_as_taken() -> None:
    assert dose_points(plan=from_40_mg(), reports=[], until=day(30)).taken == ()


def test_held_before_it_began_the_start_dose_goes_on() -> None:
    assert mg_on(3, held=-5) == 40
    assert mg_on(-1, held=-5) is None
    assert cumulative_prednisone_mg(
        plan=from_40_mg(), reports=[], from_on=MONDAY, to_on=day(3), held_on=day(-5)
    ) == Decimal(120)


def test_the_course_is_a_row_of_periods_without_a_gap() -> None:
    periods = dose_periods(plan=from_40_mg(), reports=[taken(1, 0), taken(2, 9)])

    assert [(each.begins_on, each.dose.daily_mg) for each in periods[:3]] == [
        (day(0), 30), (day(9), 20), (day(14), 10),
    ]  # fmt: skip
    assert [each.ends_on for each in periods[:-1]] == [each.begins_on for each in periods[1:]]
    assert periods[-1].ends_on is None
