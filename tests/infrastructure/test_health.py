"""/healthz says that the process answers, /readyz that reminders would go out."""

from datetime import timedelta

import pytest
from django.test import Client

from notifications import selectors
from notifications.models import SurgeHold
from notifications.services.dispatch import hold_dispatch
from patients import clock
from tapers.models import CourseEvaluation
from tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


def parts(client: Client, *, status: int) -> dict[str, str]:
    response = client.get("/readyz")
    assert response.status_code == status, response.content
    answered: dict[str, str] = response.json()["parts"]
    return answered


@pytest.fixture
def swept(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a worker had swept just now and nothing were due."""
    monkeypatch.setattr(selectors, "last_sweep_at", lambda: clock.now())
    monkeypatch.setattr(selectors, "oldest_due_at", lambda *, at: None)


def test_the_process_answers_without_log_in(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.usefixtures("swept", "broker_url")
def test_ready_when_every_part_is(client: Client) -> None:
    assert set(parts(client, status=200).values()) == {"ok"}


@pytest.mark.usefixtures("broker_url")
def test_not_ready_before_the_first_sweep(client: Client) -> None:
    assert parts(client, status=503)["sweep"] == "no sweep has run yet"


@pytest.mark.usefixtures("swept", "broker_url")
def test_not_ready_when_the_sweep_has_stopped(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        selectors, "last_sweep_at", lambda: clock.now() - timedelta(minutes=6, seconds=5)
    )

    assert parts(client, status=503)["sweep"] == "the last sweep ran 6 minutes ago"


@pytest.mark.usefixtures("swept", "broker_url")
def test_not_ready_when_a_reminder_waits_too_long(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "oldest_due_at", lambda *, at: at - timedelta(minutes=16))

    assert parts(client, status=503)["reminders"] == "a reminder has waited for 16 minutes"


@pytest.mark.usefixtures("swept", "broker_url")
@pytest.mark.parametrize(("minutes", "status"), [(14, 200), (16, 503)])
def test_not_ready_when_the_mail_server_stays_away(
    client: Client, monkeypatch: pytest.MonkeyPatch, minutes: int, status: int
) -> None:
    since = clock.now() - timedelta(minutes=minutes)
    monkeypatch.setattr(selectors, "unreachable_since", lambda: since)

    said = parts(client, status=status)["mail server"]

    assert said == ("ok" if status == 200 else "the mail server has not answered for 16 minutes")


@pytest.mark.usefixtures("swept")
def test_not_ready_without_a_broker(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://127.0.0.1:1/0")

    assert parts(client, status=503)["broker"] == "the broker does not answer"


@pytest.mark.usefixtures("swept", "broker_url")
def test_not_ready_when_the_rules_gave_no_answer_for_a_patient(client: Client) -> None:
    patient = PatientFactory()
    CourseEvaluation.objects.create(patient=patient, failed_at=clock.now(), failure="KeyError")

    said = parts(client, status=503)["courses"]
    assert said == "the rules gave no answer for 1 of the patients under care"


@pytest.mark.usefixtures("swept", "broker_url")
def test_not_ready_when_courses_are_not_read_each_morning(client: Client) -> None:
    read, _ = PatientFactory(), PatientFactory()
    CourseEvaluation.objects.create(patient=read, evaluated_on=clock.now().date())

    said = parts(client, status=503)["courses"]
    assert said == "the courses of 1 patients were not read for two days"


@pytest.mark.usefixtures("swept", "broker_url")
def test_not_ready_while_a_surge_is_held(client: Client) -> None:
    SurgeHold.objects.create(held_at=clock.now(), due=4711, usual_hour=12)

    assert parts(client, status=503)["sweep"] == "mail to patients is held: 4711 fell due at once"


@pytest.mark.usefixtures("swept", "broker_url")
def test_not_ready_while_dispatch_is_held_after_a_restore(client: Client) -> None:
    hold_dispatch(reason="The database was restored.", at=clock.now())

    assert "held until an operator confirms" in parts(client, status=503)["sweep"]
