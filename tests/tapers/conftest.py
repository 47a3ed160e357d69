"""A patient who can be written to, a draft of the story's taper, and the taper running."""

from decimal import Decimal

import pytest

from patients.models import Patient
from tapers.models import Taper
from tapers.proposal import Proposal
from tapers.services import plans
from tests.factories import PatientFactory, StockedTabletFactory
from tests.tapers.story import FORTY_MG, REASONS


@pytest.fixture
def reasons() -> dict[str, str]:
    """A reason for every warning that may come up."""
    return dict(REASONS)


@pytest.fixture
def proposal() -> Proposal:
    return FORTY_MG


@pytest.fixture
def patient(clinic) -> Patient:
    for strength in (Decimal("2.5"), Decimal(5)):
        StockedTabletFactory(clinic=clinic, strength_mg=strength)
    return PatientFactory(clinic=clinic, reachable=True)


@pytest.fixture
def draft(nurse, patient, at) -> Taper:
    return plans.draft_taper(actor=nurse, patient=patient, proposal=FORTY_MG, at=at)


@pytest.fixture
def taper(prescriber, draft, reasons, at) -> Taper:
    return plans.activate_taper(actor=prescriber, taper=draft, reasons=reasons, at=at)
