"""Pages are asked for on the clinic's Monday, by the cast of tests/conftest.py."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from patients.models import Patient
from tapers.domain.dose import Drug
from tapers.models import Taper
from tapers.proposal import Proposal
from tapers.services import plans
from tests.factories import PatientFactory, StockedTabletFactory
from tests.factories_tapers import FAST, STARTS_ON

REASONS = {code: "Agreed with the endocrinologist" for code in ("ADRENAL_RISK", "ASSESS_BASELINE")}
FORTY_MG = Proposal(drug=Drug.PREDNISONE, daily_mg=Decimal(40), starts_on=STARTS_ON, regimen=FAST)


@pytest.fixture(autouse=True)
def monday(at: datetime) -> Iterator[None]:
    """Let the pages' own clock read ten o'clock of the clinic's Monday."""
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def patient(clinic) -> Patient:
    for strength in (Decimal("2.5"), Decimal(5), Decimal(20)):
        StockedTabletFactory(clinic=clinic, strength_mg=strength)
    return PatientFactory(
        clinic=clinic,
        given_name="Ada",
        family_name="Marlow",
        phone="+1 312 555 0142",
        reachable=True,
    )


@pytest.fixture
def draft(nurse, patient, at) -> Taper:
    return plans.draft_taper(actor=nurse, patient=patient, proposal=FORTY_MG, at=at)


@pytest.fixture
def taper(prescriber, draft, at) -> Taper:
    """Running since today: 30 mg from 4 May, 20 from 11 May, 10 from 18 May."""
    return plans.activate_taper(actor=prescriber, taper=draft, reasons=REASONS, at=at)


@pytest.fixture
def anonymous_client(db) -> Client:
    return Client()
