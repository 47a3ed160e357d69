"""One reminder by the API: its rule, its tries, the patient's answer; and a test to oneself."""

from typing import Any

from notifications.models import DeliveryAttempt, Reminder
from patients.links import path_for
from patients.models import Clinic, Patient
from tests.api.program import Program
from tests.conftest import MONDAY_AT_TEN


def test_a_reminder_tells_its_rule_its_tries_and_the_answer(
    as_nurse: Program, anonymous: Program, patient: Patient, taper: dict[str, Any]
) -> None:
    reminder = patient.reminders.filter(kind="STEP_DAY").earliest("due_at")
    Reminder.objects.filter(pk=reminder.pk).update(status="SENT", sent_at=MONDAY_AT_TEN)
    DeliveryAttempt.objects.create(
        reminder=reminder,
        number=1,
        recipient=patient.email,
        outcome="ACCEPTED",
        smtp_code=250,
        handed_at=MONDAY_AT_TEN,
        ended_at=MONDAY_AT_TEN,
    )
    path = path_for(patient=patient, reminder_id=reminder.pk, day=MONDAY_AT_TEN.date())
    anonymous.client.post(path, {"day": "14", "month": "3", "year": "1958"})

    shown = as_nurse.get(f"reminders/{reminder.pk}").json()

    assert shown["rule"] == "On the day of each step that changes the dose."
    [tried] = shown["tries"]
    assert (tried["outcome"], tried["smtp_code"], tried["recipient"]) == (
        "ACCEPTED",
        250,
        patient.email,
    )
    assert [answer["event"] for answer in shown["answers"]] == ["LINK_OPENED"]


def test_a_test_to_oneself(as_nurse: Program, as_reader: Program, clinic: Clinic) -> None:
    address = f"clinics/{clinic.pk}/test-mails"

    made = as_nurse.post(address)
    again = as_nurse.post(address)

    assert (made.status_code, made.json()["kind"], made.json()["patient"]) == (201, "TEST", None)
    assert (again.status_code, again.json()["code"]) == (409, "TEST_UNDER_WAY")
    assert as_reader.post(address).status_code == 403
    assert as_nurse.get(f"reminders/{made.json()['id']}").json()["answers"] == []
