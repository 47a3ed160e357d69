"""A name that an address does not know is refused, whether it is in the query or in the body."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from notifications.models import SendingPause
from patients.api.door import ListDoor, ShortListDoor
from patients.models import AuditEvent, Clinic, Patient
from tests.api.addresses import Operation, operations, view_of
from tests.api.program import Program
from tests.factories_notifications import SendingPauseFactory

LISTS = [
    each
    for each in operations()
    if each.method == "get" and issubclass(view_of(each), ListDoor | ShortListDoor)
]


@pytest.fixture
def ids(patient: Patient, clinic: Clinic, taper: dict[str, Any]) -> dict[str, Any]:
    return {"patient_id": patient.pk, "clinic_id": clinic.pk, "taper_id": taper["id"]}


@pytest.mark.parametrize("operation", LISTS, ids=str)
def test_a_list_never_looks_as_if_it_had_been_filtered(
    as_lead: Program, ids: dict[str, Any], operation: Operation
) -> None:
    assert as_lead.get(operation.path(**ids)).status_code == 200

    refused = as_lead.get(operation.path(**ids), colour="red")

    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["colour"])


@pytest.mark.parametrize("noun", ["revoke-links", "test-mails", "lift"])
def test_what_takes_no_body_refuses_names_and_does_nothing(
    as_lead: Program, patient: Patient, clinic: Clinic, noun: str
) -> None:
    pause: SendingPause = SendingPauseFactory(clinic=clinic)
    paths = {
        "revoke-links": f"patients/{patient.pk}/revoke-links",
        "test-mails": f"clinics/{clinic.pk}/test-mails",
        "lift": f"sending-pauses/{pause.pk}/lift",
    }
    before = AuditEvent.objects.count()

    refused = as_lead.post(paths[noun], {"colour": "red"})

    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["colour"])
    assert AuditEvent.objects.count() == before
    assert as_lead.send("POST", paths[noun], "").status_code in {200, 201}


@pytest.fixture
def as_lead(lead: User) -> Program:
    return Program(lead)
