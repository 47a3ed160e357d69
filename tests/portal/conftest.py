"""A patient on the story's taper, one mail already sent, and the browser of that patient."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import get_resolver

from patients import clock
from patients.access import PatientByLink
from patients.links import path_for
from tapers.services import plans
from tests.factories import PatientFactory, StockedTabletFactory
from tests.tapers.story import FORTY_MG, REASONS


@pytest.fixture
def patient(clinic):
    for strength in (Decimal("2.5"), Decimal(5)):
        StockedTabletFactory(clinic=clinic, strength_mg=strength)
    return PatientFactory(clinic=clinic, reachable=True)


@pytest.fixture
def taper(nurse, prescriber, patient, at):
    draft = plans.draft_taper(actor=nurse, patient=patient, proposal=FORTY_MG, at=at)
    return plans.activate_taper(actor=prescriber, taper=draft, reasons=REASONS, at=at)


@pytest.fixture
def by_link(patient):
    return PatientByLink(patient.pk)


@pytest.fixture
def now(monkeypatch, at):
    """The instant every page believes it is; `now.to(...)` moves it."""

    class Clock:
        instant = at

        def to(self, instant):
            self.instant = instant

        def __call__(self):
            return self.instant

    moved = Clock()
    _ = get_resolver().url_patterns  # a page imported later would keep this clock for good
    monkeypatch.setattr(clock, "now", moved)
    return moved


@pytest.fixture
def mailed(patient, clinic_monday):
    """The path that a mail of Monday links to."""
    return path_for(patient=patient, reminder_id=uuid4(), day=clinic_monday)


@pytest.fixture
def phone():
    """A browser that nobody is logged in with, and that is as strict as a real one."""
    return Client(enforce_csrf_checks=False)
