from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from patients.instruments.reading import check_reading
from tapers.domain.course import Outcome, Report
from tapers.domain.dose import Drug
from tapers.domain.history import (
    Band,
    around_cuts,
    average_mmt_loss_percent,
    baseline_of,
    change_between,
    change_since_baseline,
    days_at_or_above,
    error_band,
    exposure_between,
    natural_band,
    number_of,
    series_called,
    series_of,
)
from tapers.domain.record import CourseFacts, DatedReading, SteroidPeriod, TaperRecord
from tapers.domain.schedule import Regimen, plan_for

START = date(2026, 3, 2)
END = date(2026, 4, 13)
TAPER = TaperRecord(
    plan=plan_for(
        drug=Drug.PREDNISONE,
        daily_mg=Decimal(40),
        regimen=Regimen(Decimal(10), 7, 7),
        starts_on=START,
    )
)


def read(on: date, code: str, value: str, rater: str = "R1", **given: str) -> DatedReading:
    return DatedReading(on, check_reading(code=code, value=Decimal(value), **given), rater)


def graded(on: date, grade: str, scale: str = "KENDALL", side: str = "RIGHT") -> DatedReading:
    reading = check_reading(
        code="MMT_MUSCLE", grade=grade, scale=scale, muscle="QUADRICEPS", side=side
    )
    return DatedReading(on, reading, "R1")


def prednisone(mg: str, begins_on: date | None, ends_on: date | None = None) -> SteroidPeriod:
    return SteroidPeriod(Drug.PREDNISONE, Decimal(mg), begins_on, ends_on)


def test_what_may_not_be_compared_is_a_series_of_its_own() -> None:
    readings = [
        graded(START, "6"), graded(END, "4"), graded(END, "4", side="LEFT"),
        graded(END, "4", scale="MRC"), read(END, "TUG", "20", unit="s"),
        read(END, "MTUG", "20", unit="s"),
    ]  # fmt: skip

    assert sorted(len(series.readings) for series in series_of(readings)) == [1, 1, 1, 1, 2]


def test_across_scales_there_is_no_change() -> None:
    assert change_between(graded(START, "4", "MRC"), graded(END, "4")) is None
    assert change_between(graded(START, "T"), graded(END, "2")) is not None


def test_trace_counts_0_and_plus_and_minus_have_no_number() -> None:
    assert number_of(graded(START, "T")) == 0
    assert number_of(graded(START, "4+", "MRC_EXPANDED")) is None


def test_the_baseline_is_the_last_reading_up_to_the_first_day() -> None:
    early, before, after = (
        read(START - timedelta(days=90), "MMT8", "70"), read(START, "MMT8", "62"),
        read(END, "MMT8", "55"),
    )  # fmt: skip
    (series,) = series_of([after, early, before])

    change = change_since_baseline(series, starts_on=START)

    assert baseline_of(series, starts_on=START) == before
    assert baseline_of(series, starts_on=date(2020, 1, 1)) == early
    assert baseline_of(series, starts_on=None) == early
    assert change is not None
    assert (change.points, change.percent_of_scale, change.days) == (-7, Decimal("-8.75"), 42)
    assert change.same_rater


def test_a_baseline_alone_is_no_change() -> None:
    (series,) = series_of([read(START, "MMT8", "62")])

    assert change_since_baseline(series, starts_on=START) is None


@pytest.mark.parametrize(("first", "second"), [("R1", "R2"), ("", ""), ("R1", "")])
def test_raters_who_are_not_known_are_not_the_same(first: str, second: str) -> None:
    change = change_between(read(START, "MMT8", "62", first), read(END, "MMT8", "62", second))

    assert change is not None
    assert not change.same_rater


def test_a_walk_changes_in_per_cent_of_itself() -> None:
    change = change_between(
        read(START, "WALK_6_MIN", "200", unit="m"), read(END, "WALK_6_MIN", "150", unit="m")
    )

    assert change is not None
    assert (change.percent, change.percent_of_scale) == (-25, None)


def test_average_ibm_is_a_band() -> None:
    year = START + timedelta(days=365)

    assert natural_band(code="MMT8", value=Decimal(62), since=START, on=year) == Band(
        Decimal("57.6"), Decimal("59.2")
    )
    assert natural_band(code="IBMFRS", value=Decimal(28), since=START, on=year) == Band(
        Decimal(22), Decimal(26)
    )
    assert natural_band(code="IBMFRS", value=Decimal(3), since=START, on=year) == Band(
        Decimal(0), Decimal(1)
    )
    assert natural_band(code="GRIP", value=Decimal(20), since=START, on=year) is None


def test_the_average_of_42_days_is_0_6_per_cent() -> None:
    assert round(average_mmt_loss_percent(42), 1) == Decimal("0.6")


def test_an_error_that_nobody_measured_is_said_to_be_unknown() -> None:
    assert error_band("MMT8").known
    assert not error_band("TUG").known


def test_the_taper_adds_up_as_a_step_function() -> None:
    exposure = exposure_between(CourseFacts(taper=TAPER), from_on=START, to_on=END)

    assert exposure.cumulative_mg == 525
    assert (exposure.known_days, exposure.unknown_days, exposure.estimated_days) == (42, 0, 42)
    assert (exposure.days_above_10_mg, exposure.days_from_5_mg) == (14, 35)
    assert exposure.mean_daily_mg == Decimal("12.5")


def test_unknown_days_stay_unknown() -> None:
    facts = CourseFacts(taper=TAPER)

    exposure = exposure_between(facts, from_on=START - timedelta(days=10), to_on=START)

    assert (exposure.cumulative_mg, exposure.unknown_days) == (0, 10)
    assert exposure.mean_daily_mg is None
    assert not exposure.is_complete


def test_a_taper_of_which_nothing_earlier_is_recorded_adds_up_to_at_least() -> None:
    to_on = END + timedelta(days=600)
    alone = exposure_between(CourseFacts(taper=TAPER), from_on=START, to_on=to_on)
    known = CourseFacts(taper=TAPER, periods=(prednisone("40", date(2026, 2, 1), START),))
    unknown = CourseFacts(taper=TAPER, periods=(prednisone("40", None, START),))

    assert (alone.cumulative_mg, alone.is_complete) == (525, False)
    assert exposure_between(known, from_on=date(2026, 2, 1), to_on=to_on).is_complete
    assert not exposure_between(unknown, from_on=date(2026, 3, 1), to_on=to_on).is_complete


def test_the_mean_is_over_the_days_on_steroid() -> None:
    facts = CourseFacts(taper=TAPER)

    exposure = exposure_between(facts, from_on=START, to_on=END + timedelta(days=600))

    assert exposure.days_on_steroid == 42
    assert exposure.mean_daily_mg == Decimal("12.5")


def test_after_a_recorded_end_there_is_nothing_and_that_is_known() -> None:
    facts = CourseFacts(periods=(prednisone("20", date(2026, 1, 1), date(2026, 1, 11)),))

    exposure = exposure_between(facts, from_on=date(2026, 1, 1), to_on=date(2026, 1, 21))

    assert (exposure.cumulative_mg, exposure.unknown_days) == (200, 0)


EARLIER = TaperRecord(
    plan=plan_for(
        drug=Drug.PREDNISONE,
        daily_mg=Decimal(40),
        regimen=Regimen(Decimal(10), 7, 7),
        starts_on=date(2025, 9, 1),
    ),
    ended_on=date(2025, 10, 13),
)
BOTH = CourseFacts(taper=TAPER, earlier_tapers=(EARLIER,))


def test_the_doses_of_an_earlier_taper_are_in_the_sum_and_what_lies_between_is_not_known() -> None:
    since = BOTH.steroid_begins_on

    exposure = exposure_between(BOTH, from_on=date(2025, 9, 1), to_on=END)

    assert since == date(2025, 9, 1)
    assert exposure.cumulative_mg == 525 + 525
    assert (exposure.known_days, exposure.unknown_days) == (42 + 42, 140)
    assert not exposure.is_complete


def test_between_two_tapers_stands_what_was_recorded() -> None:
    facts = replace(BOTH, periods=(prednisone("15", date(2025, 12, 1), START),))

    doses = [
        facts.dose_on(day) for day in (date(2025, 11, 30), date(2025, 12, 1), date(2026, 3, 1))
    ]

    assert [dose and dose.prednisone_mg for dose in doses] == [None, 15, 15]


def test_what_was_taken_beside_an_earlier_taper_outranks_its_plan() -> None:
    facts = replace(BOTH, periods=(prednisone("60", date(2025, 9, 2), date(2025, 9, 3)),))

    exposure = exposure_between(facts, from_on=date(2025, 9, 1), to_on=date(2025, 9, 8))

    assert exposure.cumulative_mg == 6 * 30 + 60


def test_a_taper_that_was_stopped_early_counts_to_its_last_day() -> None:
    stopped = replace(EARLIER, frozen_on=date(2025, 9, 10), ended_on=date(2025, 9, 10))
    facts = replace(BOTH, earlier_tapers=(stopped,))

    exposure = exposure_between(facts, from_on=date(2025, 9, 1), to_on=date(2025, 9, 15))

    assert (exposure.cumulative_mg, exposure.unknown_days) == (7 * 30 + 2 * 20, 5)


def test_as_of_a_day_in_the_earlier_one_it_had_not_ended() -> None:
    then = CourseFacts(taper=EARLIER).known_by(date(2025, 9, 20))
    now = BOTH.known_by(END)

    assert then.taper is not None
    assert then.taper.is_active
    assert [each.ended_on for each in now.earlier_tapers] == [date(2025, 10, 13)]


def test_a_dose_recorded_in_the_taper_outranks_the_plan_and_an_older_one_does_not() -> None:
    facts = CourseFacts(
        taper=TAPER,
        periods=(prednisone("40", date(2025, 1, 1)), prednisone("60", START, date(2026, 3, 5))),
    )

    before, first, fourth = (
        facts.dose_on(day) for day in (START - timedelta(days=1), START, date(2026, 3, 5))
    )

    assert before is not None
    assert before.prednisone_mg == 40
    assert first is not None
    assert (first.prednisone_mg, first.confirmed) == (60, True)
    assert fourth is not None
    assert (fourth.prednisone_mg, fourth.confirmed) == (30, False)


def confirmed(*steps: tuple[int, date]) -> TaperRecord:
    reports = tuple(Report(number, Outcome.TAKEN, on) for number, on in steps)
    return TaperRecord(plan=TAPER.plan, reports=reports)


def march(day: int) -> date:
    return date(2026, 3, day)


def test_a_step_confirmed_later_ends_a_dose_recorded_beside_the_plan() -> None:
    """60 mg from 5 March with no end; the step to 7.5 mg was taken on 23 March."""
    facts = CourseFacts(taper=confirmed((4, march(23))), periods=(prednisone("60", march(5)),))

    doses = [facts.dose_on(march(day)) for day in (4, 5, 22, 23, 24)]

    assert [(dose.prednisone_mg, dose.confirmed) for dose in doses if dose] == [
        (30, False), (60, True), (60, True), (Decimal("7.5"), True), (Decimal("7.5"), True),
    ]  # fmt: skip
    exposure = exposure_between(facts, from_on=march(5), to_on=march(25))
    assert (exposure.cumulative_mg, exposure.days_above_10_mg) == (18 * 60 + 2 * Decimal("7.5"), 18)


def test_a_step_confirmed_before_ends_nothing_that_was_recorded_since() -> None:
    facts = CourseFacts(
        taper=confirmed((2, march(9))),
        periods=(prednisone("60", march(9)), prednisone("50", march(12), march(14))),
    )

    doses = [facts.dose_on(march(day)) for day in (9, 12, 14, 31)]

    assert [dose.prednisone_mg for dose in doses if dose] == [60, 50, 60, 60]


def test_while_a_dose_is_taken_again_no_first_day_without_steroid_is_in_sight() -> None:
    stopped = prednisone("0", march(5))
    again = CourseFacts(taper=TAPER, periods=(stopped, prednisone("10", march(9))))

    assert CourseFacts(taper=TAPER, periods=(stopped,)).first_zero_on == march(5)
    assert again.first_zero_on is None


def test_after_a_dose_was_taken_again_the_day_after_it_is_the_first_without_steroid() -> None:
    again = prednisone("10", date(2026, 5, 1), date(2026, 5, 11))
    in_stop = (prednisone("0", march(5)), prednisone("10", march(9), march(20)))

    assert CourseFacts(taper=TAPER, periods=(again,)).first_zero_on == date(2026, 5, 11)
    assert CourseFacts(taper=TAPER, periods=in_stop).first_zero_on == march(20)


def test_a_stop_said_twice_began_on_its_first_day() -> None:
    twice = (prednisone("0", march(5)), prednisone("0", march(9)))

    assert CourseFacts(taper=TAPER, periods=twice).first_zero_on == march(5)


def test_a_step_confirmed_after_a_stop_makes_the_plans_end_the_first_day_without() -> None:
    facts = CourseFacts(taper=confirmed((4, march(23))), periods=(prednisone("0", march(5)),))

    assert facts.first_zero_on == END


def test_doses_of_two_steroids_add_up() -> None:
    facts = CourseFacts(
        periods=(
            prednisone("10", date(2026, 1, 1)),
            SteroidPeriod(Drug.HYDROCORTISONE, Decimal(20), date(2026, 1, 1)),
        )
    )

    dose = facts.dose_on(date(2026, 2, 1))

    assert dose is not None
    assert dose.prednisone_mg == 15


def test_days_at_10_mg_are_counted_back_from_a_day() -> None:
    facts = CourseFacts(taper=TAPER, periods=(prednisone("40", START - timedelta(days=7), START),))

    assert days_at_or_above(facts, mg=Decimal(10), days=90, before=END) == 28


def test_each_cut_stands_between_two_readings() -> None:
    record = TaperRecord(plan=TAPER.plan, reports=(Report(1, Outcome.TAKEN, START),))
    (series,) = series_called(
        [read(START, "MMT8", "62"), read(date(2026, 3, 20), "MMT8", "60"),
         read(END, "MMT8", "55")], "MMT8",
    )  # fmt: skip

    cuts = around_cuts(record, series)

    assert [(cut.from_mg, cut.to_mg) for cut in cuts[:3]] == [(40, 30), (30, 20), (20, 10)]
    first, fourth = cuts[0], cuts[3]
    assert first.on == START
    assert first.change is not None
    assert (first.change.points, first.other_changes_between) == (-2, 2)
    assert fourth.change is not None
    assert fourth.change.points == -5
    assert cuts[-1].change is None


def test_a_hold_before_the_first_reduction_is_no_cut() -> None:
    plan = plan_for(
        drug=Drug.PREDNISONE,
        daily_mg=Decimal(40),
        regimen=Regimen(Decimal(10), 7, 7, hold_days=7),
        starts_on=START,
    )

    assert [(each.on, each.from_mg) for each in TaperRecord(plan=plan).changes[:2]] == [
        (march(9), 40),
        (march(16), 30),
    ]


def test_what_came_later_is_not_known_on_a_day() -> None:
    facts = CourseFacts(
        taper=TaperRecord(plan=TAPER.plan, held_on=date(2026, 3, 20), ended_on=date(2026, 3, 25)),
        readings=(read(START, "MMT8", "62"), read(END, "MMT8", "55")),
        periods=(prednisone("40", date(2025, 1, 1), START), prednisone("5", END)),
    )

    then = facts.known_by(date(2026, 3, 19))

    assert then.taper is not None
    assert then.taper.is_active
    assert [each.on for each in then.readings] == [START]
    assert len(then.periods) == 1
