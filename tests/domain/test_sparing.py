from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapers.domain.errors import OutOfRange, UnitNotConfirmed
from tapers.domain.sparing import (
    Agent,
    Build,
    CheckScheme,
    Frequency,
    Increments,
    Pace,
    SparingCourse,
    SparingDose,
    Titration,
    Weekday,
    WeightBasis,
    azathioprine_targets,
    azathioprine_titration,
    check_dates,
    checks_of,
    devine_ideal_kg,
    methotrexate_options,
    methotrexate_titration,
)
from tests.domain.strategies import DAYS

MONDAY = date(2026, 7, 6)


def days_and_mg(titration: Titration) -> list[tuple[int, str]]:
    first = titration.doses[0].on
    return [((dose.on - first).days, str(dose.mg)) for dose in titration.doses]


def test_the_four_ways_to_raise_methotrexate() -> None:
    slow, slower, coarse, fast = methotrexate_options(starts_on=MONDAY)

    assert days_and_mg(slow) == [
        (0, "15"), (28, "17.5"), (56, "20.0"), (84, "22.5"), (112, "25.0"),
    ]  # fmt: skip
    assert [day for day, _ in days_and_mg(slower)] == [0, 42, 84, 126, 168]
    assert days_and_mg(coarse) == [(0, "15"), (56, "20"), (112, "25")]
    assert days_and_mg(fast) == [(0, "15"), (28, "20"), (56, "25")]
    assert [each.pace for each in (slow, slower, coarse, fast)] == [
        Pace.WITHIN, Pace.WITHIN, Pace.WITHIN, Pace.FASTER,
    ]  # fmt: skip


def test_methotrexate_beside_a_taper_from_80_mg() -> None:
    titration = methotrexate_titration(starts_on=MONDAY, increments=Increments(Decimal("2.5"), 28))

    assert [(dose.on, dose.mg) for dose in titration.doses] == [
        (date(2026, 7, 6), 15),
        (date(2026, 8, 3), Decimal("17.5")),
        (date(2026, 8, 31), 20),
        (date(2026, 9, 28), Decimal("22.5")),
        (date(2026, 10, 26), 25),
    ]
    assert titration.weekday is Weekday.MONDAY
    assert titration.frequency is Frequency.ONCE_A_WEEK
    assert titration.last_increase_day == 112


def test_its_checks_to_the_day_without_the_dense_ones_after_increases() -> None:
    assert check_dates(
        scheme=CheckScheme.METHOTREXATE,
        starts_on=MONDAY,
        increases_on=[date(2026, 10, 26)],
        until=date(2027, 2, 15),
        dense_after_increase=False,
    ) == (
        date(2026, 8, 3),
        date(2026, 8, 31),
        date(2026, 9, 28),
        date(2026, 11, 23),
        date(2027, 2, 15),
    )


def test_by_default_checks_are_dense_again_after_each_increase() -> None:
    (slow, *_) = methotrexate_options(starts_on=MONDAY)
    course = SparingCourse(Agent.METHOTREXATE, slow.doses, Frequency.ONCE_A_WEEK)

    days = checks_of(course, until=date(2027, 1, 31))

    assert [(day - MONDAY).days for day in days] == [28, 56, 84, 112, 140, 168, 196]


def test_an_increase_during_sparse_checks_brings_the_next_one_forward() -> None:
    increase = MONDAY + timedelta(days=200)

    days = check_dates(
        scheme=CheckScheme.METHOTREXATE,
        starts_on=MONDAY,
        increases_on=[increase],
        until=MONDAY + timedelta(days=260),
    )

    assert [(day - MONDAY).days for day in days] == [28, 56, 84, 140, 224, 252]


def test_azathioprine_is_checked_weekly_then_twice_a_month_then_monthly() -> None:
    days = check_dates(
        scheme=CheckScheme.AZATHIOPRINE_LABEL,
        starts_on=MONDAY,
        until=MONDAY + timedelta(days=140),
    )

    assert [(day - MONDAY).days for day in days] == [7, 14, 21, 28, 42, 56, 70, 84, 112, 140]


def test_the_other_scheme_of_azathioprine() -> None:
    days = check_dates(
        scheme=CheckScheme.AZATHIOPRINE_BSR,
        starts_on=MONDAY,
        until=MONDAY + timedelta(days=210),
    )

    assert [(day - MONDAY).days for day in days] == [14, 28, 42, 70, 98, 126, 210]


def test_checks_end_with_the_course_and_ivig_has_none() -> None:
    doses = (SparingDose(MONDAY, Decimal(15)),)
    ended = SparingCourse(Agent.METHOTREXATE, doses, ended_on=MONDAY + timedelta(days=60))

    assert len(checks_of(ended, until=MONDAY + timedelta(days=365))) == 2
    assert checks_of(SparingCourse(Agent.IVIG, doses), until=MONDAY + timedelta(days=365)) == ()


@given(DAYS, st.sampled_from(CheckScheme), st.lists(st.integers(1, 400), max_size=6))
def test_checks_go_forward_and_are_never_further_apart_than_12_weeks(
    starts_on: date, scheme: CheckScheme, increases: list[int]
) -> None:
    until = starts_on + timedelta(days=500)
    days = check_dates(
        scheme=scheme,
        starts_on=starts_on,
        increases_on=[starts_on + timedelta(days=day) for day in increases],
        until=until,
    )

    every = [starts_on, *days]
    waits = [(after - before).days for before, after in zip(every, days, strict=False)]
    assert all(0 < wait <= 84 for wait in waits)
    assert not days or days[-1] <= until


def test_another_weekday_moves_the_first_dose_forward() -> None:
    titration = methotrexate_titration(
        starts_on=MONDAY, increments=Increments(Decimal(5), 56), weekday=Weekday.SUNDAY
    )

    assert titration.doses[0].on == date(2026, 7, 12)
    assert {dose.on.weekday() for dose in titration.doses} == {6}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"increments": Increments(Decimal("2.5"), 30)}, "every_days"),
        ({"increments": Increments(Decimal("2.5"), 0)}, "every_days"),
        ({"increments": Increments(Decimal(0), 28)}, "increment_mg"),
        ({"increments": Increments(Decimal("NaN"), 28)}, "increment_mg"),
        ({"target_mg": Decimal(31)}, "target_mg"),
        ({"start_mg": Decimal(26)}, "start_mg"),
    ],
)
def test_what_is_no_titration_is_refused(change: dict[str, object], field: str) -> None:
    given: dict[str, object] = {"increments": Increments(Decimal("2.5"), 28), **change}

    with pytest.raises(OutOfRange) as refused:
        methotrexate_titration(starts_on=MONDAY, **given)  # type: ignore[arg-type]

    assert refused.value.field == field


def test_azathioprine_has_no_schedule_until_the_unit_is_confirmed() -> None:
    with pytest.raises(UnitNotConfirmed):
        azathioprine_titration(starts_on=MONDAY, target_mg=Decimal(125), unit_confirmed=False)


def test_azathioprine_rises_at_the_pace_of_its_label() -> None:
    titration = azathioprine_titration(
        starts_on=MONDAY, target_mg=Decimal(125), unit_confirmed=True
    )

    assert days_and_mg(titration) == [(0, "50"), (42, "75"), (70, "100"), (98, "125")]
    assert titration.frequency is Frequency.ONCE_A_DAY
    assert titration.pace is Pace.WITHIN


def test_the_weekly_pace_is_marked_as_faster() -> None:
    titration = azathioprine_titration(
        starts_on=MONDAY, target_mg=Decimal(125), unit_confirmed=True, weekly=True
    )

    assert days_and_mg(titration) == [(0, "50"), (7, "75"), (14, "100"), (21, "125")]
    assert titration.pace is Pace.FASTER


def test_a_man_of_178_cm_and_80_kg_is_shown_both_targets() -> None:
    ideal, actual = azathioprine_targets(
        build=Build.MALE, height_cm=Decimal(178), weight_kg=Decimal(80)
    )

    assert (ideal.basis, ideal.weight_kg, ideal.daily_mg) == (
        WeightBasis.IDEAL, Decimal("73.2"), 125,
    )  # fmt: skip
    assert round(ideal.exact_daily_mg) == 146
    assert (actual.basis, actual.exact_daily_mg, actual.daily_mg) == (WeightBasis.ACTUAL, 160, 150)


def test_a_weight_that_is_not_known_gives_no_target() -> None:
    assert azathioprine_targets(build=None, height_cm=None, weight_kg=None) == ()
    (actual,) = azathioprine_targets(build=None, height_cm=Decimal(178), weight_kg=Decimal(80))
    assert actual.basis is WeightBasis.ACTUAL
    assert devine_ideal_kg(build=Build.FEMALE, height_cm=Decimal(152)) is None
    assert devine_ideal_kg(build=Build.FEMALE, height_cm=Decimal("152.4")) == Decimal("45.5")


def test_the_dose_of_a_day_is_that_of_the_last_change() -> None:
    doses = (SparingDose(MONDAY, Decimal(15)), SparingDose(date(2026, 8, 3), Decimal("17.5")))
    course = SparingCourse(Agent.METHOTREXATE, doses, ended_on=date(2026, 9, 1))

    assert course.dose_on(date(2026, 7, 5)) is None
    assert course.dose_on(date(2026, 8, 2)) == doses[0]
    assert course.dose_on(date(2026, 8, 31)) == doses[1]
    assert course.dose_on(date(2026, 9, 1)) is None
