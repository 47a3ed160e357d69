from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from patients.presenters import words
from tapers.domain.dose import Drug, TabletCount, TabletStrength
from tapers.domain.schedule import Regimen, plan_for
from tapers.presenters.curve import curve_of
from tapers.presenters.tablets import CANNOT_BE_MADE, in_words, tablets_of

MONDAY = date(2026, 5, 4)


def test_days_carry_their_weekday_and_month_in_words():
    assert words.day(date(2026, 4, 6)) == "Mon 6 Apr 2026"
    assert words.full_day(date(2026, 4, 6)) == "Monday 6 April 2026"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 5, 4), "today"),
        (date(2026, 5, 5), "tomorrow"),
        (date(2026, 5, 3), "yesterday"),
        (date(2026, 5, 7), "in 3 days"),
        (date(2026, 4, 30), "4 days ago"),
        (date(2026, 6, 8), "in 5 weeks"),
        (date(2026, 4, 6), "4 weeks ago"),
    ],
)
def test_relative_words_stand_beside_days(day, said):
    assert words.from_today(day, today=MONDAY) == said


@pytest.mark.parametrize(
    ("days", "said"), [(0, "due today"), (1, "late by 1 day"), (3, "late by 3 days")]
)
def test_a_late_step_says_by_how_much(days, said):
    assert words.late_by(days) == said


@pytest.mark.parametrize(
    ("days", "said"), [(56, "8 weeks"), (52, "7 weeks 3 days"), (5, "5 days"), (0, "0 days")]
)
def test_durations_are_weeks_and_days(days, said):
    assert words.weeks(days) == said


def test_instants_are_told_on_the_readers_clock():
    at = datetime(2026, 5, 4, 13, tzinfo=UTC)

    assert words.instant(at, zone="America/Chicago") == "Mon 4 May 2026, 08:00"
    assert words.instant(at, zone="Pacific/Auckland") == "Tue 5 May 2026, 01:00"


def test_age_counts_the_birthday_itself():
    assert words.age(date(1958, 5, 4), today=MONDAY) == 68
    assert words.age(date(1958, 5, 5), today=MONDAY) == 67


def test_tablets_are_said_largest_first_and_halves_as_a_fraction():
    counts = (TabletCount(Decimal(5), Decimal("1.5")), TabletCount(Decimal("2.5"), Decimal(1)))

    assert in_words(counts) == "1½ × 5 mg and 1 × 2.5 mg"


def test_half_a_tablet_is_drawn_as_half():
    tablets = tablets_of(Decimal("7.5"), (TabletStrength(Decimal(5), scored=True),))

    assert [pill.half for pill in tablets.pills] == [False, True]


def test_a_dose_that_cannot_be_made_says_so_and_draws_nothing():
    tablets = tablets_of(Decimal("0.5"), (TabletStrength(Decimal(5)),))

    assert (tablets.words, tablets.pills, tablets.possible) == (CANNOT_BE_MADE, (), False)


def test_small_curves_of_one_page_share_their_time_axis():
    plans = [
        plan_for(
            drug=Drug.PREDNISONE,
            daily_mg=Decimal(40),
            regimen=Regimen(Decimal(10), days, 7),
            starts_on=MONDAY,
        )
        for days in (7, 14)
    ]
    longest = max(plan.duration_days for plan in plans)

    short, long = (curve_of(plan, longest_days=longest, small=True) for plan in plans)

    first_fall = [float(curve.line.split("V")[1].split("H")[1]) for curve in (short, long)]
    assert first_fall[0] < first_fall[1]


def test_a_curve_tells_its_steps_to_those_who_cannot_see_it():
    plan = plan_for(
        drug=Drug.PREDNISONE,
        daily_mg=Decimal(5),
        regimen=Regimen(Decimal(5), 7, 14),
        starts_on=MONDAY,
    )

    assert curve_of(plan).description == (
        "From 5 mg a day: 2.5 mg a day from Mon 4 May 2026, then 0 mg a day from Mon 18 May 2026."
    )
