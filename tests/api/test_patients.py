"""Patients, their consent, visits, history and timeline."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from patients.instruments.items import items_of
from patients.models import Clinic, Membership, Patient
from patients.vocabulary import Role
from tests import factories
from tests.api.program import Program

ADA = {
    "record_number": "A-1",
    "given_name": "Ada",
    "family_name": "Rivers",
    "birth_date": "1958-03-14",
    "sex": "FEMALE",
    "email": "ada@mail.example",
    "time_zone": "America/Chicago",
    "language": "en",
}
VISIT = {
    "assessed_on": "2026-05-01",
    "rater": "N. Nurse",
    "measurements": [
        {"code": "MMT8", "value": 62, "unit": "{score}"},
        {"code": "IBMFRS", "value": 28},
        {"code": "CK", "value": 480, "unit": "U/L", "upper_limit": 190},
    ],
}


@pytest.fixture
def ada(as_coordinator: Program, clinic: Clinic) -> dict[str, Any]:
    answer = as_coordinator.post("patients", ADA)
    assert answer.status_code == 201, answer.content
    result: dict[str, Any] = answer.json()
    return result


def test_a_patient_is_registered_and_read_back(
    as_reader: Program, ada: dict[str, Any], clinic: Clinic
) -> None:
    answer = as_reader.get(f"patients/{ada['id']}")

    assert answer.status_code == 200
    shown = answer.json()
    assert shown == ada
    assert {name: shown[name] for name in ADA} == ADA
    assert shown["clinic"] == str(clinic.id)
    assert shown["status"] == "ACTIVE"
    for unknown in (
        "current_daily_mg",
        "next_step",
        "latest_mmt",
        "latest_function",
        "latest_ck",
        "next_assessment_due_on",
    ):
        assert shown[unknown] is None
    assert shown["open_alerts"] == 0


def test_a_record_number_is_used_once_in_a_clinic(
    as_coordinator: Program, as_stranger: Program, ada: dict[str, Any]
) -> None:
    again = as_coordinator.post("patients", ADA)
    elsewhere = as_stranger.post("patients", ADA)

    assert again.status_code == 400
    assert list(again.json()["fields"]) == ["record_number"]
    assert elsewhere.status_code == 201


def test_what_was_read_can_be_sent_back(as_coordinator: Program, ada: dict[str, Any]) -> None:
    answer = as_coordinator.patch(f"patients/{ada['id']}", ada | {"given_name": "Adele"})

    assert answer.status_code == 200, answer.content
    assert answer.json() == ada | {"given_name": "Adele"}


def test_a_name_nobody_knows_is_refused(as_coordinator: Program, ada: dict[str, Any]) -> None:
    answer = as_coordinator.patch(f"patients/{ada['id']}", {"surname": "Rivers"})

    assert answer.status_code == 400
    assert "the fields are clinic, record_number" in answer.json()["fields"]["surname"][0]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("record_number", ""),
        ("record_number", 7),
        ("record_number", "x" * 41),
        ("given_name", "Ada\nBcc: everyone@example.org"),
        ("family_name", None),
        ("birth_date", "0001-01-01"),
        ("birth_date", "1899-12-31"),
        ("birth_date", "2026-05-06"),
        ("birth_date", "9999-12-31"),
        ("sex", "female"),
        ("sex", ["FEMALE"]),
        ("email", "ada"),
        ("email", "a@[127.0.0.1]"),
        ("email", "a@b.example\nBcc: c@d.example"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
        ("language", "xx"),
        ("status", "GONE"),
        ("clinic", "1"),
        ("clinic", 10**30),
    ],
)
def test_a_value_that_cannot_be_taken_is_named(
    as_coordinator: Program, clinic: Clinic, field: str, value: object
) -> None:
    answer = as_coordinator.post("patients", ADA | {field: value})

    assert answer.status_code == 400, answer.content
    assert list(answer.json()["fields"]) == [field]
    assert not Patient.objects.filter(clinic=clinic).exists()


def test_a_member_of_two_clinics_says_which(
    as_coordinator: Program, coordinator: User, other_clinic: Clinic
) -> None:
    Membership.objects.create(clinic=other_clinic, user=coordinator, role=Role.COORDINATOR)

    unsaid = as_coordinator.post("patients", ADA)
    said = as_coordinator.post("patients", ADA | {"clinic": str(other_clinic.id)})

    assert unsaid.status_code == 400
    assert list(unsaid.json()["fields"]) == ["clinic"]
    assert said.json()["clinic"] == str(other_clinic.id)


def test_the_list_is_by_name_in_pages(as_nurse: Program, clinic: Clinic) -> None:
    for name in ("Delta", "Alpha", "Echo", "Bravo", "Charlie"):
        factories.PatientFactory(clinic=clinic, family_name=name)

    first = as_nurse.get("patients", page_size=2).json()
    second = as_nurse.get(first["next"]).json()
    third = as_nurse.get(second["next"]).json()
    back = as_nurse.get(second["previous"]).json()

    assert [names(page) for page in (first, second, third)] == [
        ["Alpha", "Bravo"],
        ["Charlie", "Delta"],
        ["Echo"],
    ]
    assert first["previous"] is None
    assert third["next"] is None
    assert names(back) == ["Alpha", "Bravo"]
    assert back["previous"] is None
    assert "Alpha" not in first["next"]


def test_the_list_can_be_searched_and_narrowed(as_nurse: Program, clinic: Clinic) -> None:
    factories.PatientFactory(clinic=clinic, family_name="Alpha", status="DIED")
    factories.PatientFactory(clinic=clinic, family_name="Bravo")

    assert names(as_nurse.get("patients", search="alp").json()) == ["Alpha"]
    assert names(as_nurse.get("patients", status="ACTIVE").json()) == ["Bravo"]
    assert names(as_nurse.get("patients", clinic=str(clinic.id)).json()) == ["Alpha", "Bravo"]


@pytest.mark.parametrize(
    "query",
    [
        {"page_size": 0},
        {"page_size": 201},
        {"page_size": "１"},
        {"cursor": "x"},
        {"cursor": "n" + "0" * 32},
        {"status": "active"},
        {"search": "a\0b"},
        {"clinic": "1"},
        {"ordering": "email"},
        {"patient__email": "a@b.example"},
    ],
)
def test_a_query_is_read_as_strictly_as_a_body(
    as_nurse: Program, patient: Patient, query: dict[str, Any]
) -> None:
    answer = as_nurse.get("patients", **query)

    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == list(query)


def test_a_patient_shows_where_the_taper_and_the_results_stand(
    as_nurse: Program, patient: Patient, taper: dict[str, Any]
) -> None:
    as_nurse.post(f"patients/{patient.id}/assessments", VISIT)

    shown = as_nurse.get(f"patients/{patient.id}").json()
    [listed] = as_nurse.get("patients").json()["results"]

    assert listed == shown
    assert shown["current_daily_mg"] == 30
    assert shown["next_step"] == {"number": 2, "starts_on": "2026-05-11", "daily_mg": 20}
    assert shown["latest_mmt"] == {"value": 62, "unit": "{score}", "assessed_on": "2026-05-01"}
    assert shown["latest_function"] == {
        "value": 28,
        "unit": "{score}",
        "assessed_on": "2026-05-01",
    }
    assert shown["latest_ck"] == {"value": 480, "unit": "U/L", "assessed_on": "2026-05-01"}
    assert shown["next_assessment_due_on"] == "2026-05-29"


def test_what_could_not_be_done_later_does_not_hide_what_was_measured(
    as_nurse: Program, patient: Patient
) -> None:
    for day, reading in (
        ("2026-04-01", {"code": "TUG", "value": 12, "unit": "s"}),
        ("2026-05-01", {"code": "TUG", "state": "UNABLE"}),
    ):
        visit = {"assessed_on": day, "rater": "N. Nurse", "measurements": [reading]}
        assert as_nurse.post(f"patients/{patient.id}/assessments", visit).status_code == 201

    latest = as_nurse.get(f"patients/{patient.id}").json()["latest_function"]

    assert latest == {"value": 12, "unit": "s", "assessed_on": "2026-04-01"}


def test_consent_is_given_read_and_withdrawn(as_coordinator: Program, patient: Patient) -> None:
    path = f"patients/{patient.id}/consents"
    consent = {
        "channel": "EMAIL",
        "content": "MINIMAL",
        "given_on": "2026-05-04",
        "text_version": "2026-1",
    }

    given = as_coordinator.post(path, consent)
    listed = as_coordinator.get(path).json()
    withdrawn = as_coordinator.post(f"{path}/{given.json()['id']}/withdraw", {"on": "2026-05-04"})
    again = as_coordinator.post(f"{path}/{given.json()['id']}/withdraw", {"on": "2026-05-04"})

    assert given.status_code == 201
    assert {name: given.json()[name] for name in consent} == consent
    assert listed == {"next": None, "previous": None, "results": [given.json()]}
    assert withdrawn.json()["withdrawn_on"] == "2026-05-04"
    assert (again.status_code, again.json()["code"]) == (409, "NO_STANDING_CONSENT")


def test_a_visit_is_recorded_and_read_back(as_nurse: Program, patient: Patient) -> None:
    recorded = as_nurse.post(f"patients/{patient.id}/assessments", VISIT)
    listed = as_nurse.get(f"patients/{patient.id}/assessments").json()

    assert recorded.status_code == 201, recorded.content
    assert listed["results"] == [recorded.json()]
    assert recorded.json()["measurements"][2] == {
        "code": "CK",
        "value": 480,
        "unit": "U/L",
        "upper_limit": 190,
        "lower_limit": None,
        "original_unit": None,
        "given_value": None,
        "given_upper_limit": None,
        "hours_since_dose": None,
        "takes_oral_oestrogen": None,
        "confirmed": False,
        "scale": None,
        "side": None,
        "muscle": None,
        "state": None,
    }


def test_a_value_in_microkatals_is_converted_and_stands_beside_what_was_written(
    as_nurse: Program, patient: Patient
) -> None:
    given = [
        {"code": "CK", "value": 7.1, "unit": "\u00b5kat/L", "upper_limit": 3.2},
        {"code": "PLATELETS", "value": 210, "unit": "10*9/L", "lower_limit": 150},
    ]

    path = f"patients/{patient.id}/assessments"
    recorded = as_nurse.post(path, VISIT | {"measurements": given})

    assert recorded.status_code == 201, recorded.content
    ck, platelets = as_nurse.get(path).json()["results"][0]["measurements"]
    assert (ck["value"], ck["unit"], ck["upper_limit"]) == (426, "U/L", 192)
    assert (ck["given_value"], ck["original_unit"]) == (7.1, "\u00b5kat/L")
    assert ck["given_upper_limit"] == 3.2
    assert (platelets["lower_limit"], platelets["given_value"]) == (150, None)


def test_an_unlikely_value_is_asked_about_and_stored_when_confirmed(
    as_nurse: Program, patient: Patient
) -> None:
    path = f"patients/{patient.id}/assessments"
    weight = {"code": "WEIGHT", "value": 165, "unit": "kg"}

    asked = as_nurse.post(path, VISIT | {"measurements": [weight]})
    stored = as_nurse.post(path, VISIT | {"measurements": [weight | {"confirmed": True}]})

    assert (asked.status_code, asked.json()["code"]) == (409, "UNLIKELY")
    assert asked.json()["fields"] == {
        "measurements.0.confirmed": [
            "Body weight 165 kg is unlikely; mostly it lies between 38 and 160. Please confirm."
        ]
    }
    assert stored.status_code == 201
    assert stored.json()["measurements"][0]["confirmed"] is True


@pytest.mark.parametrize("value", ["NaN", "Infinity", "much", "-3"])
def test_what_is_no_number_in_the_range_is_refused_with_the_range(as_nurse, patient, value):
    given = {"code": "BP_SYSTOLIC", "value": value, "unit": "mmHg"}

    refused = as_nurse.post(
        f"patients/{patient.id}/assessments", VISIT | {"measurements": [given]}
    ).json()

    [said] = refused["fields"]["measurements.0.value"]
    assert "from 60 to 260 mmHg." in said


def test_two_values_that_cannot_both_be_right_are_refused_at_both(as_nurse, patient):
    given = [
        {"code": "BP_SYSTOLIC", "value": 95, "unit": "mmHg"},
        {"code": "BP_DIASTOLIC", "value": 110, "unit": "mmHg"},
    ]

    refused = as_nurse.post(f"patients/{patient.id}/assessments", VISIT | {"measurements": given})

    assert refused.status_code == 400
    assert set(refused.json()["fields"]) == {"measurements.0.value", "measurements.1.value"}


def test_ten_items_make_a_total_and_another_total_is_refused(
    as_nurse: Program, patient: Patient
) -> None:
    path = f"patients/{patient.id}/assessments"
    items = [{"code": item.code, "value": 3} for item in items_of("IBMFRS")]

    added = as_nurse.post(path, VISIT | {"measurements": items})
    wrong = as_nurse.post(path, VISIT | {"measurements": [*items, {"code": "IBMFRS", "value": 29}]})

    assert added.json()["measurements"][-1]["code"] == "IBMFRS"
    assert added.json()["measurements"][-1]["value"] == 30
    assert wrong.status_code == 400
    assert list(wrong.json()["fields"]) == ["measurements.10.value"]


def test_a_measure_says_what_it_needs_and_what_it_converts(as_nurse: Program) -> None:
    measures = {each["code"]: each for each in as_nurse.get("measures").json()}

    assert measures["CK"]["needs"] == ["unit", "upper_limit"]
    assert measures["CK"]["converts_from"] == ["ukat/L", "\u00b5kat/L"]
    assert measures["PLATELETS"]["needs"] == ["unit", "lower_limit"]
    assert measures["WEIGHT"]["likely"] == {"min": 38, "max": 160}
    assert measures["IBMFRS_9_WALKING"]["item_of"] == "IBMFRS"


def test_grades_and_what_could_not_be_done_stay_what_they_are(
    as_nurse: Program, patient: Patient
) -> None:
    muscle = {"code": "MMT_MUSCLE", "scale": "MRC_EXPANDED", "muscle": "QUADRICEPS"}
    given = [
        muscle | {"side": "LEFT", "value": "4-"},
        muscle | {"side": "RIGHT", "value": 3},
        {"code": "TUG", "state": "UNABLE"},
    ]

    answer = as_nurse.post(f"patients/{patient.id}/assessments", VISIT | {"measurements": given})

    assert answer.status_code == 201, answer.content
    assert [(each["value"], each["state"]) for each in answer.json()["measurements"]] == [
        ("4-", None),
        ("3", None),
        (None, "UNABLE"),
    ]


@pytest.mark.parametrize(
    ("unit", "value", "upper_limit"),
    [("U/L", 480, 192), ("IU/L", 480, 192), ("ukat/L", 8, 3.2)],
)
def test_ck_is_read_back_in_one_unit_whichever_it_came_in(
    as_nurse: Program, patient: Patient, unit: str, value: float, upper_limit: float
) -> None:
    given = {"code": "CK", "value": value, "unit": unit, "upper_limit": upper_limit}

    answer = as_nurse.post(f"patients/{patient.id}/assessments", VISIT | {"measurements": [given]})

    assert answer.status_code == 201, answer.content
    [read] = answer.json()["measurements"]
    assert (read["value"], read["unit"], read["upper_limit"]) == (480, "U/L", 192)


@pytest.mark.parametrize(
    ("measurement", "field"),
    [
        ({"code": "MMT8", "value": 81, "unit": "{score}"}, "value"),
        ({"code": "MMT8", "value": -1, "unit": "{score}"}, "value"),
        ({"code": "MMT8", "value": 62.5, "unit": "{score}"}, "value"),
        ({"code": "MMT8", "value": "6e1", "unit": "{score}"}, "value"),
        ({"code": "MMT8", "value": True, "unit": "{score}"}, "value"),
        ({"code": "MMT8", "value": {"a": 1}, "unit": "{score}"}, "value"),
        ({"code": "MMT8", "unit": "{score}"}, "value"),
        ({"code": "MMT8", "value": 62, "state": "UNABLE"}, "value"),
        ({"code": "CK", "value": 480, "upper_limit": 190}, "unit"),
        ({"code": "CK", "value": 480, "unit": "nmol/L", "upper_limit": 190}, "unit"),
        ({"code": "CK", "value": 480, "unit": "U/L"}, "upper_limit"),
        ({"code": "CK", "value": 480, "unit": "U/L", "upper_limit": 0}, "upper_limit"),
        ({"code": "CK", "value": 1e300, "unit": "U/L", "upper_limit": 190}, "value"),
        ({"code": "GRIP", "value": 12, "unit": "kg"}, "side"),
        ({"code": "NOSUCH", "value": 1}, "code"),
        ({"value": 1}, "code"),
        ({"code": "MMT8", "value": 62, "colour": "red"}, "colour"),
    ],
)
def test_a_reading_that_cannot_be_stored_is_named_by_its_place(
    as_nurse: Program, patient: Patient, measurement: dict[str, Any], field: str
) -> None:
    measurements = [{"code": "IBMFRS", "value": 28}, measurement]

    answer = as_nurse.post(
        f"patients/{patient.id}/assessments", VISIT | {"measurements": measurements}
    )

    assert answer.status_code == 400, answer.content
    assert list(answer.json()["fields"]) == [f"measurements.1.{field}"]


@pytest.mark.parametrize("day", ["0001-01-01", "1900-01-01", "2026-05-06", "9999-12-31"])
def test_a_visit_lies_in_the_life_of_the_patient(
    as_nurse: Program, patient: Patient, day: str
) -> None:
    answer = as_nurse.post(f"patients/{patient.id}/assessments", VISIT | {"assessed_on": day})

    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == ["assessed_on"]


def test_a_correction_is_a_new_version_with_a_reason(as_nurse: Program, patient: Patient) -> None:
    path = f"patients/{patient.id}/assessments"
    wrong = as_nurse.post(path, VISIT).json()
    correction = VISIT | {"rater": "N. Nurse"}

    unexplained = as_nurse.post(f"{path}/{wrong['id']}/correct", correction)
    corrected = as_nurse.post(
        f"{path}/{wrong['id']}/correct", correction | {"reason": "Read off wrongly"}
    )
    twice = as_nurse.post(
        f"{path}/{wrong['id']}/correct", correction | {"reason": "Read off wrongly"}
    )

    assert list(unexplained.json()["fields"]) == ["reason"]
    assert corrected.status_code == 201, corrected.content
    assert (corrected.json()["version"], corrected.json()["corrects"]) == (2, wrong["id"])
    assert as_nurse.get(path).json()["results"] == [corrected.json()]
    assert (twice.status_code, twice.json()["code"]) == (409, "ALREADY_CORRECTED")


def test_diagnosis_and_earlier_treatment(as_nurse: Program, patient: Patient) -> None:
    diagnosis = {"status": "CONFIRMED", "confirmed_on": "2026-04-01", "biopsy": "DONE"}
    exposure = {"drug": "PREDNISONE", "daily_mg": 40, "started_on": "2026-01-01"}

    known = as_nurse.post(f"patients/{patient.id}/diagnoses", diagnosis)
    course = as_nurse.post(f"patients/{patient.id}/exposures", exposure)

    assert (known.status_code, course.status_code) == (201, 201)
    assert as_nurse.get(f"patients/{patient.id}/diagnoses").json()["results"] == [known.json()]
    assert as_nurse.get(f"patients/{patient.id}/exposures").json()["results"] == [course.json()]
    assert as_nurse.get(f"patients/{patient.id}").json()["current_daily_mg"] == 40


def test_a_dose_of_an_illness_is_told_as_one(as_nurse: Program, patient: Patient) -> None:
    path = f"patients/{patient.id}/exposures"
    dose = {"drug": "PREDNISONE", "daily_mg": 15, "started_on": "2026-05-01"}

    plain = as_nurse.post(path, dose)
    ill = as_nurse.post(path, dose | {"sick_day_dose": True})
    odd = as_nurse.post(path, dose | {"sick_day_dose": "perhaps"})

    assert [each.json()["sick_day_dose"] for each in (plain, ill)] == [False, True]
    assert (odd.status_code, list(odd.json()["fields"])) == (400, ["sick_day_dose"])


def test_the_reason_of_a_raised_dose_is_told_beside_the_note(
    as_nurse: Program, patient: Patient
) -> None:
    path = f"patients/{patient.id}/exposures"
    dose = {"drug": "PREDNISONE", "daily_mg": 15, "started_on": "2026-05-01", "note": "New brand"}

    plain = as_nurse.post(path, dose)
    told = as_nurse.post(path, dose | {"raise_reason": "Aches from 10 mg on"})
    long = as_nurse.post(path, dose | {"raise_reason": "x" * 501})

    said = [(each.json()["raise_reason"], each.json()["note"]) for each in (plain, told)]
    assert said == [("", "New brand"), ("Aches from 10 mg on", "New brand")]
    assert (long.status_code, list(long.json()["fields"])) == (400, ["raise_reason"])


def test_the_timeline_loses_nothing_between_its_pages(
    as_nurse: Program, patient: Patient, taper: dict[str, Any]
) -> None:
    whole = as_nurse.get(f"patients/{patient.id}/timeline").json()
    page = as_nurse.get(f"patients/{patient.id}/timeline", page_size=1).json()
    walked = page["results"]
    while page["next"]:
        page = as_nurse.get(page["next"]).json()
        walked += page["results"]

    assert walked == whole["results"]
    assert {"TAPER_DRAFTED", "TAPER_STARTED"} <= {entry["kind"] for entry in walked}
    assert set(walked[0]) == {"id", "on", "at", "kind", "text", "actor", "subject_id"}


def test_measures_are_listed_with_their_ranges(as_reader: Program) -> None:
    measures = {each["code"]: each for each in as_reader.get("measures").json()}

    assert {"MMT8", "IBMFRS", "CK"} <= set(measures)
    assert measures["MMT8"]["range"] == {"min": 0, "max": 80}
    assert measures["CK"]["unit"] == "U/L"


def test_every_reading_of_a_record_is_noted_once(
    as_nurse: Program, patient: Patient, audit_reads: Callable[[], int]
) -> None:
    for path in ("patients", f"patients/{patient.id}", f"patients/{patient.id}/timeline"):
        before = audit_reads()
        as_nurse.get(path)
        assert audit_reads() == before + 1


def names(page: dict[str, Any]) -> list[str]:
    return [row["family_name"] for row in page["results"]]
