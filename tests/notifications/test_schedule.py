"""Asking for reminders: what is stored, kept, cancelled and called back."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from notifications.models import Reminder
from notifications.policy import Audience, Kind, ReminderRequest, Status
from notifications.services.schedule import (
    AskedTwice,
    ScheduleChange,
    cancel_schedule,
    replace_schedule,
)
from patients.models import AuditEvent, Patient
from patients.vocabulary import Event
from tests.notifications.conftest import TUESDAY, request

pytestmark = pytest.mark.django_db
SOURCE = "taper:1"


def weekly(count: int, *, dose: str = "7.5 mg", first: date = TUESDAY) -> list[ReminderRequest]:
    days = [first + timedelta(days=7 * n) for n in range(count)]
    return [request(on=day, step_date=day.isoformat(), dose=dose) for day in days]


def replace(
    patient: Patient, requests: list[ReminderRequest], *, at: datetime, source: str = SOURCE
) -> ScheduleChange:
    return replace_schedule(
        source=source, clinic=patient.clinic, patient=patient, requests=requests, at=at
    )


def put(status: Status, **changes: object) -> Reminder:
    """Pretend that the engine has brought the first reminder there."""
    row = Reminder.objects.earliest("due_at")
    token = row.pk if status in (Status.CLAIMED, Status.HANDING) else None
    Reminder.objects.filter(pk=row.pk).update(status=status.value, claim=token, **changes)
    return row


def test_a_row_exists_for_every_reminder_of_the_plan(reachable: Patient, at: datetime) -> None:
    change = replace(reachable, weekly(9), at=at)

    assert change == ScheduleChange(added=9, kept=0, cancelled=0, withdrawn=0)
    first = Reminder.objects.earliest("due_at")
    assert first.due_at == datetime(2026, 5, 5, 13, tzinfo=UTC)
    assert first.expires_at == datetime(2026, 5, 6, 5, tzinfo=UTC)
    assert first.next_attempt_at == first.due_at
    assert first.key == "taper:1:g1:STEP_DAY:2026-05-05:PATIENT"
    assert first.message_id == f"<{first.pk}@taperline.test>"
    assert first.context["dose"] == "7.5 mg"


def test_a_plan_is_stored_in_three_statements_and_its_trail(
    reachable: Patient, at: datetime
) -> None:
    replace(reachable, weekly(9), at=at)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        replace(reachable, weekly(18, dose="5 mg"), at=at)

    said = [q["sql"].split()[0] for q in queries if "SAVEPOINT" not in q["sql"]]
    assert said == ["SELECT", "UPDATE", "INSERT", "INSERT"]


def test_a_second_run_changes_nothing(reachable: Patient, at: datetime) -> None:
    replace(reachable, weekly(9), at=at)
    before = list(Reminder.objects.order_by("id").values())

    change = replace(reachable, weekly(9), at=at + timedelta(minutes=5))

    assert change == ScheduleChange(added=0, kept=9, cancelled=0, withdrawn=0)
    assert list(Reminder.objects.order_by("id").values()) == before
    assert AuditEvent.objects.filter(event=Event.REMINDERS_SCHEDULED).count() == 1


def test_only_what_changed_is_replaced(reachable: Patient, at: datetime) -> None:
    replace(reachable, weekly(4), at=at)

    change = replace(reachable, weekly(2) + weekly(2, dose="5 mg", first=date(2026, 5, 19)), at=at)

    assert change == ScheduleChange(added=2, kept=2, cancelled=2, withdrawn=0)
    assert Reminder.objects.filter(status=Status.CANCELLED).count() == 2


def test_what_was_cancelled_and_is_asked_for_again_comes_back(
    reachable: Patient, at: datetime
) -> None:
    replace(reachable, weekly(1), at=at)
    replace(reachable, [], at=at)

    change = replace(reachable, weekly(1), at=at)

    assert change.added == 1
    assert Reminder.objects.get(status=Status.SCHEDULED).generation == 2


def test_what_lies_behind_is_not_asked_for_but_what_waits_since_is_kept(
    reachable: Patient, at: datetime, due: datetime
) -> None:
    replace(reachable, weekly(2), at=at)

    kept = replace(reachable, weekly(2), at=due + timedelta(hours=2))
    late = replace(reachable, weekly(2), at=due + timedelta(hours=2), source="taper:2")

    assert kept.kept == 2
    assert late.added == 1


def test_a_mail_asked_for_now_is_not_behind(reachable: Patient, at: datetime) -> None:
    now = request(Kind.ADDRESS_VERIFICATION, on=date(2026, 5, 4), at=time(10))

    assert replace(reachable, [now], at=at).added == 1


def test_what_was_sent_stays_and_is_not_sent_again(
    reachable: Patient, at: datetime, due: datetime
) -> None:
    replace(reachable, weekly(1), at=at)
    put(Status.SENT, sent_at=due)

    moved = [request(at=time(23), step_date="2026-05-05")]  # the same, said later that day
    change = replace(reachable, moved, at=due)

    assert change == ScheduleChange(added=0, kept=0, cancelled=0, withdrawn=0)
    assert Reminder.objects.get().status == Status.SENT


@pytest.mark.parametrize("status", [Status.CLAIMED, Status.HANDING, Status.GAVE_UP])
def test_what_is_under_way_is_called_back(reachable: Patient, at: datetime, status: Status) -> None:
    replace(reachable, weekly(1), at=at)
    put(status)

    change = replace(reachable, weekly(1, dose="5 mg"), at=at)

    assert change == ScheduleChange(added=1, kept=0, cancelled=0, withdrawn=1)
    called_back = Reminder.objects.get(generation=1)
    assert called_back.status == status
    assert called_back.withdrawn_at == at


def test_a_schedule_is_cancelled_with_its_reason(reachable: Patient, at: datetime) -> None:
    replace(reachable, weekly(3), at=at)

    change = cancel_schedule(source=SOURCE, reason="The taper is on hold.", at=at)

    assert change.cancelled == 3
    assert set(Reminder.objects.values_list("status", "outcome_note")) == {
        ("CANCELLED", "The taper is on hold.")
    }
    told = AuditEvent.objects.get(event=Event.REMINDER_CANCELLED)
    assert told.patient == reachable
    assert told.details["cancelled"] == 3


def test_to_cancel_nothing_leaves_no_trace(reachable: Patient, at: datetime) -> None:
    cancel_schedule(source=SOURCE, reason="The taper is on hold.", at=at)

    assert not AuditEvent.objects.exists()


def test_the_same_reminder_twice_is_a_mistake(reachable: Patient, at: datetime) -> None:
    with pytest.raises(AskedTwice):
        replace(reachable, [request(), request(dose="5 mg")], at=at)


def test_sources_do_not_touch_each_other(reachable: Patient, at: datetime) -> None:
    replace(reachable, weekly(2), at=at)
    replace(reachable, weekly(2), at=at, source="monitoring:1")

    replace(reachable, [], at=at, source="monitoring:1")

    assert Reminder.objects.filter(source=SOURCE, status=Status.SCHEDULED).count() == 2


# What the database refuses whoever writes -------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "SENT"},
        {"sent_at": datetime(2026, 5, 5, tzinfo=UTC)},
        {"status": "CLAIMED"},
        {"claim": "7f0a3f43-9d0f-4f1c-a7d3-6d6b8e2d1f11"},
        {"patient": None},
    ],
)
def test_a_row_that_contradicts_itself_cannot_be_stored(
    reachable: Patient, at: datetime, changes: dict[str, object]
) -> None:
    replace(reachable, weekly(1), at=at)

    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.update(**changes)


def test_a_key_and_a_message_id_exist_once(reachable: Patient, at: datetime) -> None:
    replace(reachable, weekly(2), at=at)

    for field in ("key", "message_id"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Reminder.objects.update(**{field: "the same"})


def test_the_audience_of_a_digest_has_no_patient(clinic: object, at: datetime) -> None:
    asked = request(Kind.DIGEST, Audience.TEAM)

    change = replace_schedule(
        source="digest:1",
        clinic=clinic,  # type: ignore[arg-type]
        patient=None,
        requests=[asked],
        at=at,
    )

    assert change.added == 1
