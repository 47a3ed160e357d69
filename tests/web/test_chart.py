from datetime import date, timedelta
from decimal import Decimal

import pytest

from tapers.domain.dose import Drug
from tapers.domain.schedule import Regimen, plan_for
from tracker.dashboard.chart import (
    NARROW,
    WIDE,
    ChartFacts,
    Hold,
    Reading,
    Revision,
    Series,
    chart_of,
    lines_of,
)

TODAY = date(2026, 5, 20)
PLAN = plan_for(
    drug=Drug.PREDNISONE,
    daily_mg=Decimal(40),
    regimen=Regimen(Decimal(10), 7, 7),
    starts_on=date(2026, 5, 4),
)
PLANNED = tuple((step.starts_on, step.daily_mg) for step in PLAN.steps)


def strength(*shares: int, rater: str = "Kim") -> Series:
    readings = tuple(
        Reading(date(2026, 4, 1) + timedelta(days=28 * n), Decimal(share), f"MMT8 {share}", rater)
        for n, share in enumerate(shares)
    )
    return Series("MMT8", readings, error=Decimal(7), yearly_loss=(Decimal("3.5"), Decimal("5.5")))


def test_the_three_panels_share_one_time_axis():
    facts = ChartFacts(today=TODAY, planned=PLANNED, strength=strength(90, 88))

    chart = chart_of(facts)

    assert chart.dose.floor < chart.measures.top
    assert chart.measures.floor < chart.ck.top
    assert chart.left < chart.today_x < chart.right


def test_a_later_day_lies_further_to_the_right_and_a_higher_dose_higher():
    chart = chart_of(ChartFacts(today=TODAY, planned=PLANNED))

    days = [hit.x for hit in chart.hits]
    doses = [tick.at for tick in chart.dose.ticks]

    assert days == sorted(days)
    assert doses == sorted(doses, reverse=True)


def test_the_dose_falls_in_vertical_lines_on_the_day_of_a_step():
    chart = chart_of(ChartFacts(today=TODAY, planned=PLANNED))

    assert chart.planned.count("V") == len(PLANNED) - 1


def test_the_ten_mg_line_is_drawn_at_its_equivalent_in_the_drugs_own_mg():
    eight = ChartFacts(today=TODAY, planned=PLANNED, line_mg=Decimal(8))

    chart = chart_of(eight)

    assert chart.line_mg_label == "8 mg"
    assert chart.line_mg_at is not None


def test_without_a_plan_there_is_no_ten_mg_line():
    chart = chart_of(ChartFacts(today=TODAY, strength=strength(90)))

    assert chart.line_mg_at is None
    assert chart.planned == ""


def test_ck_is_on_a_log_scale_from_half_the_upper_limit():
    readings = tuple(
        Reading(date(2026, 4, day), Decimal(share), f"CK {share}")
        for day, share in ((1, "1"), (2, "2"), (3, "4"))
    )

    chart = chart_of(ChartFacts(today=TODAY, ck=readings))

    assert chart.ck_line is not None
    one, two, four = [dot.y for dot in chart.ck_line.dots]
    assert one == chart.ck_one_at
    assert one - two == pytest.approx(two - four, abs=0.2)
    assert [tick.label for tick in chart.ck.ticks][0] == "0.5"


def test_a_ck_below_the_scale_stays_on_its_floor():
    low = (Reading(date(2026, 4, 1), Decimal("0.1"), "CK 0.1"),)

    chart = chart_of(ChartFacts(today=TODAY, ck=low))

    assert chart.ck_line is not None
    assert chart.ck_line.dots[0].y == chart.ck.floor


def test_an_open_hold_reaches_to_today():
    facts = ChartFacts(today=TODAY, planned=PLANNED, holds=(Hold(date(2026, 5, 15), None),))

    chart = chart_of(facts)

    [hold] = chart.holds
    assert hold.x + hold.width == pytest.approx(chart.today_x, abs=0.2)
    assert "still on hold" in hold.label


def test_a_revision_is_marked_on_its_day():
    facts = ChartFacts(
        today=TODAY, planned=PLANNED, revisions=(Revision(2, TODAY, "Revision 2: late step"),)
    )

    chart = chart_of(facts)

    assert [(mark.x, mark.label) for mark in chart.revisions] == [(chart.today_x, "2")]


def test_another_rater_is_marked_once():
    first, second = strength(90, 88).readings, strength(0, 0, 87, rater="Lee").readings[2:]
    series = Series("MMT8", (*first, *second))

    chart = chart_of(ChartFacts(today=TODAY, strength=series))

    assert [mark.title for mark in chart.raters] == ["Another rater from Wed 27 May 2026: Lee"]


def test_error_and_published_loss_are_drawn_only_where_they_are_known():
    unknown = Series("6-minute walk, % of first", strength(100, 96).readings)

    chart = chart_of(ChartFacts(today=TODAY, strength=strength(90, 88), function=unknown))

    assert chart.strength is not None
    assert chart.function is not None
    assert chart.strength.band
    assert chart.strength.dots[0].low is not None
    assert not chart.function.band
    assert chart.function.dots[0].low is None


def test_labels_of_two_lines_never_lie_on_each_other():
    facts = ChartFacts(today=TODAY, strength=strength(90, 88), function=strength(89, 88))

    chart = chart_of(facts)

    assert chart.strength is not None
    assert chart.function is not None
    assert abs(chart.strength.label_at[1] - chart.function.label_at[1]) >= 17


def test_every_tip_stays_inside_the_drawing():
    facts = ChartFacts(today=TODAY, planned=PLANNED, strength=strength(90, 88, 87, 85))

    for layout in (WIDE, NARROW):
        for hit in chart_of(facts, layout).hits:
            assert hit.tip.x >= 0
            assert hit.tip.x + hit.tip.width <= layout.width


def test_what_was_taken_ends_where_nobody_confirmed_it_any_more():
    taken = ((date(2026, 5, 4), Decimal(30)), (date(2026, 5, 11), Decimal(30)))
    facts = ChartFacts(today=TODAY, planned=PLANNED, taken=taken)

    assert "Taken: 30 mg a day" in lines_of(date(2026, 5, 10), facts)
    assert not [line for line in lines_of(date(2026, 5, 11), facts) if "Taken" in line]


def test_two_charts_on_a_page_have_ids_of_their_own():
    facts = ChartFacts(today=TODAY, planned=PLANNED)

    assert chart_of(facts, WIDE).key != chart_of(facts, NARROW).key


@pytest.mark.parametrize("days", [0, 1, 40, 400, 4_000, 40_000])
def test_any_stretch_of_time_gets_a_handful_of_dates(days):
    first = Reading(TODAY - timedelta(days=days), Decimal(80), "MMT8")

    chart = chart_of(ChartFacts(today=TODAY, strength=Series("MMT8", (first,))))

    assert len(chart.days) <= 16
    assert all(chart.left <= tick.at <= chart.right for tick in chart.days)


def test_the_description_tells_the_course_in_words():
    facts = ChartFacts(today=TODAY, planned=PLANNED, strength=strength(90, 88))

    said = chart_of(facts).description

    assert "from 30 mg a day on Mon 4 May 2026 to 0 mg on Mon 15 Jun 2026" in said
    assert "MMT8 90 on Wed 1 Apr 2026, MMT8 88 on Wed 29 Apr 2026." in said
