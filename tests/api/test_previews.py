"""POST /taper-previews: the worked cases to the day and the milligram; nothing is stored."""

from typing import Any

import pytest

from patients.models import AuditEvent
from tapers.models import Taper
from tests.api.program import Program

FORTY = {"drug": "PREDNISONE", "daily_mg": 40, "starts_on": "2026-04-06", "exposure_days": 200}
WEEKLY_BY_5 = {"decrement_mg": 5, "interval_days": 7, "interval_days_from_10_mg": 7}
STRENGTHS = [1, 2.5, 5, 10, 20, 50]


def previewed(program: Program, **given: Any) -> dict[str, Any]:
    answer = program.post("taper-previews", given)
    assert answer.status_code == 200, answer.content
    result: dict[str, Any] = answer.json()
    return result


def test_forty_mg_by_five_each_week_is_nine_weeks_and_two_plans_fit(as_nurse: Program) -> None:
    shown = previewed(as_nurse, **FORTY, **WEEKLY_BY_5, tablet_strengths_mg=STRENGTHS)

    plan = shown["plan"]
    assert plan["starts_on"] == "2026-04-06"
    assert plan["first_zero_on"] == "2026-06-08"
    assert plan["duration_days"] == 63
    assert plan["window"] == "LONG"
    assert plan["cumulative_prednisone_mg"] == 1050
    assert [step["daily_mg"] for step in plan["steps"]] == [
        35, 30, 25, 20, 15, 10, 7.5, 5, 2.5, 0,
    ]  # fmt: skip
    assert shown["conforming"] == [
        {
            "decrement_mg": 10,
            "interval_days": 14,
            "interval_days_from_10_mg": 7,
            "duration_days": 56,
            "cumulative_prednisone_mg": 875,
            "preselected": True,
        },
        {
            "decrement_mg": 10,
            "interval_days": 7,
            "interval_days_from_10_mg": 7,
            "duration_days": 42,
            "cumulative_prednisone_mg": 525,
            "preselected": False,
        },
    ]
    assert shown["shortest_days"] == 42
    long = next(each for each in shown["findings"] if each["code"] == "PLAN_LONG")
    assert long["severity"] == "WARNING"
    assert long["message"]
    assert set(long["sources"][0]) == {
        *("code", "title", "year", "kind", "link"),
        *("mark", "note", "reviewed_by", "reviewed_on"),
    }


def test_a_step_is_half_open_and_says_how_it_is_made_up(as_nurse: Program) -> None:
    shown = previewed(as_nurse, **FORTY, **WEEKLY_BY_5, tablet_strengths_mg=STRENGTHS)

    first, *_, last = shown["plan"]["steps"]
    assert first == {
        "number": 1,
        "starts_on": "2026-04-06",
        "ends_on": "2026-04-13",
        "daily_mg": 35,
        "prednisone_mg": 35,
        "decrement_mg": 5,
        "tablets": [
            {"strength_mg": 20, "count": 1},
            {"strength_mg": 10, "count": 1},
            {"strength_mg": 5, "count": 1},
        ],
    }
    assert last == {
        "number": 10,
        "starts_on": "2026-06-08",
        "ends_on": None,
        "daily_mg": 0,
        "prednisone_mg": 0,
        "decrement_mg": 2.5,
        "tablets": [],
    }


def test_without_the_regimen_the_plan_is_the_preselected_one(as_nurse: Program) -> None:
    shown = previewed(as_nurse, **FORTY)

    assert shown["plan"]["duration_days"] == 56
    assert shown["plan"]["window"] == "WITHIN"
    assert shown["plan"]["cumulative_prednisone_mg"] == 875


@pytest.mark.parametrize("missing", ["decrement_mg", "interval_days", "interval_days_from_10_mg"])
def test_some_but_not_all_regimen_fields_are_refused(as_nurse: Program, missing: str) -> None:
    regimen = {name: value for name, value in WEEKLY_BY_5.items() if name != missing}

    answer = as_nurse.post("taper-previews", FORTY | regimen)

    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [missing]


def test_above_sixty_mg_no_plan_fits_and_the_findings_say_why(as_nurse: Program) -> None:
    shown = previewed(as_nurse, **FORTY | {"daily_mg": 80})

    assert shown["plan"] is None
    assert shown["conforming"] == []
    assert shown["shortest_days"] == 70
    assert "PLAN_NO_CONFORMING" in {each["code"] for each in shown["findings"]}


def test_a_long_acting_drug_gets_no_ladder(as_nurse: Program) -> None:
    shown = previewed(as_nurse, **FORTY | {"drug": "dexamethasone", "daily_mg": 6})

    assert shown["plan"] is None
    assert shown["conforming"] == []
    assert "DRUG_LONG_ACTING" in {each["code"] for each in shown["findings"]}


def test_other_drugs_are_planned_in_their_own_mg(as_nurse: Program) -> None:
    shown = previewed(
        as_nurse,
        drug="MethylPrednisolone",
        daily_mg=32,
        starts_on="2026-04-06",
        decrement_mg=10,
        interval_days=7,
        interval_days_from_10_mg=7,
    )

    steps = shown["plan"]["steps"]
    assert [step["daily_mg"] for step in steps] == [24, 16, 8, 6, 4, 2, 0]
    assert [step["prednisone_mg"] for step in steps] == [30, 20, 10, 7.5, 5, 2.5, 0]
    assert [step["decrement_mg"] for step in steps] == [10, 10, 10, 2.5, 2.5, 2.5, 2.5]
    assert shown["plan"]["cumulative_prednisone_mg"] == 525


def test_an_equivalent_that_does_not_end_is_rounded_at_the_edge(as_nurse: Program) -> None:
    shown = previewed(as_nurse, drug="deflazacort", daily_mg=25, starts_on="2026-04-06",
                      decrement_mg=10, interval_days=7, interval_days_from_10_mg=7)  # fmt: skip

    assert shown["plan"]["steps"][0]["decrement_mg"] == 10
    assert shown["plan"]["steps"][0]["daily_mg"] == 13
    assert shown["plan"]["steps"][0]["prednisone_mg"] == 10.8333


def test_a_hold_is_a_first_step_that_counts(as_nurse: Program) -> None:
    shown = previewed(as_nurse, **FORTY, **WEEKLY_BY_5 | {"decrement_mg": 10}, hold_days=14)

    hold, first, *_ = shown["plan"]["steps"]
    assert (hold["daily_mg"], hold["decrement_mg"], hold["ends_on"]) == (40, 0, "2026-04-20")
    assert (first["number"], first["daily_mg"], first["decrement_mg"]) == (2, 30, 10)
    assert shown["plan"]["duration_days"] == 56
    assert shown["plan"]["cumulative_prednisone_mg"] == 525 + 14 * 40


def test_alternate_days_count_as_their_mean(as_nurse: Program) -> None:
    shown = previewed(
        as_nurse, **FORTY | {"daily_mg": 25}, alternate_daily_mg=0, tablet_strengths_mg=STRENGTHS
    )

    assert shown["plan"]["steps"][0]["daily_mg"] == 10
    assert shown["plan"]["steps"][0]["decrement_mg"] == 2.5
    assert "ALT_DAY" in {each["code"] for each in shown["findings"]}


def test_half_a_tablet_only_where_it_is_scored(as_nurse: Program) -> None:
    scored = [{"strength_mg": 5, "scored": True}, 10, {"strength_mg": 20}]

    steps = previewed(
        as_nurse, **FORTY, **WEEKLY_BY_5, tablet_strengths_mg=scored
    )["plan"]["steps"]  # fmt: skip
    whole = previewed(as_nurse, **FORTY, **WEEKLY_BY_5, tablet_strengths_mg=[5, 10, 20])

    assert steps[6]["tablets"] == [{"strength_mg": 5, "count": 1.5}]
    assert whole["plan"]["steps"][6]["tablets"] is None
    assert "TABLET_CHECK" in {each["code"] for each in whole["findings"]}


def test_without_strengths_those_of_the_clinic_are_used(as_nurse: Program, stock: None) -> None:
    steps = previewed(as_nurse, **FORTY, **WEEKLY_BY_5)["plan"]["steps"]

    assert steps[6]["tablets"] == [
        {"strength_mg": 5, "count": 1},
        {"strength_mg": 2.5, "count": 1},
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("daily_mg", 0),
        ("daily_mg", -5),
        ("daily_mg", 200.25),
        ("daily_mg", 1e300),
        ("daily_mg", True),
        ("daily_mg", "1e3"),
        ("daily_mg", "-0"),
        ("daily_mg", "１２"),
        ("daily_mg", [40]),
        ("daily_mg", None),
        ("decrement_mg", 4.75),
        ("decrement_mg", 10.25),
        ("interval_days", 6),
        ("interval_days", 15),
        ("interval_days", 7.5),
        ("interval_days_from_10_mg", 6),
        ("interval_days_from_10_mg", 15),
        ("hold_days", -1),
        ("hold_days", 57),
        ("starts_on", "2021-01-01"),
        ("starts_on", "2032-01-01"),
        ("starts_on", "0001-01-01"),
        ("starts_on", "9999-12-31"),
        ("starts_on", "2026-02-30"),
        ("starts_on", "06.04.2026"),
        ("starts_on", "2026-04-06T00:00:00Z"),
        ("starts_on", "２０２６-04-06"),
        ("drug", "ASPIRIN"),
        ("drug", ""),
        ("drug", 7),
        ("exposure_days", -1),
        ("exposure_days", 10**9),
        ("alternate_daily_mg", -1),
        ("alternate_daily_mg", 10**6),
    ],
)
def test_what_lies_outside_is_refused_by_name_and_range(
    as_nurse: Program, field: str, value: object
) -> None:
    answer = as_nurse.post("taper-previews", FORTY | WEEKLY_BY_5 | {field: value})

    assert answer.status_code == 400, answer.content
    error = answer.json()
    assert error["code"] == "INVALID"
    assert error["message"]
    assert list(error["fields"]) == [field]


def test_the_allowed_range_is_named(as_nurse: Program) -> None:
    answer = as_nurse.post("taper-previews", FORTY | WEEKLY_BY_5 | {"decrement_mg": 12})

    assert "from 5 to 10 mg" in answer.json()["fields"]["decrement_mg"][0]


def test_strengths_are_named_by_their_place(as_nurse: Program) -> None:
    answer = as_nurse.post(
        "taper-previews", FORTY | {"tablet_strengths_mg": [5, {"strength_mg": "x"}, -1]}
    )

    assert set(answer.json()["fields"]) == {
        "tablet_strengths_mg.1.strength_mg",
        "tablet_strengths_mg.2.strength_mg",
    }


def test_nothing_is_stored(as_nurse: Program) -> None:
    before = AuditEvent.objects.count()

    previewed(as_nurse, **FORTY)

    assert not Taper.objects.exists()
    assert AuditEvent.objects.count() == before
