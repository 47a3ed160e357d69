"""A real browser on a live server: Debian's Chromium, headless. Time is the real one."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from playwright.sync_api import BrowserContext, Page

from patients.clock import now, today_in
from patients.instruments.reading import check_reading
from patients.models import Patient
from tapers.domain.dose import Drug
from tapers.domain.schedule import Regimen
from tapers.models import Taper
from tapers.proposal import Proposal
from tapers.services import plans
from tapers.services.assessments import record_assessment
from tests.factories import PASSWORD, PatientFactory, StockedTabletFactory

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
REASONS = dict.fromkeys(("ADRENAL_RISK", "ASSESS_BASELINE", "TAPER_DELAYED"), "Agreed")

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs a loop of its own


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    return {**browser_type_launch_args, "executable_path": path, "args": FLAGS}


@pytest.fixture(autouse=True)
def no_log_in_is_locked() -> None:
    """Tries to log in are counted in the cache, which outlives a test."""
    cache.clear()


@pytest.fixture
def at() -> datetime:
    return now()


@pytest.fixture
def patient(transactional_db, clinic) -> Patient:
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
def taper(prescriber, patient, at) -> Taper:
    """Begun a week ago; nobody has confirmed anything."""
    today = today_in(patient.time_zone, at=at)
    return plans.start_taper(
        actor=prescriber,
        patient=patient,
        proposal=Proposal(
            drug=Drug.PREDNISONE,
            daily_mg=Decimal(40),
            starts_on=today - timedelta(days=6),
            regimen=Regimen(Decimal(10), 7, 7),
        ),
        reasons=REASONS,
        at=at - timedelta(days=6),
    )


@pytest.fixture
def visits(nurse, patient, at) -> None:
    today = today_in(patient.time_zone, at=at)
    for days, mmt, ibmfrs, ck in ((60, "70", "33", "610"), (30, "69", "32", "540")):
        record_assessment(
            actor=nurse,
            patient=patient,
            assessed_on=today - timedelta(days=days),
            rater="Kim Nurse",
            readings=(
                check_reading(code="MMT8", value=Decimal(mmt)),
                check_reading(code="IBMFRS", value=Decimal(ibmfrs)),
                check_reading(code="CK", value=Decimal(ck), unit="U/L", upper_limit=Decimal(200)),
            ),
            at=at,
        )


@pytest.fixture
def complaints(page: Page) -> Iterator[list[str]]:
    """What the browser's console says: a refused script or style would stand there."""
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


@pytest.fixture
def log_in(live_server) -> Callable[[Page | BrowserContext, User], Page]:
    def enter(where: Page | BrowserContext, user: User) -> Page:
        page = where.new_page() if isinstance(where, BrowserContext) else where
        page.goto(f"{live_server.url}/accounts/login/")
        page.fill("#id_login", user.username)
        page.fill("#id_password", PASSWORD)
        page.click("button.btn-primary")
        page.wait_for_url(f"{live_server.url}/")
        return page

    return enter
