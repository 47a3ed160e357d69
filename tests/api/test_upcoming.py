"""What goes in the next weeks and what to catch up on, by the API."""

from typing import Any

import pytest

from notifications.models import Reminder
from patients.models import Clinic, Patient
from tests.api.program import Program
from tests.conftest import MONDAY_AT_TEN


def test_the_next_mails_in_the_order_they_are_due(
    as_nurse: Program, clinic: Clinic, patient: Patient, taper: dict[str, Any]
) -> None:
    page = as_nurse.get(f"clinics/{clinic.pk}/upcoming-reminders", page_size=3).json()
    following = as_nurse.get(page["next"]).json()

    rows = page["results"] + following["results"]
    assert [row["due_at"] for row in rows] == sorted(row["due_at"] for row in rows)
    assert {row["code"] for row in rows} == {patient.code}
    to_patient = next(row for row in rows if row["audience"] == "PATIENT")
    assert (to_patient["may_go"], to_patient["reason"]) == (
        False,
        "The patient has not consented to e-mail.",
    )
    assert not any(patient.family_name in str(row) for row in rows)


def test_what_came_too_late_and_whom_to_call(
    as_nurse: Program, clinic: Clinic, patient: Patient, taper: dict[str, Any]
) -> None:
    late = patient.reminders.filter(audience="PATIENT").earliest("due_at")
    Reminder.objects.filter(pk=late.pk).update(status="EXPIRED", due_at=MONDAY_AT_TEN)

    told = as_nurse.get(f"clinics/{clinic.pk}/catch-up", since="2026-05-04T00:00:00Z").json()

    assert [line["reminder"] for line in told["late"]] == [str(late.pk)]
    assert [each["code"] for each in told["to_call"]] == [patient.code]
    assert (told["unknown"], told["complete"]) == ([], True)


@pytest.mark.parametrize(
    "query",
    [
        {"since": "yesterday"},
        {"until": "2026-05-04T00:00:00Z"},
        {"since": "2026-05-05T00:00:00Z"},  # nothing can have been missed yet
    ],
)
def test_what_cannot_be_read_is_refused(
    as_nurse: Program, clinic: Clinic, query: dict[str, str]
) -> None:
    assert as_nurse.get(f"clinics/{clinic.pk}/catch-up", **query).status_code == 400
    assert as_nurse.get(f"clinics/{clinic.pk}/upcoming-reminders", days="90").status_code == 400
