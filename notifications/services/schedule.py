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


def replace_schedule(
    *,
    source: str,
    clinic: Clinic,
    patient: Patient | None,
    requests: Sequence[ReminderRequest],
    at: datetime,
) -> ScheduleChange:
    """Make *requests* the reminders of *source*; a second run changes nothing.

    Ask for all that is still true, also what is due already: a waiting row that is not asked for is
    cancelled, and one that is under way is called back. New rows are made for instants after *at*
    only. What was sent stays. Runs inside the caller's transaction: three statements and the trail.
    """
    _refuse_doubles(requests)
    for _ in range(OVERTAKEN_AT_MOST):
        try:
            return _replace(source, clinic, patient, requests, at=at)
        except IntegrityError:  # whoever we waited for has added rows that our look had not shown
            continue
    return _replace(source, clinic, patient, requests, at=at)


@transaction.atomic
def _replace(
    source: str,
    clinic: Clinic,
    patient: Patient | None,
    requests: Sequence[ReminderRequest],
    *,
    at: datetime,
) -> ScheduleChange:
    rows = _rows_of(source, clinic=clinic, patient=patient)
    wanted, missing = _sort(requests, rows, at=at)
    unwanted = [
        row
        for row in rows
        if row.status in STOPPABLE and row.withdrawn_at is None and row.pk not in wanted
    ]
    _stop(unwanted, note=REPLACED, at=at)
    _insert(missing, source=source, clinic=clinic, patient=patient, rows=rows, at=at)
    change = _change_of(added=len(missing), kept=len(wanted), stopped=unwanted)
    if change.changes_anything:
        _tell(Event.REMINDERS_SCHEDULED, source, change, clinic=clinic, patient=patient, at=at)
    return change


def cancel_schedule(*, source: str, reason: str, at: datetime) -> ScheduleChange:
    """Cancel what waits of *source* and call back what is under way; *reason* is a sentence."""
    with transaction.atomic():
        asked = Reminder.objects.filter(source=source).select_related("clinic", "patient").first()
        if asked is None:
            return ScheduleChange(added=0, kept=0, cancelled=0, withdrawn=0)
        of_source = _locked(source, asked.patient)
        rows = [row for row in of_source if row.status in STOPPABLE and row.withdrawn_at is None]
        _stop(rows, note=reason, at=at)
        change = _change_of(added=0, kept=0, stopped=rows)
        if rows:
            _tell(
                Event.REMINDER_CANCELLED,
                source,
                change,
                clinic=asked.clinic,
                patient=asked.patient,
                at=at,
            )
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


def _rows_of(source: str, *, clinic: Clinic, patient: Patient | None) -> list[Reminder]:
    """Return the reminders of *source*, locked; of two who ask for the first ones, one waits."""
    found = _locked(source, patient)
    if found:
        return found
    # NO KEY: the engine's trail, which points at both, never has to wait for us.
    if patient is not None:
        Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    else:
        Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
    return _locked(source, patient)


def _locked(source: str, patient: Patient | None) -> list[Reminder]:
    """Return the reminders of *source*. Whatever else is open of the patient is locked with them.

    The engine marks two mails in one statement, in the order of ids; they may be a step and a visit
    of one patient. A change that concerns both must therefore take all at once, in the same order.
    """
    rows = Reminder.objects.select_for_update(of=("self",)).order_by("id")
    if patient is None:
        return list(rows.filter(source=source))
    either = Q(source=source) | Q(status__in=STOPPABLE)
    return [row for row in rows.filter(patient=patient).filter(either) if row.source == source]


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
    live = {
        _identity_of(row): row.pk
        for row in rows
        if row.status in STOPPABLE and row.withdrawn_at is None
    }
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


def _insert(
    requests: Sequence[ReminderRequest],
    *,
    source: str,
    clinic: Clinic,
    patient: Patient | None,
    rows: list[Reminder],
    at: datetime,
) -> None:
    if not requests:
        return
    # Without the generation a reminder cancelled and asked for again would meet its own old key.
    generation = 1 + max((row.generation for row in rows), default=0)
    Reminder.objects.bulk_create(
        _row_of(
            request, source=source, generation=generation, clinic=clinic, patient=patient, at=at
        )
        for request in requests
    )


def _row_of(
    request: ReminderRequest,
    *,
    source: str,
    generation: int,
    clinic: Clinic,
    patient: Patient | None,
    at: datetime,
) -> Reminder:
    row_id = uuid.uuid4()
    return Reminder(
        id=row_id,
        key=f"{source}:g{generation}:{_name_of(request)}",
        source=source,
        generation=generation,
        clinic=clinic,
        patient=patient,
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
    event: Event,
    source: str,
    change: ScheduleChange,
    *,
    clinic: Clinic,
    patient: Patient | None,
    at: datetime,
) -> None:
    audit.record(
        event,
        patient=patient,
        clinic=clinic,
        system=SYSTEM,
        at=at,
        source=source,
        added=change.added,
        cancelled=change.cancelled,
        withdrawn=change.withdrawn,
    )
