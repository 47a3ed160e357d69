"""Every refusal has one shape: `{code, message, fields?, findings?}`, whatever refused."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from pytest_django import Settings

from patients.models import Patient
from tests.api.program import Program
from tracker.api import patients as patients_api
from tracker.api.parsing import MAX_BODY_BYTES

FORM = "application/x-www-form-urlencoded"


def is_refusal(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/json"
    error: dict[str, Any] = answer.json()
    assert error["code"] == code
    assert error["message"]
    assert set(error) <= {"code", "message", "fields", "findings"}
    return error


def test_400_for_bad_input(as_nurse: Program) -> None:
    error = is_refusal(as_nurse.post("taper-previews"), 400, "INVALID")

    assert set(error["fields"]) == {"drug", "daily_mg", "starts_on"}


def test_401_without_a_token_with_the_challenge(anonymous: Program) -> None:
    answer = anonymous.get("patients")

    is_refusal(answer, 401, "NOT_AUTHENTICATED")
    assert answer["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize(
    "header",
    ["Token", "Token ", "Token x", "Token a b", "Token " + "f" * 64, "Token " + "f" * 5000]
    + ["Token \xff\xfe", "Token ff\x00ff", "Bearer x", "Basic bnVyc2U6eA==", "\x00"],
)
def test_401_for_whatever_is_no_token(anonymous: Program, header: str) -> None:
    anonymous.client.defaults["HTTP_AUTHORIZATION"] = header

    is_refusal(anonymous.get("patients"), 401, "NOT_AUTHENTICATED")


def test_403_says_who_may(as_reader: Program, patient: Patient) -> None:
    answer = as_reader.patch(f"patients/{patient.id}", {"given_name": "Eve"})

    assert "coordinator" in is_refusal(answer, 403, "FORBIDDEN")["message"]


def test_403_for_a_browser_session_without_its_csrf_token(
    client_of: Callable[[User], Any], nurse: User
) -> None:
    browser = client_of(nurse)
    browser.handler.enforce_csrf_checks = True

    answer = browser.post("/api/v1/taper-previews", {}, content_type="application/json")

    is_refusal(answer, 403, "FORBIDDEN")


@pytest.mark.parametrize(
    "path",
    [
        "nowhere",
        "patients/",
        "patients/1",
        f"patients/{10**30}",
        "patients/00000000-0000-0000-0000-000000000000",
        "patients/%00",
        "tapers/00000000-0000-0000-0000-000000000000/activate/again",
        "%ff%fe",
        "/api/v2/patients",
        "/api/",
    ],
)
def test_404_for_what_is_not_here(as_nurse: Program, path: str) -> None:
    is_refusal(as_nurse.get(path), 404, "NOT_FOUND")


def test_404_for_another_clinics_id_in_a_body(
    as_nurse: Program, strangers_patient: Patient
) -> None:
    body = {
        "patient": str(strangers_patient.id),
        "drug": "PREDNISONE",
        "daily_mg": 40,
        "starts_on": "2026-05-04",
    }

    for path in ("tapers", "taper-previews"):
        is_refusal(as_nurse.post(path, body), 404, "NOT_FOUND")


def test_404_for_another_clinic_in_a_body(as_nurse: Program, strangers_patient: Patient) -> None:
    body = {
        "clinic": str(strangers_patient.clinic_id),
        "drug": "PREDNISONE",
        "daily_mg": 40,
        "starts_on": "2026-05-04",
    }

    is_refusal(as_nurse.post("taper-previews", body), 404, "NOT_FOUND")


@pytest.mark.parametrize("method", ["DELETE", "PUT", "POST", "TRACE", "FOO"])
def test_405_for_another_method(as_nurse: Program, method: str) -> None:
    answer = as_nurse.send(method, "measures", "{}")

    is_refusal(answer, 405, "METHOD_NOT_ALLOWED")
    assert "GET" in answer["Allow"]


def test_409_for_a_state_that_does_not_allow_it(
    as_prescriber: Program, draft: dict[str, Any]
) -> None:
    answer = as_prescriber.post(f"tapers/{draft['id']}/resume", {"on": "2026-05-04"})

    is_refusal(answer, 409, "WRONG_STATUS")


@pytest.mark.parametrize("size", [MAX_BODY_BYTES + 1, 3_000_000])
def test_413_for_a_body_that_is_too_large(as_nurse: Program, size: int) -> None:
    body = b'{"drug": "' + b"x" * size + b'"}'

    is_refusal(as_nurse.send("POST", "taper-previews", body), 413, "TOO_LARGE")


@pytest.mark.parametrize(
    "content_type",
    [FORM, "multipart/form-data; boundary=x", "text/plain", "application/xml", "a/b/c", ";", "\0"],
)
def test_415_for_anything_but_json(as_nurse: Program, content_type: str) -> None:
    answer = as_nurse.send("POST", "taper-previews", "drug=PREDNISONE", content_type)

    is_refusal(answer, 415, "UNSUPPORTED_MEDIA_TYPE")


def test_429_after_too_many_wrong_passwords(
    anonymous: Program, nurse: User, settings: Settings
) -> None:
    settings.REST_FRAMEWORK |= {"DEFAULT_THROTTLE_RATES": {"token": "5/min"}}
    wrong = {"username": nurse.username, "password": "guessed"}
    right = {"username": nurse.username, "password": "correct horse battery staple"}

    statuses = [anonymous.post("auth/token", wrong).status_code for _ in range(5)]
    answer = anonymous.post("auth/token", right)

    assert set(statuses) == {HTTPStatus.UNAUTHORIZED}
    is_refusal(answer, 429, "TOO_MANY_REQUESTS")
    assert 0 < int(answer["Retry-After"]) <= 61


def test_503_with_retry_after_only_for_a_lost_database(
    as_nurse: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(**_: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(patients_api, "courses_for", lost)

    answer = as_nurse.get("patients")

    is_refusal(answer, 503, "UNAVAILABLE")
    assert answer["Retry-After"]


def test_a_defect_answers_in_the_same_shape(
    as_nurse: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(patients_api, "courses_for", broken)

    error = is_refusal(as_nurse.get("patients"), 500, "ERROR")

    assert "Zero" not in str(error)


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "*/*", "", ";;,,=", "\0"])
def test_json_is_answered_whatever_is_asked_for(as_nurse: Program, accept: str) -> None:
    as_nurse.client.defaults["HTTP_ACCEPT"] = accept

    answer = as_nurse.get("measures")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"


def test_options_tell_what_an_address_allows(as_nurse: Program) -> None:
    answer = as_nurse.send("OPTIONS", "patients", "")

    assert answer.status_code == 200
    assert set(answer["Allow"].split(", ")) >= {"GET", "POST"}


def test_the_root_says_where_to_begin(anonymous: Program) -> None:
    for path in ("/api/v1", "/api/v1/"):
        answer = anonymous.get(path)

        assert answer.status_code == 200
        assert answer.json()["patients"].endswith("/api/v1/patients")
