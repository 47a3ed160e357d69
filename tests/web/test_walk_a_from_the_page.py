"""Walk (a) of the architecture, all of it: from the address in the browser to the next page.

What happens inside the service is walked in tests/tapers; here are the doors before and behind it.
"""

import pytest
from django.urls import resolve

from notifications.models import Reminder
from patients.models import AuditEvent
from patients.vocabulary import Event
from tapers.models import Alert, Taper
from tests.web.test_builder import ASKED, FORTY, REASONS

pytestmark = pytest.mark.django_db


def test_a_prescriber_starts_a_taper_on_the_page(prescriber_client, prescriber, patient):
    address = f"/patients/{patient.pk}/taper/start"
    view = resolve(address)
    assert (view.func.__module__, view.func.view_class.__name__) == (
        "tapers.views.builder",
        "StartTaper",
    )

    shown = prescriber_client.post(f"/patients/{patient.pk}/taper/new", FORTY | {"do": "sign"})
    assert shown.status_code == 200
    refused = prescriber_client.post(address, FORTY | ASKED)
    assert refused.status_code == 409
    assert not Taper.objects.exists()

    answer = prescriber_client.post(address, FORTY | ASKED | REASONS)

    taper = Taper.objects.get(patient=patient)
    assert answer.status_code == 302
    assert answer["Location"] == f"/tapers/{taper.pk}"
    assert (taper.status, taper.revision, taper.activated_by) == ("ACTIVE", 1, prescriber)
    accepted = Alert.objects.filter(taper=taper, acknowledged_by=prescriber).exclude(reason="")
    assert {each.code for each in accepted} == {"ADRENAL_RISK", "ASSESS_BASELINE"}
    assert Reminder.objects.filter(source=f"taper:{taper.pk}", status="SCHEDULED").exists()
    events = AuditEvent.objects.filter(patient=patient).values_list("event", flat=True)
    assert {Event.TAPER_STARTED, Event.RULE_OVERRIDDEN} <= set(events)
    page = prescriber_client.get(answer["Location"]).content.decode()
    assert "30 mg" in page
    assert "Active" in page
