from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from math import ceil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapers.domain.dose import Drug, from_prednisone_mg
from tapers.domain.errors import DateOutOfRange, DoseOutOfRange, DoseRises, OutOfRange, TooPrecise
from tapers.domain.plan import Plan, WindowAppliesTo, plan_from_steps
from tapers.domain.schedule import (
    STANDARD_REGIMENS,
    Regimen,
    Window,
    check_never_rises,
    conforming_regimens,
    plan_for,
    window_of,
)
from tests.domain.strategies import DAYS, DRUGS, daily_doses, plans, regimens

MONDAY = date(2026, 3, 2)

# Weeks from the first day to the first day without steroid, first reduction on the first day.
# Columns: decrement, interval above 10 mg, interval from 10 mg, in the order of STANDARD_REGIMENS.
COLUMNS = ["5/7/7", "5/7/14", "5/14/7", "5/14/14", "10/7/7", "10/7/14", "10/14/7", "10/14/14"]
WEEKS = {
    "5": "1s 2s 1s 2s 1s 2s 1s 2s",
    "7.5": "2s 4 2s 4 2s 4 2s 4",
    "10": "3s 6 3s 6 3s 6 3s 6",
    "12.5": "4 8 4 8 4 8 4 8",
    "15": "4 8 4 8 4 8 4 8",
    "17": "5 9L 6 10L 4 8 4 8",
    "17.5": "5 9L 6 10L 4 8 4 8",
    "20": "5 9L 6 10L 4 8 4 8",
    "22.5": "6 10L 8 12L 5 9L 6 10L",
    "25": "6 10L 8 12L 5 9L 6 10L",
    "30": "7 11L 10L 14L 5 9L 6 10L",
    "35": "8 12L 12L 16L 6 10L 8 12L",
    "40": "9L 13L 14L 18L 6 10L 8 12L",
    "45": "10L 14L 16L 20L 7 11L 10L 14L",
    "50": "11L 15L 18L 22L 7 11L 10L 14L",
    "55": "12L 16L 20L 24L 8 12L 12L 16L",
    "60": "13L 17L 22L 26L 8 12L 12L 16L",
    "65": "14L 18L 24L 28L 9L 13L 14L 18L",
    "70": "15L 19L 26L 30L 9L 13L 14L 18L",
    "75": "16L 20L 28L 32L 10L 14L 16L 20L",
    "80": "17L 21L 30L 34L 10L 14L 16L 20L",
    # other low starts
    "9": "3s 6 3s 6 3s 6 3s 6",
    "8": "3s 6 3s 6 3s 6 3s 6",
    "6": "2s 4 2s 4 2s 4 2s 4",
    "4": "1s 2s 1s 2s 1s 2s 1s 2s",
    "3": "1s 2s 1s 2s 1s 2s 1s 2s",
    "2": "0s 0s 0s 0s 0s 0s 0s 0s",
    "1": "0s 0s 0s 0s 0s 0s 0s 0s",
}
WINDOWS = {"s": Window.SHORT, "L": Window.LONG}


def column(regimen: Regimen) -> str:
    return f"{regimen.decrement_mg}/{regimen.interval_days}/{regimen.interval_days_from_10_mg}"


def regimen(text: str, hold_days: int = 0) -> Regimen:
    decrement, upper, lower = text.split("/")
    return Regimen(Decimal(decrement), int(upper), int(lower), hold_days)


def prednisone_plan(daily_mg: str, chosen: Regimen) -> Plan:
    return plan_for(
        drug=Drug.PREDNISONE, daily_mg=Decimal(daily_mg), regimen=chosen, starts_on=MONDAY
    )


def test_the_columns_are_the_standard_combinations() -> None:
    assert [column(each) for each in STANDARD_REGIMENS] == COLUMNS


@pytest.mark.parametrize(
    ("daily_mg", "combination", "cell"),
    [
        pytest.param(daily_mg, combination, cell, id=f"{daily_mg} mg {combination}")
        for daily_mg, row in WEEKS.items()
        for combination, cell in zip(COLUMNS, row.split(), strict=True)
    ],
)
def test_which_start_doses_fit_4_to_8_weeks(daily_mg: str, combination: str, cell: str) -> None:
    plan = prednisone_plan(daily_mg, regimen(combination))

    assert plan.duration_days == int(cell.rstrip("sL")) * 7
    assert window_of(plan=plan) == WINDOWS.get(cell[-1], Window.WITHIN)


# When the present dose is kept for one interval first: what fits, in weeks.
FITTING_WITH_A_HOLD = {
    "5": "5/7/14 4, 5/14/14 4, 10/7/14 4, 10/14/14 4",
    "7.5": "5/7/14 6, 5/14/14 6, 10/7/14 6, 10/14/14 6",
    "10": "5/7/7 4, 5/14/7 4, 10/7/7 4, 10/14/7 4, 5/7/14 8, 5/14/14 8, 10/7/14 8, 10/14/14 8",
    "12.5": "5/7/7 5, 5/14/7 6, 10/7/7 5, 10/14/7 6",
    "15": "5/7/7 5, 5/14/7 6, 10/7/7 5, 10/14/7 6",
    "17": "5/7/7 6, 5/14/7 8, 10/7/7 5, 10/14/7 6",
    "20": "5/7/7 6, 5/14/7 8, 10/7/7 5, 10/14/7 6",
    "22.5": "5/7/7 7, 10/7/7 6, 10/14/7 8",
    "25": "5/7/7 7, 10/7/7 6, 10/14/7 8",
    "30": "5/7/7 8, 10/7/7 6, 10/14/7 8",
    "35": "10/7/7 7",
    "40": "10/7/7 7",
    "45": "10/7/7 8",
    "50": "10/7/7 8",
    "55": "",
    "60": "",
    "80": "",
}


@pytest.mark.parametrize(("daily_mg", "fitting"), FITTING_WITH_A_HOLD.items())
def test_what_fits_when_the_first_reduction_follows_one_interval(
    daily_mg: str, fitting: str
) -> None:
    weeks = {}
    for each in STANDARD_REGIMENS:
        above = Decimal(daily_mg) > 10
        hold = each.interval_days if above else each.interval_days_from_10_mg
        plan = prednisone_plan(daily_mg, regimen(column(each), hold))
        if window_of(plan=plan) is Window.WITHIN:
            weeks[column(each)] = plan.duration_days // 7

    wanted = dict(cell.split() for cell in fitting.split(", ") if cell)
    assert weeks == {combination: int(count) for combination, count in wanted.items()}


# Start dose: pre-selected combination ("-" where it makes no difference), weeks, mg of the taper.
PRESELECTED = {
    "7.5": ("-/-/14", 4, 105),
    "10": ("-/-/14", 6, 210),
    "12.5": ("5/-/14", 8, 350),
    "15": ("5/-/14", 8, 350),
    "17.5": ("10/-/14", 8, 350),
    "20": ("10/-/14", 8, 350),
    "22.5": ("5/14/7", 8, 595),
    "25": ("5/14/7", 8, 665),
    "30": ("5/7/7", 7, 595),
    "35": ("5/7/7", 8, 805),
    "40": ("10/14/7", 8, 875),
    "45": ("10/7/7", 7, 700),
    "50": ("10/7/7", 7, 805),
    "55": ("10/7/7", 8, 1015),
    "60": ("10/7/7", 8, 1155),
}


@pytest.mark.parametrize(("daily_mg", "row"), PRESELECTED.items())
def test_which_regimen_is_preselected(daily_mg: str, row: tuple[str, int, int]) -> None:
    combination, weeks, cumulative_mg = row

    conforming = conforming_regimens(
        drug=Drug.PREDNISONE, daily_mg=Decimal(daily_mg), starts_on=MONDAY
    )

    first = conforming.candidates[0]
    assert first.preselected
    assert [each.preselected for each in conforming.candidates[1:]] == [False] * (
        len(conforming.candidates) - 1
    )
    wanted = zip(column(first.regimen).split("/"), combination.split("/"), strict=True)
    assert all(asked in ("-", got) for got, asked in wanted)
    assert first.duration_days == weeks * 7
    assert first.cumulative_prednisone_mg == cumulative_mg


@pytest.mark.parametrize(
    ("daily_mg", "shortest", "longest"), [("5", 7, 14), ("65", 63, 196), ("80", 70, 238)]
)
def test_when_nothing_fits_the_shortest_and_the_longest_are_told(
    daily_mg: str, shortest: int, longest: int
) -> None:
    conforming = conforming_regimens(
        drug=Drug.PREDNISONE, daily_mg=Decimal(daily_mg), starts_on=MONDAY
    )

    assert conforming.candidates == ()
    assert conforming.preselected is None
    assert (conforming.shortest_days, conforming.longest_days) == (shortest, longest)


def test_identical_plans_are_offered_once_with_the_smaller_and_shorter() -> None:
    conforming = conforming_regimens(
        drug=Drug.PREDNISONE, daily_mg=Decimal("12.5"), starts_on=MONDAY
    )

    assert [column(each.regimen) for each in conforming.candidates] == ["5/7/14", "5/7/7"]


def test_a_long_acting_drug_is_offered_nothing() -> None:
    conforming = conforming_regimens(drug=Drug.DEXAMETHASONE, daily_mg=Decimal(6), starts_on=MONDAY)

    assert conforming.candidates == ()


def test_a_hold_belongs_to_what_is_offered() -> None:
    conforming = conforming_regimens(
        drug=Drug.PREDNISONE, daily_mg=Decimal(5), starts_on=MONDAY, hold_days=14
    )

    assert [column(each.regimen) for each in conforming.candidates] == ["5/7/14"]
    assert conforming.candidates[0].regimen.hold_days == 14
    assert conforming.candidates[0].duration_days == 28


@pytest.mark.parametrize(
    ("daily_mg", "fitting"),
    [
        ("60", ["10/14/7", "10/7/7"]),
        ("100", ["10/7/7"]),
        ("20", []),
    ],
)
def test_counted_until_10_mg_other_doses_fit(daily_mg: str, fitting: list[str]) -> None:
    conforming = conforming_regimens(
        drug=Drug.PREDNISONE,
        daily_mg=Decimal(daily_mg),
        starts_on=MONDAY,
        applies_to=WindowAppliesTo.TO_10_MG,
    )

    with_short_waits = [
        column(each.regimen)
        for each in conforming.candidates
        if each.regimen.interval_days_from_10_mg == 7
    ]
    assert with_short_waits == fitting


@given(plans())
def test_any_plan_ends_at_zero_and_never_rises(plan: Plan) -> None:
    doses = [plan.start_daily_mg, *(step.daily_mg for step in plan.steps)]

    assert doses[-1] == 0
    assert plan.first_zero_on == plan.steps[-1].starts_on
    held = plan.steps[0].daily_mg == plan.start_daily_mg
    falling = doses[1:] if held else doses
    assert all(before > after for before, after in pairwise(falling))


@given(plans())
def test_waits_lie_in_7_to_14_days(plan: Plan) -> None:
    held = plan.steps[0].daily_mg == plan.start_daily_mg
    for step in plan.steps[1 if held else 0 : -1]:
        assert step.wait_days is not None
        assert 7 <= step.wait_days <= 14
        assert step.wait_days == step.days
    assert plan.steps[-1].wait_days is None


@given(st.data(), DRUGS, regimens(), DAYS)
def test_the_duration_has_a_closed_form(
    data: st.DataObject, drug: Drug, chosen: Regimen, starts_on: date
) -> None:
    daily_mg = data.draw(daily_doses(drug))

    plan = plan_for(drug=drug, daily_mg=daily_mg, regimen=chosen, starts_on=starts_on)

    assert plan.duration_days == _closed_form(drug, daily_mg, chosen)


def _closed_form(drug: Drug, daily_mg: Decimal, chosen: Regimen) -> int:
    line, grid, step = (
        from_prednisone_mg(drug=drug, prednisone_mg=mg)
        for mg in (Decimal(10), Decimal("2.5"), chosen.decrement_mg)
    )
    if daily_mg <= line:
        lower = (ceil(daily_mg / grid) - 1) * chosen.interval_days_from_10_mg
        return chosen.hold_days + lower
    upper = (ceil((daily_mg - line) / step) - 1) * chosen.interval_days
    return chosen.hold_days + upper + 4 * chosen.interval_days_from_10_mg


@given(plans())
def test_steps_keep_the_protocol(plan: Plan) -> None:
    for step in plan.steps:
        before = plan.dose_before(step.number) * 5 / plan.drug.mg_equal_to_prednisone_5
        lowers = plan.decrement_mg(step.number)
        if before > 10:
            assert lowers <= 10
            assert plan.prednisone_mg(step.number) >= 10
        else:
            assert lowers <= Decimal("2.5")


@given(st.data(), DRUGS, DAYS, st.integers(0, 56))
def test_what_is_offered_fits_and_is_ranked(
    data: st.DataObject, drug: Drug, starts_on: date, hold_days: int
) -> None:
    daily_mg = data.draw(daily_doses(drug))

    conforming = conforming_regimens(
        drug=drug, daily_mg=daily_mg, starts_on=starts_on, hold_days=hold_days
    )

    offered = conforming.candidates
    assert all(28 <= each.duration_days <= 56 for each in offered)
    assert len({each.plan for each in offered}) == len(offered)
    ranks = [(-each.regimen.interval_days_from_10_mg, -each.duration_days) for each in offered]
    assert ranks == sorted(ranks)
    assert conforming.shortest_days <= conforming.longest_days


def test_a_drug_is_lowered_on_its_own_grid_and_nothing_is_rounded() -> None:
    plan = plan_for(
        drug=Drug.DEFLAZACORT,
        daily_mg=Decimal(20),
        regimen=regimen("5/7/7"),
        starts_on=MONDAY,
    )

    assert [step.daily_mg for step in plan.steps] == [14, 12, 9, 6, 3, 0]


@pytest.mark.parametrize(
    ("field", "value", "unit"),
    [
        ("decrement_mg", Decimal("4.9"), "mg"),
        ("decrement_mg", Decimal("10.1"), "mg"),
        ("decrement_mg", Decimal("NaN"), "mg"),
        ("interval_days", 6, "days"),
        ("interval_days", 15, "days"),
        ("interval_days_from_10_mg", 6, "days"),
        ("interval_days_from_10_mg", 15, "days"),
        ("hold_days", -1, "days"),
        ("hold_days", 57, "days"),
    ],
)
def test_a_regimen_keeps_its_ranges(field: str, value: Any, unit: str) -> None:
    given: dict[str, Any] = {
        "decrement_mg": Decimal(5),
        "interval_days": 7,
        "interval_days_from_10_mg": 7,
    }

    with pytest.raises(OutOfRange) as refused:
        Regimen(**{**given, field: value})

    assert refused.value.field == field
    assert refused.value.message.endswith(f"{refused.value.high} {unit}.")


def test_a_decrement_has_two_decimals() -> None:
    with pytest.raises(TooPrecise):
        Regimen(Decimal("5.001"), 7, 7)


@pytest.mark.parametrize("daily_mg", ["0", "-5", "200.25", "NaN", "Infinity"])
def test_a_start_dose_keeps_its_range(daily_mg: str) -> None:
    with pytest.raises(DoseOutOfRange):
        prednisone_plan(daily_mg, regimen("5/7/7"))


def test_a_rising_step_would_be_refused() -> None:
    rising = plan_from_steps(
        drug=Drug.PREDNISONE,
        start_daily_mg=Decimal(10),
        steps=[(MONDAY, Decimal("12.5")), (MONDAY + timedelta(days=7), Decimal(0))],
    )

    with pytest.raises(DoseRises, match="rises from 10 to 12.5 mg"):
        check_never_rises(rising)


def test_a_plan_ends_within_the_calendar() -> None:
    with pytest.raises(DateOutOfRange):
        plan_for(
            drug=Drug.PREDNISONE,
            daily_mg=Decimal(40),
            regimen=regimen("5/7/7"),
            starts_on=date.max - timedelta(days=5),
        )
