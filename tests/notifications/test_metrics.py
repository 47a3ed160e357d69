"""/metrics tells an operator how the reminders do, and nothing of any patient."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families

from notifications import engine
from notifications.models import Reminder, SendingPause, SurgeHold
from notifications.policy import Kind, Status
from notifications.services.dispatch import hold_dispatch
from patients import clock
from patients.models import Clinic, Patient
from patients.vocabulary import TaskKind
from tests import factories
from tests.notifications.conftest import Ask
from tests.services import Mailbox

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-the-tests-that-is-long-enough"
Figures = dict[tuple[str, str], float]


@pytest.fixture(autouse=True)
def token(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN


def scraped(client: Client) -> str:
    response = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain; version=0.0.4")
    return response.content.decode()


def figures(client: Client) -> Figures:
    """Return each sample by name and the value of its one label."""
    families = text_string_to_metric_families(scraped(client))
    return {
        (sample.name, "".join(sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


# Who may read it -----------------------------------------------------------------------------


def test_without_a_token_in_the_settings_there_is_no_such_page(
    client: Client, settings: Any
) -> None:
    settings.METRICS_TOKEN = ""

    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize(
    "sent", ["", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Token {TOKEN}", TOKEN, "Bearer ÄÖ"]
)
def test_whoever_does_not_know_the_token_is_refused(client: Client, sent: str) -> None:
    response = client.get("/metrics", headers={"Authorization": sent} if sent else None)

    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert b"taperline_" not in response.content


def test_being_logged_in_is_not_enough(nurse_client: Client) -> None:
    assert nurse_client.get("/metrics").status_code == 401


def test_it_is_only_read(client: Client) -> None:
    assert client.post("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 405


# What it says --------------------------------------------------------------------------------


def test_before_the_first_sweep_its_age_is_unknown_and_not_0(client: Client) -> None:
    found = figures(client)

    assert ("taperline_last_sweep_age_seconds", "") not in found
    assert found["taperline_oldest_unsent_age_seconds", ""] == 0
    assert found["taperline_reminders", "SENT"] == 0


def test_counts_per_state_and_outcome_are_those_of_the_rows(
    client: Client,
    ask: Ask,
    clinic: Clinic,
    mailbox: Mailbox,
    due: datetime,
) -> None:
    patients = [factories.PatientFactory(clinic=clinic, reachable=True) for _ in range(4)]
    for patient in patients:
        ask(patient=patient)
    mailbox.refuse(patients[0].email)
    later = ask(kind=Kind.ASSESSMENT_DUE, on=due.date() + timedelta(days=3))
    engine.sweep(at=due + timedelta(seconds=45))

    found = figures(client)

    assert later.status == Status.SCHEDULED
    by_status = {status: found["taperline_reminders", status.value] for status in Status}
    assert by_status == dict.fromkeys(Status, 0) | {
        Status.SENT: 3,
        Status.GAVE_UP: 1,
        Status.SCHEDULED: 1,
    }
    assert found["taperline_delivery_attempts_total", "ACCEPTED"] == 3
    assert found["taperline_delivery_attempts_total", "REFUSED"] == 1
    assert found["taperline_open_tasks", TaskKind.CORRECT_ADDRESS] == 1
    assert found["taperline_open_tasks", TaskKind.RED_FLAG] == 0
    assert found["taperline_last_sweep_age_seconds", ""] > 0


def test_the_lag_of_each_mail_is_in_its_buckets(
    client: Client,
    ask: Ask,
    mailbox: Mailbox,
    due: datetime,
) -> None:
    for number, seconds in enumerate((20, 50, 400, 7200)):
        reminder = ask(source=f"test:{number}")
        Reminder.objects.filter(pk=reminder.pk).update(
            status="SENT", sent_at=reminder.due_at + timedelta(seconds=seconds)
        )

    found = figures(client)

    name = "taperline_send_lag_seconds"
    assert [found[f"{name}_bucket", str(float(s))] for s in (30, 60, 300, 900, 14400)] == [
        *(1, 2, 2),
        *(3, 4),
    ]
    assert found[f"{name}_bucket", "+Inf"] == found[f"{name}_count", ""] == 4
    assert found[f"{name}_sum", ""] == 7670


def test_the_oldest_unsent_counts_also_when_it_was_tried(
    client: Client,
    ask: Ask,
) -> None:
    reminder = ask()
    due_at = clock.now() - timedelta(minutes=40)
    Reminder.objects.filter(pk=reminder.pk).update(
        due_at=due_at, attempts=2, next_attempt_at=clock.now() + timedelta(minutes=30)
    )

    age = figures(client)["taperline_oldest_unsent_age_seconds", ""]

    assert 2400 <= age < 2460


def test_a_hold_a_pause_and_a_server_that_is_away_show(
    client: Client,
    ask: Ask,
    clinic: Clinic,
    nurse: Any,
    due: datetime,
    settings: Any,
) -> None:
    quiet = (
        ("taperline_sending_held", "restore"),
        ("taperline_sending_held", "surge"),
        ("taperline_sending_pauses", ""),
        ("taperline_mail_server_unreachable", ""),
    )
    assert {figures(client)[name] for name in quiet} == {0}

    ask()
    settings.EMAIL_PORT = 1
    engine.sweep(at=due)
    SendingPause.objects.create(
        clinic=clinic, reason="Moving house", paused_at=due, paused_by=nurse
    )
    hold_dispatch(reason="A restore.", at=due)

    SurgeHold.objects.create(held_at=due, due=5000, usual_hour=20)

    assert {figures(client)[name] for name in quiet} == {1}


def test_it_names_nobody(
    client: Client,
    ask: Ask,
    reachable: Patient,
    mailbox: Mailbox,
    due: datetime,
) -> None:
    ask()
    engine.sweep(at=due)

    text = scraped(client)

    for private in (reachable.code, reachable.email, reachable.given_name, reachable.clinic.name):
        assert private not in text
    assert str(reachable.pk) not in text


def test_as_many_statements_for_many_rows_as_for_few(
    client: Client,
    ask: Ask,
) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            figures(client)
        return len(queries)

    few = statements()
    for _ in range(10):
        ask()

    assert statements() == few <= 11
