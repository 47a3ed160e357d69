"""Tokens stand for persons."""

import pytest
from django.contrib.auth.models import User
from knox.models import AuthToken
from pytest_django import Settings

from patients.models import AuditEvent, Clinic, Membership
from patients.vocabulary import Event, Role
from tests.api.program import Program
from tests.factories import PASSWORD


def token_of(program: Program, user: User) -> str:
    answer = program.post("auth/token", {"username": user.username, "password": PASSWORD})
    assert answer.status_code == 200, answer.content
    token = answer.json()["token"]
    assert isinstance(token, str)
    return token


def test_a_token_opens_what_the_person_may_see(
    anonymous: Program, nurse: User, clinic: Clinic
) -> None:
    anonymous.client.defaults["HTTP_AUTHORIZATION"] = f"Token {token_of(anonymous, nurse)}"

    answer = anonymous.get("me")

    mine = {"id": str(clinic.id), "name": clinic.name, "role": "NURSE", "is_lead": False}
    mine["member"] = str(clinic.memberships.get(user=nurse).pk)
    assert answer.json() == {"username": "nurse", "clinics": [mine]}


def test_logging_in_is_noted(anonymous: Program, nurse: User) -> None:
    token_of(anonymous, nurse)

    assert AuditEvent.objects.filter(event=Event.LOGGED_IN, actor=nurse).count() == 1


def test_the_token_itself_is_not_stored(anonymous: Program, nurse: User) -> None:
    token = token_of(anonymous, nurse)

    [row] = AuthToken.objects.all()
    assert token not in {row.digest, row.token_key}


@pytest.mark.parametrize(
    ("username", "password"), [("nurse", "wrong"), ("nobody", PASSWORD), ("nobody", "wrong")]
)
def test_a_wrong_name_or_password_is_401_and_does_not_tell_which(
    anonymous: Program, nurse: User, username: str, password: str
) -> None:
    answer = anonymous.post("auth/token", {"username": username, "password": password})

    assert answer.status_code == 401
    assert answer.json() == {
        "code": "NOT_AUTHENTICATED",
        "message": "No account with this name and password.",
    }


def test_an_old_token_does_not_stop_a_new_one(anonymous: Program, nurse: User) -> None:
    anonymous.client.defaults["HTTP_AUTHORIZATION"] = "Token " + "0" * 64

    assert token_of(anonymous, nurse)


def test_programs_that_log_in_often_are_not_held_up(
    anonymous: Program, nurse: User, settings: Settings
) -> None:
    settings.REST_FRAMEWORK |= {"DEFAULT_THROTTLE_RATES": {"token": "5/min"}}

    for _ in range(12):
        token_of(anonymous, nurse)


def test_after_logging_out_the_token_is_dead(as_nurse: Program) -> None:
    assert as_nurse.post("auth/logout").status_code == 204

    assert as_nurse.get("me").status_code == 401


def test_a_deactivated_account_is_out_at_once(as_nurse: Program, nurse: User) -> None:
    User.objects.filter(pk=nurse.pk).update(is_active=False)

    assert as_nurse.get("me").status_code == 401


def test_who_leaves_the_clinic_sees_nothing_more(as_nurse: Program, nurse: User) -> None:
    Membership.objects.filter(user=nurse, role=Role.NURSE).update(is_active=False)

    assert as_nurse.get("me").json()["clinics"] == []
    assert as_nurse.get("patients").json()["results"] == []


def test_a_token_ends(as_nurse: Program) -> None:
    AuthToken.objects.update(expiry="2026-05-01T00:00:00Z")

    assert as_nurse.get("me").status_code == 401
