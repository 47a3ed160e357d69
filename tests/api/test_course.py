"""The rulebook, and the course of a patient as of a day."""

from typing import Any

import pytest

from patients.models import AuditEvent, Patient
from patients.vocabulary import Event
from tapers.domain.rules.rulebook import RULES, STATEMENTS, VERSION
from tests.api.program import Program
from tests.factories import AssessmentFactory, SteroidExposureFactory
from tests.factories_tapers import TaperFactory

APRIL, MAY_FIRST = "2026-04-01", "2026-05-01"


@pytest.fixture
def visits(patient: Patient, as_nurse: Program) -> None:
    for day, mmt in ((APRIL, 62), (MAY_FIRST, 55)):
        body = {
            "assessed_on": day,
            "rater": "R. Ames",
            "measurements": [
                {"code": "MMT8", "value": mmt},
                {"code": "CK", "value": 400, "unit": "U/L", "upper_limit": 308},
                {"code": "TUG", "state": "UNABLE", "unit": "s"},
            ],
        }
        answer = as_nurse.post(f"patients/{patient.id}/assessments", body)
        assert answer.status_code == 201, answer.content


def course(program: Program, patient: Patient, **query: str) -> dict[str, Any]:
    answer = program.get(f"patients/{patient.id}/course", **query)
    assert answer.status_code == 200, answer.content
    result: dict[str, Any] = answer.json()
    return result


def test_every_rule_is_told_with_its_reason_and_sources(as_reader: Program) -> None:
    answer = as_reader.get("rules").json()

    rows = {row["code"]: row for row in answer["results"]}
    assert answer["next"] is None
    assert set(rows) == {rule.code for rule in STATEMENTS} > {rule.code for rule in RULES}
    for row in rows.values():
        assert row["says"]
        assert row["because"]
        assert row["sources"]
        assert row["rulebook_version"] == VERSION
    assert rows["MMT_DROP"]["severity"] == "WARNING"


def test_every_source_says_its_weight_its_note_and_who_reviewed_it(as_reader: Program) -> None:
    rows = as_reader.get("rules").json()["results"]

    cited = {source.code: source for rule in STATEMENTS for source in rule.sources}
    told = {each["code"]: each for row in rows for each in row["sources"]}
    assert set(told) == set(cited)
    for code, source in cited.items():
        assert told[code]["mark"] == source.mark
        assert told[code]["note"] == source.note
        assert (told[code]["reviewed_by"], told[code]["reviewed_on"]) == (None, None)


def test_of_a_new_patient_nothing_is_told(as_reader: Program, patient: Patient) -> None:
    assert course(as_reader, patient) == {
        "as_of": "2026-05-04",
        "rulebook_version": VERSION,
        "standing": {
            "prednisone_mg": None,
            "confirmed": None,
            "next_step": None,
            "late_step": None,
        },
        "follow_up": [],
        "series": [],
        "without_a_number": [],
        "doses_planned": [],
        "doses_taken": [],
        "exposure": None,
        "annotations": [],
        "findings": [],
    }


@pytest.mark.usefixtures("visits")
def test_what_was_measured_stands_with_its_bands(as_reader: Program, patient: Patient) -> None:
    shown = course(as_reader, patient)

    [ck, mmt] = shown["series"]
    assert (ck["code"], mmt["code"]) == ("CK", "MMT8")
    assert [each["value"] for each in mmt["readings"]] == [62, 55]
    assert mmt["change_since_baseline"] == {
        "from_on": APRIL,
        "to_on": MAY_FIRST,
        "days": 30,
        "points": -7,
        "percent_of_scale": -8.75,
        "percent": -11.2903,
        "same_rater": True,
    }
    assert mmt["error_band"] == {"low_percent": 7, "high_percent": 7, "of_scale": True}
    assert mmt["natural_band"]["on"] == "2026-05-04"
    assert mmt["natural_band"]["low"] < mmt["natural_band"]["high"] < 62
    assert ck["natural_band"] is None
    assert {each["state"] for each in shown["without_a_number"]} == {"UNABLE"}
    drop = next(each for each in shown["findings"] if each["code"] == "MMT_DROP")
    assert drop["values"]["drop_percent"] == "8.75"
    assert drop["sources"]


@pytest.mark.usefixtures("visits")
def test_an_earlier_day_knows_only_what_was_known_then(
    as_reader: Program, patient: Patient
) -> None:
    shown = course(as_reader, patient, as_of="2026-04-15")

    assert shown["as_of"] == "2026-04-15"
    assert [each["assessed_on"] for each in shown["series"][1]["readings"]] == [APRIL]
    assert shown["series"][1]["change_since_baseline"] is None
    assert "MMT_DROP" not in {each["code"] for each in shown["findings"]}


def test_doses_are_told_as_planned_and_as_taken(as_reader: Program, patient: Patient) -> None:
    SteroidExposureFactory(patient=patient, started_on="2026-04-24", ended_on="2026-05-04")
    TaperFactory(patient=patient, running=True)

    shown = course(as_reader, patient)

    assert [step["prednisone_mg"] for step in shown["doses_planned"][:2]] == [30, 20]
    assert shown["doses_taken"][0]["prednisone_mg"] == 40
    assert shown["doses_taken"][-1] == {
        "begins_on": "2026-05-04",
        "ends_on": None,
        "prednisone_mg": 30,
        "confirmed": False,
    }
    assert shown["exposure"] == {
        "from_on": "2026-04-24",
        "to_on": "2026-05-05",
        "cumulative_mg": 430,
        "mean_daily_mg": 39.0909,
        "known_days": 11,
        "unknown_days": 0,
        "estimated_days": 1,
        "days_above_10_mg": 11,
        "days_from_5_mg": 11,
        "days_on_steroid": 11,
        "is_complete": True,
    }


def test_doses_taken_do_not_contradict_each_other(as_reader: Program, patient: Patient) -> None:
    SteroidExposureFactory(patient=patient, started_on="2026-04-24")
    SteroidExposureFactory(patient=patient, daily_mg=60, started_on="2026-05-04")
    TaperFactory(patient=patient, running=True)

    shown = course(as_reader, patient)

    assert [
        (each["begins_on"], each["ends_on"], each["prednisone_mg"]) for each in shown["doses_taken"]
    ] == [("2026-04-24", "2026-05-04", 40), ("2026-05-04", None, 60)]
    assert shown["standing"]["prednisone_mg"] == 60


@pytest.mark.parametrize(
    "as_of",
    [
        "", " ", "today", "2026-02-30", "2026-5-4", "2026-05-05", "1899-12-31", "0001-01-01",
        "9999-12-31", "２０２６-05-04", "2026-05-04T10:00:00Z", "' OR 1=1", "1e3", "x" * 5000,
    ],
)  # fmt: skip
def test_a_day_that_cannot_be_answered_for_is_refused(
    as_reader: Program, patient: Patient, as_of: str
) -> None:
    answer = as_reader.get(f"patients/{patient.id}/course", as_of=as_of)

    assert answer.status_code == 400, answer.content
    assert "as_of" in answer.json()["fields"]


def test_another_name_in_the_query_is_refused(as_reader: Program, patient: Patient) -> None:
    assert as_reader.get(f"patients/{patient.id}/course", asof=MAY_FIRST).status_code == 400


def test_looking_is_in_the_trail(as_reader: Program, patient: Patient) -> None:
    course(as_reader, patient)

    row = AuditEvent.objects.get(event=Event.RECORD_READ)
    assert (row.patient, row.details["what"]) == (patient, "COURSE")


def test_another_clinic_sees_nothing(as_stranger: Program, patient: Patient) -> None:
    AssessmentFactory(patient=patient, full=True)

    assert as_stranger.get(f"patients/{patient.id}/course").status_code == 404
    assert as_stranger.get(f"patients/{patient.id}/course", as_of="x").status_code == 404
