"""What a request is answered when the database fails in the middle of it, wherever that is.

tests/notifications/test_faults_of_web.py does the same with servers that really go away.
"""

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import InterfaceError, OperationalError
from django.test import Client

from patients.models import KeptAnswer, Patient
from tests.web.test_sent_twice import submission_in
from tracker.dashboard.views import patients as views

ADA = {
    "record_number": "MRN-9",
    "given_name": "Ada",
    "family_name": "Rivers",
    "birth_date": "1960-01-01",
    "sex": "FEMALE",
    "time_zone": "America/Chicago",
    "language": "en",
}
GONE = OperationalError("server closed the connection unexpectedly")


@pytest.fixture
def browser(nurse_client: Client) -> Client:
    """Sees pages of errors, as people do."""
    nurse_client.raise_request_exception = False
    return nurse_client


def raises(failure: Exception):
    def fail(*args, **kwargs):
        raise failure

    return fail


def is_503(response) -> bool:
    return response.status_code == 503 and int(response["Retry-After"]) >= 1


@pytest.mark.parametrize(
    ("failure", "status"), [(GONE, 503), (InterfaceError("closed"), 503), (KeyError("ours"), 500)]
)
def test_what_fails_after_it_was_stored_is_not_stored(browser, monkeypatch, failure, status):
    """Its page says so; and the form may be sent again."""
    typed = ADA | submission_in(browser.get("/patients/new"))
    with monkeypatch.context() as broken:
        broken.setattr(views, "redirect", raises(failure))
        failed = browser.post("/patients/new", typed)
    stored = Patient.objects.exists() or KeptAnswer.objects.exists()

    again = browser.post("/patients/new", typed)

    assert (failed.status_code, stored, again.status_code) == (status, False, 302)
    assert Patient.objects.get().record_number == "MRN-9"


def test_what_was_typed_stands_in_the_page_and_nothing_in_it_is_markup(browser, monkeypatch):
    monkeypatch.setattr(views, "redirect", raises(GONE))
    typed = ADA | {"given_name": '"><b>Ada'} | submission_in(browser.get("/patients/new"))

    response = browser.post("/patients/new", typed)

    assert is_503(response)
    assert 'name="given_name" value="&quot;&gt;&lt;b&gt;Ada"' in response.content.decode()
    assert "It is stored once, however often you send it." in response.content.decode()


def test_a_password_never_stands_in_the_page(db, monkeypatch):
    monkeypatch.setattr("allauth.account.views.LoginView.form_valid", raises(GONE))
    monkeypatch.setattr("allauth.account.views.LoginView.form_invalid", raises(GONE))

    response = Client(raise_request_exception=False).post(
        "/accounts/login/", {"login": "nurse", "password": "my secret"}
    )

    assert is_503(response)
    assert "my secret" not in response.content.decode()
    assert "Nothing was stored." in response.content.decode()


@pytest.mark.parametrize(("failure", "status"), [(GONE, 503), (KeyError("ours"), 500)])
def test_who_confirms_an_address_is_a_patient_and_reads_whom_to_call(
    db, monkeypatch, failure, status
):
    monkeypatch.setattr("notifications.views.verification_by_token", raises(failure))
    browser = Client(raise_request_exception=False, headers={"accept-language": "fr"})

    response = browser.get("/reminders/verify/a-token")

    assert response.status_code == status
    assert "secours" in response.content.decode()
    assert "worklist" not in response.content.decode()


@pytest.mark.parametrize("path", ["/", "/api/v1/patients"])
def test_a_session_that_cannot_be_read_is_503_on_pages_and_in_the_api(browser, monkeypatch, path):
    monkeypatch.setattr(SessionStore, "load", raises(GONE))

    response = browser.get(path)

    assert is_503(response)
    assert (response["Content-Type"] == "application/json") == path.startswith("/api/")


def test_a_session_that_cannot_be_stored_is_503_and_no_fault_of_the_request(
    browser, monkeypatch, clinic
):
    """Django calls it a session that was deleted meanwhile, and answers 400."""

    monkeypatch.setattr(Session, "save", raises(GONE))

    response = browser.post("/clinic", {"clinic": str(clinic.pk), "next": "/"})

    assert is_503(response)


def test_a_session_deleted_meanwhile_is_no_outage(browser, monkeypatch, clinic):
    monkeypatch.setattr(SessionStore, "save", raises(UpdateError()))

    assert browser.post("/clinic", {"clinic": str(clinic.pk), "next": "/"}).status_code == 400


def test_a_defect_is_500_and_no_outage(browser, monkeypatch):
    monkeypatch.setattr(views, "redirect", raises(ZeroDivisionError()))

    response = browser.post("/patients/new", ADA | submission_in(browser.get("/patients/new")))

    assert response.status_code == 500
    assert "Something went wrong here" in response.content.decode()
