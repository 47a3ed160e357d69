"""Who wants reminders asks for them here, in the transaction that stores the reason."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Case, F, Q, Value, When

from notifications.models import Reminder
from notifications.policy import OPEN, Audience, Kind, ReminderRequest, Status
from patients import audit
from patients.models import Clinic, Patient
from patients.vocabulary import Event

SYSTEM = "reminder schedule"
REPLACED = "The plan or the dates changed."
# What may still turn into a mail, by itself or because a person presses "try again".
STOPPABLE = tuple(sorted([status.value for status in OPEN] + [Status.GAVE_UP.value]))

OVERTAKEN_AT_MOST = 5


class AskedTwice(ValueError):
    """Two requests of one schedule name the same kind, day and audience."""


@dataclass(frozen=True)
class ScheduleChange:
    """How many reminders a replacement added, left alone, cancelled, and called back in flight."""

    added: int
    kept: int
    cancelled: int
    withdrawn: int

    @property
    def changes_anything(self) -> bool:
        return bool(self.added or self.cancelled or self.withdrawn)


@dataclass(frozen=True)
class Schedule:
    """All that is still true of one source: the reminders it asks for, and whom they concern.

    Ask also for what is due already: a waiting row that is not asked for is cancelled, and one that
    is under way is called back.
    """

    source: str
    clinic: Clinic
    patient: Patient | None
    requests: Sequence[ReminderRequest]


def replace_schedule(
    *,
    source: str,
    clinic: Clinic,
    patient: Patient | None,
    requests: Sequence[ReminderRequest],
    at: datetime,
) -> ScheduleChange:
    """Make *requests* the reminders of *source*; see `replace_schedules`."""
    schedule = Schedule(source=source, clinic=clinic, patient=patient, requests=requests)
    return replace_schedules([schedule], at=at)[0]


def replace_schedules(schedules: Sequence[Schedule], *, at: datetime) -> tuple[ScheduleChange, ...]:
    """Make each source's requests its reminders; a second run changes nothing.

    New rows are made for instants after *at* only. What was sent stays. Runs inside the caller's
    transaction: three statements and the trail, however many schedules. Who asks for those of
    several patients holds the patients, in the order of their ids.
    """
    for schedule in schedules:
        _refuse_doubles(schedule.requests)
    for _ in range(OVERTAKEN_AT_MOST):
        try:
            return _replace(schedules, at=at)
        except IntegrityError:  # whoever we waited for has added rows that our look had not shown
            continue
    return _replace(schedules, at=at)


@dataclass(frozen=True)
class _Difference:
    """What a schedule asks for, held against the rows it has."""

    schedule: Schedule
    generation: int
    kept: int
    missing: list[ReminderRequest]
    unwanted: list[Reminder]

    @property
    def change(self) -> ScheduleChange:
        return _change_of(added=len(self.missing), kept=self.kept, stopped=self.unwanted)


@transaction.atomic
def _replace(schedules: Sequence[Schedule], *, at: datetime) -> tuple[ScheduleChange, ...]:
    rows = _rows_of(schedules)
    differences = [_difference(each, rows[each.source], at=at) for each in schedules]
    _stop([row for each in differences for row in each.unwanted], note=REPLACED, at=at)
    Reminder.objects.bulk_create(
        _row_of(request, each.schedule, generation=each.generation, at=at)
        for each in differences
        for request in each.missing
    )
    _tell(Event.REMINDERS_SCHEDULED, [(each.schedule, each.change) for each in differences], at=at)
    return tuple(each.change for each in differences)


def _difference(schedule: Schedule, rows: list[Reminder], *, at: datetime) -> _Difference:
    wanted, missing = _sort(schedule.requests, rows, at=at)
    return _Difference(
        schedule=schedule,
        # Without it a reminder cancelled and asked for again would meet its own old key.
        generation=1 + max((row.generation for row in rows), default=0),
        kept=len(wanted),
        missing=missing,
        unwanted=[row for row in rows if _can_be_stopped(row) and row.pk not in wanted],
    )


def cancel_schedule(*, source: str, reason: str, at: datetime) -> ScheduleChange:
    """Cancel what waits of *source* and call back what is under way; *reason* is a sentence."""
    with transaction.atomic():
        asked = Reminder.objects.filter(source=source).select_related("clinic", "patient").first()
        if asked is None:
            return ScheduleChange(added=0, kept=0, cancelled=0, withdrawn=0)
        schedule = Schedule(source, asked.clinic, asked.patient, requests=())
        rows = [row for row in _locked([schedule])[source] if _can_be_stopped(row)]
        _stop(rows, note=reason, at=at)
        change = _change_of(added=0, kept=0, stopped=rows)
        _tell(Event.REMINDER_CANCELLED, [(schedule, change)], at=at)
    return change


def derive_instants(*, patient: Patient, old_zone: str, at: datetime) -> int:
    """Move the patient's waiting mails to the same local time in the patient's new zone."""
    rows = list(
        Reminder.objects.select_for_update(of=("self",))
        .filter(
            patient=patient,
            status=Status.SCHEDULED.value,
            time_zone=old_zone,
            audience=Audience.PATIENT.value,
        )
        .order_by("id")
    )
    for row in rows:
        request = _request_of(row, zone=patient.time_zone)
        row.time_zone = request.time_zone
        row.due_at, row.expires_at = request.due_at, request.expires_at
        row.next_attempt_at = row.due_at if row.attempts == 0 else row.next_attempt_at
    Reminder.objects.bulk_update(
        rows, ["time_zone", "due_at", "expires_at", "next_attempt_at"], batch_size=100
    )
    return len(rows)


def _rows_of(schedules: Sequence[Schedule]) -> dict[str, list[Reminder]]:
    """Return the reminders by source, locked; of two who ask for the first ones, one waits."""
    found = _locked(schedules)
    new = [each for each in schedules if each.requests and not found[each.source]]
    if not new:
        return found
    # NO KEY: the engine's trail, which points at both, never has to wait for us.
    patients = {each.patient.pk for each in new if each.patient is not None}
    clinics = {each.clinic.pk for each in new if each.patient is None}
    for model, ids in ((Patient, patients), (Clinic, clinics)):
        if ids:
            held = model._default_manager.filter(pk__in=ids).order_by("id")
            list(held.select_for_update(no_key=True).values_list("id"))
    return _locked(schedules)


def _locked(schedules: Sequence[Schedule]) -> dict[str, list[Reminder]]:
    """Return the reminders by source. Whatever else is open of the patients is locked with them.

    The engine marks two mails in one statement, in the order of ids; they may be of two sources. A
    change that concerns both must therefore take all at once, in the same order.
    """
    by_source: dict[str, list[Reminder]] = {each.source: [] for each in schedules}
    patients = {each.patient.pk for each in schedules if each.patient is not None}
    concerned = Q(source__in=list(by_source))
    if patients:  # a schedule of nobody's is not asked for together with one of a patient
        concerned = Q(patient__in=patients) & (concerned | Q(status__in=STOPPABLE))
    rows = Reminder.objects.select_for_update(of=("self",)).filter(concerned).order_by("id")
    for row in rows:
        if row.source in by_source:
            by_source[row.source].append(row)
    return by_source


def _can_be_stopped(row: Reminder) -> bool:
    return row.status in STOPPABLE and row.withdrawn_at is None


# What the same reminder is --------------------------------------------------------------------

Identity = tuple[object, ...]


def _what_of(row: Reminder | ReminderRequest) -> Identity:
    """What is said, to whom, about which day: of this a sent one is not sent again."""
    context = json.dumps(row.context, sort_keys=True, default=dict)
    return (str(row.kind), str(row.audience), row.local_date, context)


def _identity_of(row: Reminder | ReminderRequest) -> Identity:
    """The same, and at which instants."""
    return (*_what_of(row), row.due_at, row.expires_at, row.time_zone)


def _sort(
    requests: Sequence[ReminderRequest], rows: list[Reminder], *, at: datetime
) -> tuple[set[uuid.UUID], list[ReminderRequest]]:
    """Return the rows that are wanted, and the requests that have none yet."""
    live = {_identity_of(row): row.pk for row in rows if _can_be_stopped(row)}
    sent = {_what_of(row) for row in rows if row.status == Status.SENT}
    wanted: set[uuid.UUID] = set()
    missing: list[ReminderRequest] = []
    for request in requests:
        row_id = live.get(_identity_of(request))
        if row_id is not None:
            wanted.add(row_id)
        elif _what_of(request) not in sent and _is_ahead(request, at=at):
            missing.append(request)
    return wanted, missing


def _is_ahead(request: ReminderRequest, *, at: datetime) -> bool:
    return request.expires_at > at and (request.is_for_now or request.due_at > at)


def _refuse_doubles(requests: Sequence[ReminderRequest]) -> None:
    names = [_name_of(request) for request in requests]
    if len(set(names)) != len(names):
        raise AskedTwice(f"{len(names) - len(set(names))} reminders are asked for twice")


def _name_of(request: ReminderRequest) -> str:
    return f"{request.kind}:{request.local_date.isoformat()}:{request.audience}"


def _request_of(row: Reminder, *, zone: str) -> ReminderRequest:
    return ReminderRequest(
        kind=Kind(row.kind),
        audience=Audience(row.audience),
        local_date=row.local_date,
        local_time=row.local_time,
        time_zone=zone,
        expires_date=row.expires_date,
        expires_time=row.expires_time,
    )


# Rows -----------------------------------------------------------------------------------------


def _stop(rows: list[Reminder], *, note: str, at: datetime) -> None:
    """Cancel what waits, call back the rest; what a called-back one becomes is CANCELLED."""
    if not rows:
        return
    waits = When(status=Status.SCHEDULED.value, then=Value(Status.CANCELLED.value))
    Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(
        withdrawn_at=at, outcome_note=note, status=Case(waits, default=F("status"))
    )


def _row_of(
    request: ReminderRequest, schedule: Schedule, *, generation: int, at: datetime
) -> Reminder:
    row_id = uuid.uuid4()
    return Reminder(
        id=row_id,
        key=f"{schedule.source}:g{generation}:{_name_of(request)}",
        source=schedule.source,
        generation=generation,
        clinic=schedule.clinic,
        patient=schedule.patient,
        audience=request.audience.value,
        kind=request.kind.value,
        context=dict(request.context),
        reason=request.reason,
        revision=request.revision,
        local_date=request.local_date,
        local_time=request.local_time,
        time_zone=request.time_zone,
        expires_date=request.expires_date,
        expires_time=request.expires_time,
        due_at=request.due_at,
        expires_at=request.expires_at,
        next_attempt_at=request.due_at,
        message_id=f"<{row_id}@{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'}>",
        created_at=at,
    )


def _change_of(*, added: int, kept: int, stopped: list[Reminder]) -> ScheduleChange:
    waiting = sum(row.status == Status.SCHEDULED for row in stopped)
    return ScheduleChange(
        added=added, kept=kept, cancelled=waiting, withdrawn=len(stopped) - waiting
    )


def _tell(
    event: Event, changes: Sequence[tuple[Schedule, ScheduleChange]], *, at: datetime
) -> None:
    audit.record_each(
        audit.entry(
            event,
            patient=schedule.patient,
            clinic=schedule.clinic,
            system=SYSTEM,
            at=at,
            source=schedule.source,
            added=change.added,
            cancelled=change.cancelled,
            withdrawn=change.withdrawn,
        )
        for schedule, change in changes
        if change.changes_anything
    )
