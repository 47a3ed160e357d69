"""A real beat and a real worker read the courses of the day; nobody has to ask for it."""

import pytest

from patients import clock
from tapers.models import Alert, CourseEvaluation
from tests import factories, services
from tests.factories_tapers import TaperFactory

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = 60.0


def a_zone_where_it_is_past_five() -> str:
    return "UTC" if clock.now().hour >= 5 else "Asia/Tokyo"


def test_beat_and_worker_read_a_course_and_raise_what_fell_due(
    processes: services.Processes,
) -> None:
    clinic = factories.ClinicFactory(time_zone=a_zone_where_it_is_past_five())
    patient = factories.PatientFactory(clinic=clinic, time_zone=clinic.time_zone)
    TaperFactory(patient=patient, running=True)  # its first step lies in the past
    processes.environment |= {"DIGEST_TICK_SECONDS": "1", "REMINDER_TICK_SECONDS": "5"}
    worker, _ = processes.worker(), processes.beat()

    worker.wait_until(
        lambda: CourseEvaluation.objects.filter(patient=patient).exists(), seconds=SECONDS
    )

    assert CourseEvaluation.objects.get(patient=patient).failure == ""
    assert Alert.objects.filter(patient=patient, code="STEP_LATE").exists()
