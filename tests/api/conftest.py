"""Programs that use the API, each with the token of one of the cast."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.cache import cache

from patients.models import AuditEvent, Clinic, Patient
from patients.vocabulary import Event
from tests import factories
from tests.api.program import Program
from tests.conftest import MONDAY_AT_TEN


@pytest.fixture(autouse=True)
def monday() -> Any:
    """It is Monday, ten in the morning at the clinic, and nobody has tried to log in yet."""
    cache.clear()
    with time_machine.travel(MONDAY_AT_TEN, tick=True):
        yield


@pytest.fixture
def program_of(db: None) -> Callable[[User | None], Program]:
    return Program


@pytest.fixture
def as_prescriber(prescriber: User) -> Program:
    return Program(prescriber)


@pytest.fixture
def as_nurse(nurse: User) -> Program:
    return Program(nurse)


@pytest.fixture
def as_reader(reader: User) -> Program:
    return Program(reader)


@pytest.fixture
def as_coordinator(coordinator: User) -> Program:
    return Program(coordinator)


@pytest.fixture
def as_stranger(stranger: User) -> Program:
    return Program(stranger)


@pytest.fixture
def anonymous(db: None) -> Program:
    return Program()


@pytest.fixture
def stock(clinic: Clinic) -> None:
    """The prednisone strengths of the clinic."""
    for strength in ("1", "2.5", "5", "10", "20", "50"):
        factories.StockedTabletFactory(clinic=clinic, strength_mg=strength)


@pytest.fixture
def proposal(patient: Patient) -> dict[str, Any]:
    """40 mg of prednisone from Monday, 10 mg every week: six weeks."""
    return {
        "patient": str(patient.id),
        "drug": "PREDNISONE",
        "daily_mg": 40,
        "starts_on": "2026-05-04",
        "decrement_mg": 10,
        "interval_days": 7,
        "interval_days_from_10_mg": 7,
    }


@pytest.fixture
def reasons() -> dict[str, str]:
    codes = (
        "ADRENAL_RISK",
        "PLAN_LONG",
        "BIOPSY_MISSING",
        "TAPER_DELAYED",
        "ASSESS_BASELINE",
        "EXPOSURE_SHORT",
        "STEP_LARGE",
        "STEP_FAST",
        "DOSE_REINCREASE",
    )
    return dict.fromkeys(codes, "Discussed with the patient.")


@pytest.fixture
def draft(as_prescriber: Program, proposal: dict[str, Any], stock: None) -> dict[str, Any]:
    answer = as_prescriber.post("tapers", proposal)
    assert answer.status_code == 201, answer.content
    result: dict[str, Any] = answer.json()
    return result


@pytest.fixture
def taper(as_prescriber: Program, draft: dict[str, Any], reasons: dict[str, str]) -> dict[str, Any]:
    answer = as_prescriber.post(f"tapers/{draft['id']}/activate", {"reasons": reasons})
    assert answer.status_code == 200, answer.content
    result: dict[str, Any] = answer.json()
    return result


@pytest.fixture
def audit_reads() -> Callable[[], int]:
    """How often somebody has looked at a record."""
    return lambda: AuditEvent.objects.filter(event=Event.RECORD_READ).count()
