"""Several who ask for the reminders of one source at the same moment, on real transactions."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from django.db import connections, transaction

from notifications.models import Reminder
from notifications.policy import Status
from notifications.services.schedule import ScheduleChange, replace_schedule
from patients.models import Patient
from tests.notifications.conftest import request

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
AT_ONCE = 4


def replaced_at_once(patient: Patient, doses: list[str], *, at: datetime) -> list[ScheduleChange]:
    gate = Barrier(AT_ONCE)

    def one(dose: str) -> ScheduleChange:
        try:
            gate.wait(timeout=10)
            with transaction.atomic():
                return replace_schedule(
                    source="taper:1",
                    clinic=patient.clinic,
                    patient=patient,
                    requests=[request(dose=dose)],
                    at=at,
                )
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, doses))


def test_the_first_schedule_of_a_source_is_made_once(reachable: Patient, at: datetime) -> None:
    changes = replaced_at_once(reachable, ["5 mg"] * AT_ONCE, at=at)

    assert sorted(change.added for change in changes) == [0, 0, 0, 1]
    assert Reminder.objects.count() == 1


def test_of_different_first_schedules_the_last_one_stands(reachable: Patient, at: datetime) -> None:
    replaced_at_once(reachable, ["5 mg", "7.5 mg", "10 mg", "12.5 mg"], at=at)

    assert Reminder.objects.filter(status=Status.SCHEDULED).count() == 1
    assert Reminder.objects.filter(status=Status.CANCELLED).count() == AT_ONCE - 1
