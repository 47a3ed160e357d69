"""Steroid-sparing drugs and infusions over REST."""

import pytest

from patients.models import AuditEvent, Patient
from tapers.models import SparingCourse
from tests.api.program import Program
from tests.api.sparing_rows import AZATHIOPRINE, INFUSION

METHOTREXATE = {
    "agent": "METHOTREXATE",
    "starts_on": "2026-07-06",
    "start_mg": 15,
    "target_mg": 25,
    "increment_mg": 2.5,
    "every_days": 28,
    "weekday": "MONDAY",
    "folic_acid_mg_per_week": 7,
    "dense_after_increase": False,
}
EVIDENCE = "methotrexate 5-20 mg a week did not slow weakness"


def test_a_preview_shows_doses_checks_and_options_and_stores_nothing(
    as_nurse: Program, patient: Patient
) -> None:
    answer = as_nurse.post(f"patients/{patient.id}/sparing-previews", METHOTREXATE)

    shown = answer.json()
    assert answer.status_code == 200, answer.content
    assert [(dose["on"], dose["mg"]) for dose in shown["doses"]] == [
        ("2026-07-06", 15),
        ("2026-08-03", 17.5),
        ("2026-08-31", 20),
        ("2026-09-28", 22.5),
        ("2026-10-26", 25),
    ]
    assert [check["due_on"] for check in shown["checks"][1:6]] == [
        "2026-08-03",
        "2026-08-31",
        "2026-09-28",
        "2026-11-23",
        "2027-02-15",
    ]
    assert (shown["frequency"], shown["pace"], shown["findings"]) == ("ONCE_A_WEEK", "WITHIN", [])
    assert [each["pace"] for each in shown["options"]] == ["WITHIN", "WITHIN", "WITHIN", "FASTER"]
    assert EVIDENCE in shown["evidence"]
    assert not SparingCourse.objects.exists()


def test_both_weights_are_shown_and_neither_is_chosen(as_nurse: Program, patient: Patient) -> None:
    asked = {"agent": "AZATHIOPRINE", "build": "MALE", "height_cm": 178, "weight_kg": 80}

    shown = as_nurse.post(f"patients/{patient.id}/sparing-previews", asked).json()

    assert [
        (each["basis"], each["exact_daily_mg"], each["daily_mg"]) for each in shown["targets"]
    ] == [
        ("IDEAL", 146.4, 125),
        ("ACTUAL", 160, 150),
    ]
    assert shown["doses"] == []


def test_azathioprine_without_its_unit_has_no_schedule(
    as_prescriber: Program, patient: Patient
) -> None:
    answer = as_prescriber.post(
        f"patients/{patient.id}/sparing-courses", AZATHIOPRINE | {"unit_confirmed": False}
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID")
    assert "unit_confirmed" in answer.json()["fields"]


def test_taken_daily_asks_for_a_reason_with_its_finding(
    as_prescriber: Program, patient: Patient
) -> None:
    path = f"patients/{patient.id}/sparing-courses"
    daily = METHOTREXATE | {"frequency": "ONCE_A_DAY"}

    refused = as_prescriber.post(path, daily)
    taken = as_prescriber.post(path, daily | {"reasons": {"MTX_DAILY": "Agreed for one week"}})

    assert (refused.status_code, refused.json()["code"]) == (409, "NEEDS_REASON")
    assert [each["code"] for each in refused.json()["findings"]] == ["MTX_DAILY"]
    assert (taken.status_code, taken.json()["frequency"]) == (201, "ONCE_A_DAY")


def test_what_a_revision_leaves_out_stays_as_it_was(
    as_prescriber: Program, patient: Patient
) -> None:
    course = as_prescriber.post(f"patients/{patient.id}/sparing-courses", METHOTREXATE).json()

    changed = as_prescriber.post(
        f"sparing-courses/{course['id']}/revise",
        {"reason": "Nausea", "doses": [{"on": "2026-08-31", "mg": 15}], "target_mg": None},
    )

    shown = changed.json()
    assert changed.status_code == 200, changed.content
    assert [dose["mg"] for dose in shown["doses"]] == [15, 17.5, 15]
    assert (shown["revision"], shown["weekday"], shown["folic_acid_mg_per_week"]) == (
        2,
        "MONDAY",
        7,
    )


def test_a_nurse_reads_and_does_not_prescribe(
    as_nurse: Program, as_prescriber: Program, patient: Patient
) -> None:
    path = f"patients/{patient.id}/sparing-courses"
    course = as_prescriber.post(path, METHOTREXATE).json()

    assert as_nurse.get(path).json()["results"][0]["id"] == course["id"]
    assert as_nurse.post(path, METHOTREXATE).status_code == 403
    for change, body in (
        ("revise", {"reason": "x"}),
        ("end", {"on": "2026-05-04", "reason": "x"}),
        ("discard", {"reason": "x"}),
    ):
        assert as_nurse.post(f"sparing-courses/{course['id']}/{change}", body).status_code == 403


def test_ended_and_in_error_are_final(as_prescriber: Program, patient: Patient) -> None:
    path = f"patients/{patient.id}/sparing-courses"
    course = as_prescriber.post(path, METHOTREXATE | {"starts_on": "2026-05-04"}).json()
    change = f"sparing-courses/{course['id']}"

    ended = as_prescriber.post(f"{change}/end", {"on": "2026-05-04", "reason": "Cough"})
    again = as_prescriber.post(f"{change}/discard", {"reason": "Wrong patient"})

    assert (ended.status_code, ended.json()["status"]) == (200, "ENDED")
    assert (again.status_code, again.json()["code"]) == (409, "COURSE_IS_OVER")


def test_as_of_a_day_before_nothing_was_known(as_prescriber: Program, patient: Patient) -> None:
    path = f"patients/{patient.id}/sparing-courses"
    as_prescriber.post(path, METHOTREXATE)

    assert as_prescriber.get(path, as_of="2026-05-03").json()["results"] == []
    assert len(as_prescriber.get(path, as_of="2026-05-04").json()["results"]) == 1


@pytest.mark.parametrize("day", ["2026-05-05", "1899-12-31"])
def test_no_day_ahead_or_too_long_ago_is_asked_about(
    as_nurse: Program, patient: Patient, day: str
) -> None:
    for noun in ("sparing-courses", "course", "toxicity"):
        answer = as_nurse.get(f"patients/{patient.id}/{noun}", as_of=day)

        assert answer.json()["fields"] == {"as_of": ["Give a day from 1900-01-01 to 2026-05-04."]}


def test_an_infusion_is_recorded_listed_and_marked_as_an_error(
    as_nurse: Program, patient: Patient
) -> None:
    path = f"patients/{patient.id}/infusions"
    made = as_nurse.post(path, INFUSION).json()

    discarded = as_nurse.post(f"infusions/{made['id']}/discard", {"reason": "Twice"})

    assert discarded.status_code == 200
    [listed] = as_nurse.get(path).json()["results"]
    assert (listed["g_per_kg"], listed["thrombosis_risk"]) == (2, None)
    assert listed["discard_reason"] == "Twice"


def test_the_history_tells_of_it_in_a_sentence(as_prescriber: Program, patient: Patient) -> None:
    as_prescriber.post(f"patients/{patient.id}/sparing-courses", METHOTREXATE)

    told = as_prescriber.get(f"patients/{patient.id}/timeline").json()["results"]

    assert AuditEvent.objects.filter(event="SPARING_STARTED").exists()
    assert any("Methotrexate recorded: 15 mg ONCE A WEEK" in each["text"] for each in told)
