"""Idempotency-Key: what a program sends again is done once, and answered as the first time."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import OperationalError, connections
from knox.models import AuthToken

from patients import clock
from patients.api.door import Door
from patients.models import Assessment, AuditEvent, KeptAnswer, KnownFact, Membership, Patient
from patients.services.kept_answers import forget_answers
from patients.vocabulary import Role
from tapers.api import assessments
from tests.api.addresses import Operation, operations, view_of
from tests.api.known import FACTS
from tests.api.program import ROOT, Program
from tests.api.sparing_rows import INFUSION
from tracker.tasks import forget_kept_answers

KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"
AT_ONCE = 20
VISIT = {
    "assessed_on": "2026-05-01",
    "rater": "N. Nurse",
    "note": "Came by taxi",
    "measurements": [{"code": "MMT8", "value": 62, "unit": "{score}"}],
}
EXPOSURE = {"drug": "PREDNISONE", "daily_mg": 40, "started_on": "2026-01-01"}
CHANGES = {
    "assessments": VISIT,
    "infusions": INFUSION,
    "exposures": EXPOSURE,
    "falls": FACTS["POST falls"],
    "medicines": FACTS["POST medicines"],
    "symptom-reports": {
        "symptoms": [],
        "note": "Slept badly",
        "reported_by": "STAFF",
        "happened_on": "2026-04-20",
    },
}
MALFORMED = {
    "empty": "",
    "blank": " ",
    "a space at the end": "a ",
    "an empty string in quotes": '""',
    "too long": "k" * 256,
    "NUL": "a\0b",
    "tab": "a\tb",
    "line end": "a\r\nb",
    "DEL": "a\x7fb",
    "not ASCII": "schlüssel",
}
WRITING = [each for each in operations() if each.writes]


def send(program: Program, path: str, body: Any, *, key: str = KEY, method: str = "POST") -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    return program.client.generic(
        method, f"{ROOT}/{path}", text, "application/json", headers={"Idempotency-Key": key}
    )


@pytest.fixture
def path(patient: Patient) -> str:
    return f"patients/{patient.id}/assessments"


# Sent again --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_sent_twice_is_stored_once_and_answered_alike(
    as_nurse: Program, patient: Patient, name: str
) -> None:
    address = f"patients/{patient.id}/{name}"
    first = send(as_nurse, address, CHANGES[name])
    events = AuditEvent.objects.count()

    again = send(as_nurse, address, CHANGES[name])

    assert first.status_code == 201, first.content
    assert "Idempotency-Replayed" not in first
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again["Content-Type"] == first["Content-Type"] == "application/json"
    assert again["Idempotency-Replayed"] == "true"
    assert AuditEvent.objects.count() == events


def test_a_patch_too(as_coordinator: Program, patient: Patient) -> None:
    address = f"patients/{patient.id}"
    first = send(as_coordinator, address, {"family_name": "Byron"}, method="PATCH")
    as_coordinator.patch(address, {"family_name": "Lovelace"})

    again = send(as_coordinator, address, {"family_name": "Byron"}, method="PATCH")

    patient.refresh_from_db()
    assert (again.status_code, again.content) == (200, first.content)
    assert patient.family_name == "Lovelace"


def test_a_step_reported_again_is_no_conflict(as_nurse: Program, taper: dict[str, Any]) -> None:
    address = f"tapers/{taper['id']}/step-reports"
    report = {
        "step_number": 1,
        "outcome": "TAKEN",
        "taken_on": "2026-05-04",
        "reported_by": "STAFF",
    }
    first = send(as_nurse, address, report)

    again = send(as_nurse, address, report)
    with_another_key = send(as_nurse, address, report, key="another")

    assert (again.status_code, again.content) == (201, first.content)
    assert with_another_key.json()["code"] == "ALREADY_REPORTED"


def test_without_a_key_nothing_is_kept(as_nurse: Program, path: str) -> None:
    answers = [as_nurse.post(path, VISIT) for _ in range(2)]

    assert [each.status_code for each in answers] == [201, 201]
    assert Assessment.objects.count() == 2
    assert not KeptAnswer.objects.exists()


@pytest.mark.parametrize("operation", WRITING, ids=str)
def test_every_change_takes_a_key_but_the_log_in(operation: Operation) -> None:
    assert view_of(operation).keeps_answers is (operation.name != "token")  # type: ignore[attr-defined]


def test_a_token_is_never_kept(anonymous: Program, nurse: User) -> None:
    nurse.set_password("correct horse battery")
    nurse.save()
    body = {"username": nurse.username, "password": "correct horse battery"}

    tokens = [send(anonymous, "auth/token", body).json()["token"] for _ in range(2)]

    assert tokens[0] != tokens[1]
    assert not KeptAnswer.objects.exists()


def test_a_log_out_sent_again_finds_its_token_gone(as_nurse: Program) -> None:
    answers = [send(as_nurse, "auth/logout", "") for _ in range(2)]

    assert [each.status_code for each in answers] == [204, 401]


# Whose key, for what -----------------------------------------------------------------------------


def test_a_key_belongs_to_one_person(as_nurse: Program, as_prescriber: Program, path: str) -> None:
    first = send(as_nurse, path, VISIT)

    of_another = send(as_prescriber, path, VISIT)

    assert (first.status_code, of_another.status_code) == (201, 201)
    assert first.json()["id"] != of_another.json()["id"]


def test_a_key_belongs_to_one_address(as_nurse: Program, patient: Patient) -> None:
    falls, tests = FACTS["POST falls"], FACTS["POST tests"]

    answers = [
        send(as_nurse, f"patients/{patient.id}/falls", falls),
        send(as_nurse, f"patients/{patient.id}/tests", tests),
    ]

    assert [each.status_code for each in answers] == [201, 201]
    assert KnownFact.objects.count() == 2


def test_another_body_under_the_same_key_is_refused(as_nurse: Program, path: str) -> None:
    send(as_nurse, path, VISIT)

    other = send(as_nurse, path, VISIT | {"rater": "R. Ames"})

    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert Assessment.objects.count() == 1


def test_how_the_body_is_spaced_and_ordered_does_not_matter(as_nurse: Program, path: str) -> None:
    first = send(as_nurse, path, VISIT)
    turned = dict(reversed(VISIT.items()))

    again = send(as_nurse, path, json.dumps(turned, indent=3))

    assert (again.status_code, again.content) == (201, first.content)


@pytest.mark.parametrize("key", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_key_is_refused_by_name(as_nurse: Program, path: str, key: str) -> None:
    answer = send(as_nurse, path, VISIT, key=key)

    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID")
    assert "Idempotency-Key" in answer.json()["message"]
    assert list(answer.json()["fields"]) == ["Idempotency-Key"]
    assert not Assessment.objects.exists()


@pytest.mark.parametrize("key", ["k", "k" * 255, f'"{KEY}"', "visit of 4 May"])
def test_any_other_key_will_do(as_nurse: Program, path: str, key: str) -> None:
    answers = [send(as_nurse, path, VISIT, key=key) for _ in range(2)]

    assert [each.status_code for each in answers] == [201, 201]
    assert Assessment.objects.count() == 1


def test_a_question_needs_no_key_and_minds_none(as_nurse: Program, path: str) -> None:
    answer = send(as_nurse, path, "", key="", method="GET")

    assert answer.status_code == 200
    assert not KeptAnswer.objects.exists()


# What is not kept --------------------------------------------------------------------------------


def test_a_refused_value_is_not_kept_and_the_corrected_one_is_stored(
    as_nurse: Program, path: str
) -> None:
    wrong = send(as_nurse, path, VISIT | {"assessed_on": "2027-05-01"})

    right = send(as_nurse, path, VISIT)
    again = send(as_nurse, path, VISIT)

    assert wrong.status_code == 400
    assert (right.status_code, again.content) == (201, right.content)
    assert Assessment.objects.count() == 1


def test_a_body_that_cannot_be_read_is_not_kept(as_nurse: Program, path: str) -> None:
    assert send(as_nurse, path, "{").status_code == 400
    assert send(as_nurse, path, VISIT).status_code == 201


def test_a_conflict_is_not_kept(as_nurse: Program, path: str) -> None:
    """An unlikely value asks to be confirmed; the confirmed one comes under the same key."""
    send(as_nurse, path, VISIT | {"assessed_on": "2026-04-01"}, key="before")
    unlikely = {"code": "MMT8", "value": 12, "unit": "{score}"}
    asked = send(as_nurse, path, VISIT | {"measurements": [unlikely]})

    confirmed = send(as_nurse, path, VISIT | {"measurements": [unlikely | {"confirmed": True}]})

    assert (asked.status_code, asked.json()["code"]) == (409, "UNLIKELY")
    assert confirmed.status_code == 201


def test_who_may_not_gets_no_answer_kept(as_reader: Program, path: str) -> None:
    assert send(as_reader, path, VISIT).status_code == 403
    assert not KeptAnswer.objects.exists()


# Who still may -----------------------------------------------------------------------------------


def test_who_has_left_the_clinic_is_not_shown_the_answer(
    as_nurse: Program, nurse: User, path: str
) -> None:
    send(as_nurse, path, VISIT)
    Membership.objects.filter(user=nurse).update(is_active=False)

    again = send(as_nurse, path, VISIT)

    assert (again.status_code, again.json()["code"]) == (403, "FORBIDDEN")
    assert "taxi" not in again.content.decode()
    assert Assessment.objects.count() == 1


def test_nor_who_has_another_role_there(as_nurse: Program, nurse: User, path: str) -> None:
    send(as_nurse, path, VISIT)
    Membership.objects.filter(user=nurse).update(role=Role.READ_ONLY)

    again = send(as_nurse, path, VISIT)

    assert (again.status_code, Assessment.objects.count()) == (403, 1)


def test_nor_who_is_nobody_any_more(as_nurse: Program, nurse: User, path: str) -> None:
    send(as_nurse, path, VISIT)
    AuthToken.objects.filter(user=nurse).delete()

    assert send(as_nurse, path, VISIT).status_code == 401


def test_who_comes_back_with_the_same_role_is(as_nurse: Program, nurse: User, path: str) -> None:
    first = send(as_nurse, path, VISIT)
    Membership.objects.filter(user=nurse).update(is_active=False)
    Membership.objects.filter(user=nurse).update(is_active=True)

    assert send(as_nurse, path, VISIT).content == first.content


def test_what_is_kept_stands_in_no_list_of_the_admin(as_nurse: Program, path: str) -> None:
    send(as_nurse, path, VISIT)

    assert KeptAnswer not in admin.site._registry
    assert "taxi" not in f"{KeptAnswer.objects.get()!r}"


# Crashes -----------------------------------------------------------------------------------------


def test_after_a_crash_between_commit_and_answer_the_retry_is_told(
    as_nurse: Program, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(Door, "finalize_response", dies)
        lost = send(as_nurse, path, VISIT)

    again = send(as_nurse, path, VISIT)

    assert (lost.status_code, again.status_code) == (500, 201)
    assert again["Idempotency-Replayed"] == "true"
    assert again.json()["id"] == str(Assessment.objects.get().pk)


def test_what_cannot_be_kept_is_not_stored_either(
    as_nurse: Program, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(**kwargs: Any) -> None:
        raise OperationalError

    with monkeypatch.context() as broken:
        broken.setattr("patients.api.once.keep_answer", dies)
        lost = send(as_nurse, path, VISIT)
    nothing_stored = not Assessment.objects.exists()

    again = send(as_nurse, path, VISIT)

    assert (lost.status_code, again.status_code, nothing_stored) == (503, 201, True)
    assert "Idempotency-Replayed" not in again


# For how long ------------------------------------------------------------------------------------


def test_an_answer_is_kept_for_a_day(as_nurse: Program, path: str) -> None:
    first = send(as_nurse, path, VISIT)

    forgotten = forget_answers(at=clock.now() + timedelta(hours=23, minutes=59))

    assert forgotten == 0
    assert send(as_nurse, path, VISIT).content == first.content


def _by_celery() -> None:
    forget_kept_answers()


def _by_cron() -> None:
    call_command("evaluate_courses")


@pytest.mark.parametrize("forget", [_by_celery, _by_cron])
def test_after_it_the_answer_is_forgotten_and_the_key_is_free(
    as_nurse: Program, path: str, forget: Callable[[], None]
) -> None:
    send(as_nurse, path, VISIT)
    KeptAnswer.objects.update(kept_at=clock.database_now() - timedelta(hours=24))

    forget()

    assert not KeptAnswer.objects.exists()
    assert send(as_nurse, path, VISIT).status_code == 201
    assert Assessment.objects.count() == 2


# At the same time --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_once_one_is_stored(nurse: User, path: str) -> None:
    """Some are told to wait, all others get the first answer; on SQLite they wait by themselves."""
    programs = [Program(nurse) for _ in range(AT_ONCE)]
    gate = Barrier(AT_ONCE)

    def one(program: Program) -> Any:
        try:
            gate.wait(timeout=20)
            return send(program, path, VISIT)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(one, programs))
    late = send(programs[0], path, VISIT)

    assert Assessment.objects.count() == 1
    assert {each.status_code for each in answers} <= {201, 409}
    done = [each for each in answers if each.status_code == 201]
    assert {each.content for each in done} == {late.content}
    assert sum("Idempotency-Replayed" not in each for each in done) == 1
    waiting = [each for each in answers if each.status_code == 409]
    assert {each.json()["code"] for each in waiting} <= {"IN_FLIGHT"}
    assert all(int(each["Retry-After"]) >= 1 for each in waiting)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_worked_on_the_second_is_told_to_wait(
    nurse: User, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, goes_on = Event(), Event()
    stores = assessments.record_assessment

    def slowly(**given: Any) -> Assessment:
        begun.set()
        goes_on.wait(timeout=20)
        return stores(**given)

    monkeypatch.setattr(assessments, "record_assessment", slowly)
    program = Program(nurse)

    def first_try() -> Any:
        try:
            return send(program, path, VISIT)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(first_try)
        assert begun.wait(timeout=20)
        second = send(program, path, VISIT)
        goes_on.set()
        stored = first.result(timeout=20)
    third = send(program, path, VISIT)

    assert (second.status_code, second.json()["code"]) == (409, "IN_FLIGHT")
    assert second["Retry-After"] == "1"
    assert (stored.status_code, third.content) == (201, stored.content)
    assert Assessment.objects.count() == 1
