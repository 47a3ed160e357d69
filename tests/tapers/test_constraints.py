"""What the database itself refuses, whatever slips past the services."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DataError

from tapers.models import DoseStep, PlanRevision, Taper
from tests.factories import BEFORE_THE_STORY
from tests.factories_tapers import (
    STARTS_ON,
    AlertFactory,
    DoseStepFactory,
    PlanRevisionFactory,
    StepReportFactory,
    TaperFactory,
)

pytestmark = pytest.mark.django_db
TOO_MUCH = Decimal("1000.0001")


def refused(change):
    with pytest.raises((IntegrityError, DataError)), transaction.atomic():
        change()


def test_one_running_taper_a_patient():
    first = TaperFactory(running=True)

    refused(lambda: TaperFactory(patient=first.patient, running=True))
    refused(
        lambda: TaperFactory(
            patient=first.patient,
            running=True,
            status="ON_HOLD",
            held_on=STARTS_ON,
            frozen_on=STARTS_ON,
        )
    )
    TaperFactory(patient=first.patient)


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "RUNNING"},
        {"drug": "ASPIRIN"},
        {"window_applies_to": "NOTHING"},
        {"start_daily_mg": Decimal(0)},
        {"start_daily_mg": TOO_MUCH},
        {"start_daily_mg": Decimal(-5)},
        {"alternate_daily_mg": Decimal(-1)},
        {"status": "ACTIVE"},  # nobody activated it
        {"activated_at": BEFORE_THE_STORY},  # by nobody
        {"held_on": STARTS_ON, "frozen_on": STARTS_ON},  # but not on hold
        {"ended_on": STARTS_ON},  # but not over
        {"status": "ENTERED_IN_ERROR"},  # ended by nobody
        {"first_zero_on": STARTS_ON - timedelta(days=1)},
    ],
)
def test_a_taper_that_makes_no_sense_is_refused(wrong):
    taper = TaperFactory()

    refused(lambda: Taper.objects.filter(pk=taper.pk).update(**wrong))


def test_a_hold_has_its_day():
    taper = TaperFactory(running=True)

    refused(lambda: Taper.objects.filter(pk=taper.pk).update(status="ON_HOLD"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": 1},
        {"origin": "DRAFTED"},
        {"origin": "BY_MAGIC"},
        {"origin": "REVISED", "reason": ""},
    ],
)
def test_revisions_are_numbered_and_have_their_reason(wrong):
    taper = TaperFactory()
    right = {"taper": taper, "number": 2, "origin": "REVISED", "reason": "Tired"}

    refused(lambda: PlanRevisionFactory(**(right | wrong)))
    PlanRevisionFactory(**right)


@pytest.mark.parametrize(
    "wrong",
    [
        {"daily_mg": Decimal(-1)},
        {"daily_mg": TOO_MUCH},
        {"daily_mg": Decimal(5), "ends_on": None},
        {"ends_on": STARTS_ON},
        {"ends_on": STARTS_ON - timedelta(days=1)},
        {"number": 0},
        {"number": 1, "starts_on": STARTS_ON + timedelta(days=900)},  # there is a number 1
        {"starts_on": STARTS_ON},  # there is a step of that day
    ],
)
def test_a_dose_step_that_makes_no_sense_is_refused(wrong):
    revision = PlanRevision.objects.get(taper=TaperFactory())
    right = {
        "revision": revision,
        "number": 30,
        "starts_on": STARTS_ON + timedelta(days=400),
        "ends_on": STARTS_ON + timedelta(days=407),
        "daily_mg": Decimal(5),
    }

    refused(lambda: DoseStepFactory(**(right | wrong)))
    DoseStepFactory(**right)


@pytest.mark.postgres
def test_not_a_number_is_no_dose():
    """PostgreSQL's numeric knows NaN, and NaN is greater than everything."""
    step = DoseStep.objects.filter(revision__taper=TaperFactory()).first()

    def store():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE tapers_dosestep SET daily_mg = 'NaN' WHERE id = %s", [step.pk])

    refused(store)


@pytest.mark.parametrize(
    "wrong",
    [
        {"taken_on": None},
        {"outcome": "NOT_YET"},
        {"outcome": "PERHAPS"},
        {"reported_by": "NEIGHBOUR"},
    ],
)
def test_a_report_that_makes_no_sense_is_refused(wrong):
    taper = TaperFactory(running=True)

    refused(lambda: StepReportFactory(taper=taper, **wrong))


def test_a_step_is_taken_once():
    first = StepReportFactory()

    refused(lambda: StepReportFactory(taper=first.taper))
    StepReportFactory(taper=first.taper, outcome="PROBLEM", taken_on=None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "Agreed"},  # by nobody
        {"acknowledged_at": BEFORE_THE_STORY},
        {"severity": "LOUD"},
    ],
)
def test_an_alert_is_acknowledged_by_somebody_with_a_reason(wrong):
    taper = TaperFactory(running=True)

    refused(lambda: AlertFactory(taper=taper, **wrong))


def test_one_alert_a_code_and_revision():
    first = AlertFactory()

    refused(lambda: AlertFactory(taper=first.taper, code=first.code))
    AlertFactory(taper=first.taper, code=first.code, revision_number=2)
