"""The team's list: one a working morning, never twice, counted that morning."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User

from notifications.models import Reminder
from notifications.policy import Audience, Kind
from patients.models import Clinic, Patient
from patients.services.tasks import open_task
from patients.vocabulary import TaskKind
from tapers.services.course_alerts import evaluate_course
from tests import factories
from tracker import digest

CHICAGO = ZoneInfo("America/Chicago")
MONDAY = date(2026, 5, 4)


def local(day: date, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day.isoformat()}T{clock}").replace(tzinfo=CHICAGO)


def digests(clinic: Clinic) -> list[Reminder]:
    return list(Reminder.objects.filter(clinic=clinic, kind=Kind.DIGEST).order_by("due_at"))


def test_on_a_working_morning_it_is_asked_for_half_past_seven(clinic: Clinic, nurse: User) -> None:
    digest.request_digests(at=local(MONDAY, "07:00"))

    [row] = digests(clinic)
    assert row.due_at == local(MONDAY, "07:30").astimezone(UTC)
    assert row.audience == Audience.TEAM
    assert row.patient is None
    assert row.source == f"digest:{clinic.id}"


def test_asked_every_ten_minutes_it_is_one(clinic: Clinic, nurse: User, patient: Patient) -> None:
    for minutes in range(0, 24 * 60, 10):
        at = local(MONDAY, "00:00") + timedelta(minutes=minutes)
        digest.request_digests(at=at)
        if minutes == 7 * 60 + 10:  # what is counted changes, the mail does not double
            factories.TeamTaskFactory(clinic=clinic, patient=patient)

    assert len(digests(clinic)) == 1


def test_a_week_has_five(clinic: Clinic, nurse: User) -> None:
    for days in range(7):
        digest.request_digests(at=local(MONDAY + timedelta(days=days), "07:10"))

    assert [row.local_date.isoweekday() for row in digests(clinic)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("country", "day", "works"),
    [
        ("US", date(2026, 11, 26), False),  # Thanksgiving
        ("US", date(2026, 11, 27), True),
        ("GB", date(2026, 11, 26), True),
        ("DE", date(2026, 10, 3), False),
        ("AE", date(2026, 5, 9), False),  # a Saturday
        ("XX", date(2026, 5, 8), True),  # no calendar is known: Monday to Friday
        ("XX", date(2026, 5, 9), False),
    ],
)
def test_holidays_are_those_of_the_clinics_country(country: str, day: date, works: bool) -> None:
    assert digest.is_working_day(day, country=country) is works


def test_when_nothing_ran_at_seven_it_comes_late(clinic: Clinic, nurse: User) -> None:
    digest.request_digests(at=local(MONDAY, "09:15"))

    [row] = digests(clinic)
    assert row.due_at == local(MONDAY, "09:16").astimezone(UTC)


@pytest.mark.parametrize("clock", ["06:59", "12:00", "23:00"])
def test_outside_the_morning_nothing_is_asked(clinic: Clinic, nurse: User, clock: str) -> None:
    digest.request_digests(at=local(MONDAY, clock))

    assert digests(clinic) == []


def test_each_clinic_has_its_own_morning(
    clinic: Clinic, nurse: User, other_clinic: Clinic, stranger: User
) -> None:
    in_berlin = datetime(2026, 5, 4, 7, 5, tzinfo=ZoneInfo("Europe/Berlin"))

    digest.request_digests(at=in_berlin)

    assert len(digests(other_clinic)) == 1
    assert digests(clinic) == []


def test_a_clinic_without_nurse_or_prescriber_is_left_alone(clinic: Clinic, reader: User) -> None:
    digest.request_digests(at=local(MONDAY, "07:00"))

    assert digests(clinic) == []


def test_it_counts_what_waits_in_this_clinic_only(
    clinic: Clinic, nurse: User, patient: Patient, strangers_patient: Patient, at: datetime
) -> None:
    for each in (patient, strangers_patient):
        open_task(
            clinic=each.clinic,
            patient=each,
            kind=TaskKind.OTHER,
            key=f"call:{each.pk}",
            text="Call.",
            at=at,
            system="test",
        )

    counts = digest.counts_for(actor=nurse, clinic=clinic, at=at)

    assert counts.tasks == 1
    assert counts.steps_due == counts.visits_overdue == 0


def test_alerts_without_a_reason_are_counted_the_critical_ones_by_themselves(
    clinic: Clinic, nurse: User, patient: Patient, at: datetime
) -> None:
    factories.SteroidExposureFactory(
        patient=patient, daily_mg=Decimal(40), started_on=date(2026, 1, 5)
    )
    factories.DiagnosisFactory(patient=patient)

    evaluate_course(patient=patient, actor=nurse, at=at)

    counts = digest.counts_for(actor=nurse, clinic=clinic, at=at)
    assert counts.alerts_critical == 1  # above 10 mg without a plan
    assert counts.alerts == 1  # no plan


def test_the_next_morning_is_the_next_working_one(clinic: Clinic, nurse: User) -> None:
    friday = date(2026, 5, 22)  # and the Monday after it is Memorial Day

    assert digest.next_asked_at(at=local(friday, "06:00")) == local(friday, "07:00")
    assert digest.next_asked_at(at=local(friday, "07:00")) == local(date(2026, 5, 26), "07:00")


@pytest.mark.django_db
def test_without_a_team_there_is_no_morning(clinic: Clinic, reader: User, at: datetime) -> None:
    assert digest.next_asked_at(at=at) is None
