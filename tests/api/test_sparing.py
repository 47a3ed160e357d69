"""Steroid-sparing drugs and infusions over REST."""

from datetime import date

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


def results(as_nurse: Program, patient: Patient, on: str, *readings: dict[str, object]) -> None:
    answer = as_nurse.post(
        f"patients/{patient.id}/assessments",
        {"assessed_on": on, "rater": "Central laboratory", "measurements": list(readings)},
    )
    assert answer.status_code == 201, answer.content


WHITE_CELLS = {"code": "WHITE_CELLS", "value": 6, "unit": "10*9/L", "lower_limit": 4}


def test_white_cells_alone_leave_a_blood_test_partly_done(
    as_nurse: Program, as_prescriber: Program, patient: Patient
) -> None:
    path = f"patients/{patient.id}/sparing-courses"
    as_prescriber.post(path, METHOTREXATE | {"starts_on": "2026-05-04"})

    results(as_nurse, patient, "2026-05-04", WHITE_CELLS)

    checks = as_nurse.get(path).json()["results"][0]["checks"]
    assert (checks[0]["state"], checks[0]["is_partly_done"]) == ("DUE", True)
    assert checks[0]["says"] == (
        "partly done: neutrophils, platelets, liver enzymes, creatinine and albumin missing"
    )
    assert (checks[-1]["kind"], checks[-1]["due_on"]) == ("SCREENING", "2026-05-04")
    assert checks[-1]["says"] == "missing: HBsAg, anti-HBc, hepatitis C and chest film"


def test_the_results_before_methotrexate_stand_with_their_check_and_a_positive_one_asks(
    as_nurse: Program, as_prescriber: Program, patient: Patient
) -> None:
    path = f"patients/{patient.id}/sparing-courses"
    tests = f"patients/{patient.id}/tests"
    for test, result in (
        ("HBSAG", "NEGATIVE"),
        ("ANTI_HBC", "POSITIVE"),
        ("HEPATITIS_C", "NOT_CLEAR"),
        ("CHEST_FILM", None),
    ):
        given = {"test": test, "on": "2026-05-04", "result": result}
        assert as_nurse.post(tests, given).status_code == 201

    refused = as_prescriber.post(path, METHOTREXATE)
    made = as_prescriber.post(
        path, METHOTREXATE | {"reasons": {"HEPATITIS_POSITIVE": "Hepatology agrees"}}
    )

    assert refused.json()["code"] == "NEEDS_REASON"
    assert made.status_code == 201, made.content
    check = as_nurse.get(path).json()["results"][0]["checks"][-1]
    assert check["missing"] == ["chest film (result not recorded)"]
    assert check["results"] == ["HBsAg negative", "anti-HBc positive", "hepatitis C not clear"]


@pytest.mark.parametrize(
    "creatinine",
    [
        {"code": "CREATININE_MG", "value": 2, "unit": "mg/dL"},
        {"code": "CREATININE", "value": 176.8, "unit": "umol/L"},
    ],
)
def test_a_creatinine_alone_asks_for_a_reason_and_says_how_the_egfr_came_about(
    as_nurse: Program, as_prescriber: Program, patient: Patient, creatinine: dict[str, object]
) -> None:
    path = f"patients/{patient.id}/sparing-courses"
    Patient.objects.filter(pk=patient.pk).update(birth_date=date(1956, 3, 1), sex="FEMALE")
    results(as_nurse, patient, "2026-05-04", creatinine)

    refused = as_prescriber.post(path, METHOTREXATE)
    as_prescriber.post(path, METHOTREXATE | {"reasons": {"MTX_RENAL": "Seen by nephrology"}})

    [finding] = refused.json()["findings"]
    assert (refused.status_code, finding["code"]) == (409, "MTX_RENAL")
    assert finding["severity"] == "CRITICAL"
    assert "calculated, CKD-EPI 2021" in finding["message"]
    kidney = as_prescriber.get(path).json()["results"][0]["kidney_function"]
    assert (kidney["egfr"], kidney["is_calculated"]) == (26.4, True)
    assert kidney["why_not_judged"] == ""


def test_a_creatinine_of_somebody_whose_sex_is_not_known_is_said_not_to_be_judged(
    as_nurse: Program, as_prescriber: Program, patient: Patient
) -> None:
    Patient.objects.filter(pk=patient.pk).update(sex="UNKNOWN")
    reading = {"code": "CREATININE_MG", "value": 0.7, "unit": "mg/dL"}
    results(as_nurse, patient, "2026-05-04", reading)

    refused = as_prescriber.post(f"patients/{patient.id}/sparing-courses", METHOTREXATE)

    [finding] = refused.json()["findings"]
    assert "cannot be judged" in finding["message"]


def test_haemoglobin_and_albumin_in_another_unit_are_kept_as_written(
    as_nurse: Program, patient: Patient
) -> None:
    results(
        as_nurse,
        patient,
        "2026-05-04",
        {"code": "HAEMOGLOBIN", "value": 131, "unit": "g/L"},
        {"code": "ALBUMIN", "value": 4.1, "unit": "g/dL"},
    )

    [visit] = as_nurse.get(f"patients/{patient.id}/assessments").json()["results"]
    stored = {each["code"]: each for each in visit["measurements"]}
    assert (stored["HAEMOGLOBIN"]["value"], stored["ALBUMIN"]["value"]) == (13.1, 41)
    assert stored["HAEMOGLOBIN"]["original_unit"] == "g/L"


def test_a_day_asked_about_shows_what_was_in_force_not_what_was_typed_in(
    as_prescriber: Program, patient: Patient
) -> None:
    path = f"patients/{patient.id}/sparing-courses"
    level = METHOTREXATE | {"starts_on": "2026-04-06", "target_mg": None, "increment_mg": None}
    course = as_prescriber.post(path, level | {"every_days": None, "frequency": "ONCE_A_WEEK"})
    change = f"sparing-courses/{course.json()['id']}"
    lower = [{"on": "2026-04-20", "mg": 10}]
    as_prescriber.post(f"{change}/revise", {"reason": "Nausea", "doses": lower})
    as_prescriber.post(f"{change}/end", {"on": "2026-05-01", "reason": "Cough"})

    def on(day: str) -> dict[str, object]:
        [shown] = as_prescriber.get(path, as_of=day).json()["results"]
        return {name: shown[name] for name in ("status", "revision", "ended_on", "end_reason")} | {
            "mg": [dose["mg"] for dose in shown["doses"]]
        }

    running = {"status": "RUNNING", "ended_on": None, "end_reason": ""}
    assert on("2026-04-19") == running | {"revision": 1, "mg": [15]}
    assert on("2026-04-20") == running | {"revision": 2, "mg": [15, 10]}
    assert on("2026-05-01") == {
        "status": "ENDED", "revision": 2, "ended_on": "2026-05-01", "end_reason": "Cough",
        "mg": [15, 10],
    }  # fmt: skip


def test_the_schema_says_what_a_day_means(as_nurse: Program) -> None:
    schema = " ".join(as_nurse.get("schema").content.decode().split())

    assert schema.count("the day it happened on and not the day it was typed") >= 3


def test_the_reminders_of_the_tests_before_methotrexate_say_what_they_are_about(
    as_nurse: Program, as_prescriber: Program, patient: Patient
) -> None:
    as_prescriber.post(
        f"patients/{patient.id}/sparing-courses", METHOTREXATE | {"starts_on": "2026-05-11"}
    )
    ours = patient.reminders.filter(kind="LAB_DUE").order_by("local_date")
    first, later = ours.first(), ours.last()
    assert first is not None
    assert later is not None

    shown = as_nurse.get(f"reminders/{first.pk}").json()
    ahead = as_nurse.get(f"clinics/{patient.clinic_id}/upcoming-reminders", page_size=100).json()

    assert (shown["kind"], shown["says"]) == ("LAB_DUE", "Tests before the first dose due")
    assert "first dose" in shown["rule"]
    assert as_nurse.get(f"reminders/{later.pk}").json()["says"] == "Blood test due"
    assert "Tests before the first dose due" in {row["says"] for row in ahead["results"]}
