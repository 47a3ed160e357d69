"""A taper over REST, from draft to zero."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from patients.models import Patient
from patients.vocabulary import PatientStatus
from tapers.models import Taper
from tests.api.program import Program
from tests.conftest import MONDAY_AT_TEN


def codes(findings: list[dict[str, Any]]) -> set[str]:
    return {each["code"] for each in findings}


def test_a_draft_is_stored_and_read_back(
    as_reader: Program, draft: dict[str, Any], proposal: dict[str, Any]
) -> None:
    shown = as_reader.get(f"tapers/{draft['id']}")

    assert shown.status_code == 200
    assert shown.json() == draft
    assert draft["patient"] == proposal["patient"]
    assert (draft["status"], draft["revision"]) == ("DRAFT", 1)
    assert draft["plan"]["duration_days"] == 42
    assert draft["plan"]["window"] == "WITHIN"
    assert {"ADRENAL_RISK", "ASSESS_BASELINE"} <= codes(draft["findings"])
    assert as_reader.get("tapers").json()["results"] == [draft]


def test_drafts_are_unlimited(as_nurse: Program, proposal: dict[str, Any]) -> None:
    first, second = as_nurse.post("tapers", proposal), as_nurse.post("tapers", proposal)

    assert (first.status_code, second.status_code) == (201, 201)
    assert len(as_nurse.get("tapers", patient=proposal["patient"]).json()["results"]) == 2


def test_a_proposal_without_a_plan_is_refused(as_nurse: Program, patient: Patient) -> None:
    answer = as_nurse.post(
        "tapers",
        {
            "patient": str(patient.id),
            "drug": "PREDNISONE",
            "daily_mg": 80,
            "starts_on": "2026-05-04",
        },
    )

    assert answer.status_code == 400
    assert answer.json()["code"] == "NO_PLAN"
    assert set(answer.json()["fields"]) == {
        "decrement_mg",
        "interval_days",
        "interval_days_from_10_mg",
    }
    assert not Taper.objects.exists()


def test_the_two_doses_of_alternate_days_come_back_as_they_were_given(
    as_nurse: Program, proposal: dict[str, Any], stock: None
) -> None:
    two = {"daily_mg": 45, "alternate_daily_mg": 35}

    stored = as_nurse.post("tapers", proposal | two).json()

    read = as_nurse.get(f"tapers/{stored['id']}").json()
    assert {name: read[name] for name in two} == two
    assert read["plan"]["steps"][0]["daily_mg"] == 30


@pytest.mark.parametrize("path", ["tapers", "taper-previews"])
def test_no_hold_is_null_as_well_as_0(
    as_nurse: Program, proposal: dict[str, Any], stock: None, path: str
) -> None:
    unsaid, null = (
        as_nurse.post(path, proposal | given) for given in ({"hold_days": 0}, {"hold_days": None})
    )

    assert null.status_code == unsaid.status_code < 300
    assert null.json()["plan"] == unsaid.json()["plan"]


@pytest.mark.parametrize(
    "given",
    [
        {"decrement_mg": 5, "interval_days": 7, "interval_days_from_10_mg": 7},
        {
            "steps": [
                {"starts_on": "2026-05-11", "daily_mg": 25},
                {"starts_on": "2026-05-18", "daily_mg": 10},
                {"starts_on": "2026-05-25", "daily_mg": 5},
                {"starts_on": "2026-06-01", "daily_mg": 0},
            ]
        },
    ],
    ids=["a regimen", "steps"],
)
def test_a_revision_takes_null_for_no_hold(
    as_prescriber: Program, taper: dict[str, Any], reasons: dict[str, str], given: dict[str, Any]
) -> None:
    body = {"reason": "Slower", "reasons": reasons, "starts_on": "2026-05-11", "daily_mg": 25}

    answer = as_prescriber.post(f"tapers/{taper['id']}/revise", body | given | {"hold_days": None})

    assert answer.status_code == 200, answer.content


def test_each_warning_needs_its_reason(
    as_prescriber: Program, draft: dict[str, Any], reasons: dict[str, str]
) -> None:
    path = f"tapers/{draft['id']}/activate"

    without = as_prescriber.post(path)
    blank = as_prescriber.post(path, {"reasons": dict.fromkeys(reasons, " ")})
    given = as_prescriber.post(path, {"reasons": reasons})

    assert (without.status_code, without.json()["code"]) == (409, "NEEDS_REASON")
    asked = without.json()["findings"]
    assert asked
    assert {each["severity"] for each in asked} <= {"WARNING", "CRITICAL"}
    assert codes(asked) <= codes(draft["findings"])
    assert set(asked[0]) == {"code", "severity", "message", "sources"}
    assert blank.status_code == 400
    assert {name.split(".")[0] for name in blank.json()["fields"]} == {"reasons"}
    assert given.status_code == 200
    assert given.json()["status"] == "ACTIVE"


def test_one_running_taper_a_patient(
    as_prescriber: Program, proposal: dict[str, Any], taper: dict[str, Any], reasons: dict[str, str]
) -> None:
    second = as_prescriber.post("tapers", proposal).json()

    answer = as_prescriber.post(f"tapers/{second['id']}/activate", {"reasons": reasons})

    assert (answer.status_code, answer.json()["code"]) == (409, "ALREADY_ON_TAPER")


def test_only_a_prescriber_activates(as_nurse: Program, draft: dict[str, Any]) -> None:
    answer = as_nurse.post(f"tapers/{draft['id']}/activate")

    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    assert "prescriber" in answer.json()["message"]


def test_a_step_taken_late_moves_the_later_dates(as_nurse: Program, taper: dict[str, Any]) -> None:
    with time_machine.travel(MONDAY_AT_TEN + timedelta(days=1)):
        answer = as_nurse.post(
            f"tapers/{taper['id']}/step-reports",
            {
                "step_number": 1,
                "outcome": "TAKEN",
                "taken_on": "2026-05-05",
                "reported_by": "PATIENT",
            },
        )

    assert answer.status_code == 201, answer.content
    report = answer.json()
    assert (report["step_number"], report["outcome"]) == (1, "TAKEN")
    assert (report["taken_on"], report["reported_by"]) == ("2026-05-05", "PATIENT")
    moved = report["taper"]
    assert moved["revision"] == 2
    assert moved["plan"]["first_zero_on"] == "2026-06-16"
    assert moved["plan"]["steps"][1]["starts_on"] == "2026-05-12"
    assert as_nurse.get(f"tapers/{taper['id']}").json() == moved
    listed = as_nurse.get(f"tapers/{taper['id']}/step-reports").json()["results"]
    assert listed == [{name: value for name, value in report.items() if name != "taper"}]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"step_number": 99}, "step_number"),
        ({"step_number": 0}, "step_number"),
        ({"step_number": "1e0"}, "step_number"),
        ({"outcome": "taken"}, "outcome"),
        ({"taken_on": None}, "taken_on"),
        ({"taken_on": "2026-05-09"}, "taken_on"),
        ({"taken_on": "9999-12-31"}, "taken_on"),
        ({"taken_on": "0001-01-01"}, "taken_on"),
        ({"outcome": "NOT_YET"}, "taken_on"),
        ({"reported_by": "NEIGHBOUR"}, "reported_by"),
        ({"note": "x" * 501}, "note"),
    ],
)
def test_a_report_that_cannot_be_is_refused_by_name(
    as_nurse: Program, taper: dict[str, Any], change: dict[str, Any], field: str
) -> None:
    report = {
        "step_number": 1,
        "outcome": "TAKEN",
        "taken_on": "2026-05-04",
        "reported_by": "STAFF",
    }

    answer = as_nurse.post(f"tapers/{taper['id']}/step-reports", report | change)

    assert answer.status_code == 400, answer.content
    assert list(answer.json()["fields"]) == [field]


def test_a_report_is_taken_back_with_a_reason(as_nurse: Program, taper: dict[str, Any]) -> None:
    reports = f"tapers/{taper['id']}/step-reports"
    taken = {"step_number": 1, "outcome": "TAKEN", "taken_on": "2026-05-04", "reported_by": "STAFF"}
    report = as_nurse.post(reports, taken).json()

    refused = as_nurse.post(f"{reports}/{report['id']}/take-back", {"reason": " "})
    with time_machine.travel(MONDAY_AT_TEN, tick=False):
        answer = as_nurse.post(f"{reports}/{report['id']}/take-back", {"reason": "Wrong patient"})
    again = as_nurse.post(f"{reports}/{report['id']}/take-back", {"reason": "Wrong patient"})

    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["reason"])
    assert answer.status_code == 200, answer.content
    assert answer.json()["taken_back_reason"] == "Wrong patient"
    assert answer.json()["taken_back_at"] == "2026-05-04T15:00:00Z"
    assert (again.status_code, again.json()["code"]) == (409, "ALREADY_TAKEN_BACK")
    assert as_nurse.post(reports, taken).status_code == 201


def test_a_step_is_taken_once(as_nurse: Program, taper: dict[str, Any]) -> None:
    report = {
        "step_number": 1,
        "outcome": "TAKEN",
        "taken_on": "2026-05-04",
        "reported_by": "STAFF",
    }

    as_nurse.post(f"tapers/{taper['id']}/step-reports", report)
    again = as_nurse.post(f"tapers/{taper['id']}/step-reports", report)

    assert (again.status_code, again.json()["code"]) == (409, "ALREADY_REPORTED")


def test_a_step_waits_for_the_report_of_the_one_before(
    as_nurse: Program, taper: dict[str, Any]
) -> None:
    reports = f"tapers/{taper['id']}/step-reports"
    second = {"step_number": 2, "outcome": "TAKEN", "taken_on": "2026-05-11"}
    with time_machine.travel(MONDAY_AT_TEN + timedelta(days=7)):
        refused = as_nurse.post(reports, second | {"reported_by": "STAFF"})
        passed_over = {"step_number": 1, "outcome": "NOT_YET", "reported_by": "STAFF"}
        first = as_nurse.post(reports, passed_over)
        then = as_nurse.post(reports, second | {"reported_by": "STAFF"})

    assert (refused.status_code, refused.json()["code"]) == (409, "EARLIER_STEP_UNREPORTED")
    assert "Step 1, planned for 2026-05-04" in refused.json()["message"]
    assert list(refused.json()["fields"]) == ["step_number"]
    assert (first.status_code, then.status_code) == (201, 201)


def test_a_finished_taper_is_marked_as_entered_in_error(
    as_nurse: Program, as_prescriber: Program, patient: Patient, taper: dict[str, Any]
) -> None:
    steps = [
        {"starts_on": "2025-03-03", "daily_mg": 5},
        {"starts_on": "2025-03-10", "daily_mg": 0},
    ]
    given = {"drug": "PREDNISONE", "daily_mg": 10, "steps": steps}
    past = as_nurse.post(f"patients/{patient.id}/past-tapers", given).json()
    reason = {"reason": "Another patient"}

    by_nurse = as_nurse.post(f"tapers/{past['id']}/entered-in-error", reason)
    answer = as_prescriber.post(f"tapers/{past['id']}/entered-in-error", reason)
    running = as_prescriber.post(f"tapers/{taper['id']}/entered-in-error", reason)

    assert by_nurse.status_code == 403
    assert answer.status_code == 200, answer.content
    marked = answer.json()
    assert (marked["status"], marked["in_error_reason"]) == ("ENTERED_IN_ERROR", "Another patient")
    assert as_nurse.get(f"tapers/{past['id']}").json() == marked
    assert (running.status_code, running.json()["code"]) == (409, "WRONG_STATUS")


def test_hold_and_resume_wait_in_full_before_the_next_reduction(
    as_prescriber: Program, taper: dict[str, Any]
) -> None:
    held = as_prescriber.post(
        f"tapers/{taper['id']}/hold", {"on": "2026-05-05", "reason": "Infection"}
    )
    twice = as_prescriber.post(
        f"tapers/{taper['id']}/hold", {"on": "2026-05-05", "reason": "Infection"}
    )
    resumed = as_prescriber.post(f"tapers/{taper['id']}/resume", {"on": "2026-05-06"})

    assert (held.status_code, held.json()["status"]) == (200, "ON_HOLD")
    assert held.json()["held_on"] == "2026-05-05"
    assert (twice.status_code, twice.json()["code"]) == (409, "WRONG_STATUS")
    assert (resumed.status_code, resumed.json()["status"]) == (200, "ACTIVE")
    assert resumed.json()["plan"]["steps"][1]["starts_on"] == "2026-05-13"


def test_a_revision_keeps_what_lies_behind(
    as_prescriber: Program, taper: dict[str, Any], reasons: dict[str, str]
) -> None:
    answer = as_prescriber.post(
        f"tapers/{taper['id']}/revise",
        {
            "reason": "Slower from here",
            "reasons": reasons,
            "starts_on": "2026-05-11",
            "daily_mg": 25,
            "decrement_mg": 5,
            "interval_days": 14,
            "interval_days_from_10_mg": 14,
        },
    )

    assert answer.status_code == 200, answer.content
    revised = answer.json()
    assert revised["revision"] == 2
    assert [step["daily_mg"] for step in revised["plan"]["steps"]] == [
        30, 25, 20, 15, 10, 7.5, 5, 2.5, 0,
    ]  # fmt: skip
    assert revised["plan"]["starts_on"] == "2026-05-04"


def test_steps_may_be_written_one_by_one(
    as_prescriber: Program, taper: dict[str, Any], reasons: dict[str, str]
) -> None:
    steps = [
        {"starts_on": "2026-05-11", "daily_mg": 12},
        {"starts_on": "2026-05-15", "daily_mg": 6},
        {"starts_on": "2026-06-30", "daily_mg": 0},
    ]

    answer = as_prescriber.post(
        f"tapers/{taper['id']}/revise",
        {"reason": "Own steps", "reasons": reasons, "steps": steps},
    )

    assert answer.status_code == 200, answer.content
    assert [step["daily_mg"] for step in answer.json()["plan"]["steps"]] == [30, 12, 6, 0]
    assert {"STEP_LARGE", "STEP_FAST"} <= codes(answer.json()["findings"])


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({}, {"starts_on", "daily_mg", "decrement_mg"}),
        ({"steps": []}, {"starts_on", "daily_mg", "decrement_mg"}),
        ({"steps": [{"starts_on": "2026-05-11"}]}, {"steps.0.daily_mg"}),
        ({"steps": [{"starts_on": "2026-05-11", "daily_mg": "NaN"}]}, {"steps.0.daily_mg"}),
        ({"steps": [{"starts_on": "2026-05-11", "daily_mg": 5}]}, {"steps"}),
        ({"steps": [{"starts_on": "9999-12-31", "daily_mg": 0}]}, {"starts_on"}),
        ({"steps": "all of them"}, {"steps"}),
        ({"reason": ""}, {"reason"}),
        ({"reasons": {"ADRENAL_RISK": 7}}, {"reasons.ADRENAL_RISK"}),
        ({"reasons": ["ADRENAL_RISK"]}, {"reasons"}),
    ],
)
def test_a_revision_that_cannot_be_is_refused_by_name(
    as_prescriber: Program, taper: dict[str, Any], change: dict[str, Any], fields: set[str]
) -> None:
    answer = as_prescriber.post(f"tapers/{taper['id']}/revise", {"reason": "Why"} | change)

    assert answer.status_code == 400, answer.content
    assert set(answer.json()["fields"]) == fields


def test_a_taper_is_stopped_with_a_reason(as_prescriber: Program, taper: dict[str, Any]) -> None:
    path = f"tapers/{taper['id']}/stop"

    unexplained = as_prescriber.post(path, {"on": "2026-05-05"})
    stopped = as_prescriber.post(path, {"on": "2026-05-05", "reason": "Moved away"})

    assert list(unexplained.json()["fields"]) == ["reason"]
    assert (stopped.status_code, stopped.json()["status"]) == (200, "REVOKED")
    assert as_prescriber.get("tapers", status="REVOKED").json()["results"] == [stopped.json()]


def test_a_taper_is_completed_at_zero_only(as_prescriber: Program, taper: dict[str, Any]) -> None:
    answer = as_prescriber.post(f"tapers/{taper['id']}/complete", {"on": "2026-05-04"})

    assert (answer.status_code, answer.json()["code"]) == (409, "NOT_AT_ZERO")


def test_a_draft_is_put_away(as_nurse: Program, draft: dict[str, Any]) -> None:
    answer = as_nurse.post(f"tapers/{draft['id']}/discard")

    assert (answer.status_code, answer.json()["status"]) == (200, "ENTERED_IN_ERROR")
    assert as_nurse.get("tapers").json()["results"] == []


def test_nothing_is_activated_for_a_patient_who_died(
    as_prescriber: Program, patient: Patient, draft: dict[str, Any], reasons: dict[str, str]
) -> None:
    as_prescriber.patch(f"patients/{patient.id}", {"status": PatientStatus.DIED})

    answer = as_prescriber.post(f"tapers/{draft['id']}/activate", {"reasons": reasons})

    assert answer.status_code == 409
    assert answer.json()["code"] == "PATIENT_NOT_ACTIVE"


def test_reminders_tell_when_why_and_what_became_of_them(
    as_nurse: Program, patient: Patient, taper: dict[str, Any]
) -> None:
    listed = as_nurse.get("reminders", patient=str(patient.id), kind="STEP_HEADS_UP").json()

    first = listed["results"][0]
    assert first["patient"] == str(patient.id)
    assert (first["audience"], first["kind"]) == ("PATIENT", "STEP_HEADS_UP")
    assert (first["status"], first["sent_at"], first["attempts"]) == ("SCHEDULED", None, 0)
    assert (first["local_date"], first["due_at"]) == ("2026-05-09", "2026-05-09T14:00:00Z")
    assert first["revision"] == 1


def test_reminders_are_narrowed_by_what_they_are_and_when_they_are_due(
    as_nurse: Program, patient: Patient, taper: dict[str, Any]
) -> None:
    def due(**query: str) -> list[str]:
        return [row["due_at"] for row in as_nurse.get("reminders", **query).json()["results"]]

    every = due()
    assert every == sorted(every)
    assert due(status="SENT") == []
    assert due(due_after="2026-06-01T00:00:00Z") == [at for at in every if at > "2026-06"]
    assert due(due_before="2026-05-31T19:00:00-05:00") == [at for at in every if at < "2026-06"]


def test_a_reminder_that_waits_cannot_be_tried_again(
    as_nurse: Program, taper: dict[str, Any]
) -> None:
    reminder = as_nurse.get("reminders").json()["results"][0]

    answer = as_nurse.post(f"reminders/{reminder['id']}/retry")

    assert (answer.status_code, answer.json()["code"]) == (409, "WRONG_STATUS")


def test_an_alert_that_waits_is_taken_note_of_once(
    as_prescriber: Program, patient: Patient, taper: dict[str, Any]
) -> None:
    alerts = as_prescriber.get("alerts", patient=str(patient.id)).json()["results"]
    open_ones = as_prescriber.get("alerts", open="true").json()["results"]

    assert codes(alerts) == codes(taper["findings"])
    assert open_ones == []
    noted = next(each for each in alerts if each["acknowledged_at"])
    again = as_prescriber.post(f"alerts/{noted['id']}/acknowledge", {"reason": "Seen"})
    assert (again.status_code, again.json()["code"]) == (409, "ALREADY_ACKNOWLEDGED")
