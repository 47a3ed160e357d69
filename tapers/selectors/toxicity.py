"""Follow-up of what steroids do: what was done, by visits and by what was recorded, what is due.

A day on which weight and blood pressure were both measured counts as their check, and a measured
HbA1c as that of glucose; everything else is recorded as done.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Q

from patients.access import visible_patients
from patients.clock import today_in
from patients.facts import Change, FactKind
from patients.models import Clinic, KnownFact, Measurement, Patient
from patients.selectors import exposures_of
from patients.vocabulary import PatientStatus
from tapers.domain.states import RUNNING, Status
from tapers.domain.toxicity import (
    AFTER_DAYS,
    GRACE_DAYS,
    FollowUp,
    Item,
    State,
    emergency_text_is_shown,
    follow_up_due,
)
from tapers.models import Taper
from tapers.selectors.courses import Course, courses_for

WEIGHT_AND_PRESSURE = frozenset({"WEIGHT", "BP_SYSTOLIC"})
GLUCOSE = frozenset({"HBA1C", "HBA1C_IFCC"})
MEASURED = sorted(WEIGHT_AND_PRESSURE | GLUCOSE)

Done = Mapping[Item, Sequence[date]]


@dataclass(frozen=True)
class FollowUpsDue:
    """What waits of one patient, the soonest first."""

    patient: Patient
    due: tuple[FollowUp, ...]
    on: date

    @property
    def is_overdue(self) -> bool:
        return any(each.state is State.OVERDUE for each in self.due)


def follow_ups_done(
    *, recorded: Iterable[tuple[str, date]], measured: Iterable[tuple[str, date]]
) -> Done:
    """Join both: *recorded* items with their days, and *measured* codes with theirs."""
    done: dict[Item, set[date]] = {item: set() for item in Item}
    for code, day in recorded:
        done[Item(code)].add(day)
    codes: dict[date, set[str]] = {}
    for code, day in measured:
        codes.setdefault(day, set()).add(code)
    for day, found in codes.items():
        if found >= WEIGHT_AND_PRESSURE:
            done[Item.WEIGHT_AND_PRESSURE].add(day)
        if found & GLUCOSE:
            done[Item.GLUCOSE].add(day)
    return {item: sorted(days) for item, days in done.items()}


def follow_ups_due(
    *, actor: User, clinic: Clinic | None = None, at: datetime
) -> tuple[FollowUpsDue, ...]:
    """Return who waits for a follow-up, overdue first; the same few queries for any number."""
    patients = _on_steroids_lately(actor, clinic, at=at)
    courses = courses_for(patient_ids=patients, at=at)
    done = _done_for(list(courses))
    found = (
        _due(patients[pk], course, done[pk], on=today_in(patients[pk].time_zone, at=at))
        for pk, course in courses.items()
    )
    waiting = [each for each in found if each.due]
    return tuple(sorted(waiting, key=lambda each: (not each.is_overdue, each.due[0].due_on)))


def _due(patient: Patient, course: Course, done: Done, *, on: date) -> FollowUpsDue:
    zero = first_zero_of(course)
    over = zero is not None and on > zero + timedelta(days=AFTER_DAYS + GRACE_DAYS)
    if over or on < course.starts_on:
        return FollowUpsDue(patient, (), on)
    every = follow_up_due(begins_on=course.starts_on, first_zero_on=zero, done=done, on=on)
    return FollowUpsDue(
        patient, tuple(each for each in every if each.state is not State.NOT_DUE), on
    )


def shows_emergency_text(*, patient: Patient, on: date) -> bool:
    """Tell whether the patient is on steroids, or was within a year; a taper stopped above 0 mg
    and a course of unknown end count as still taken."""
    tapers = Taper.objects.filter(patient=patient, activated_at__isnull=False).exclude(
        status__in=(Status.DRAFT, Status.ENTERED_IN_ERROR)
    )
    spans = [
        (row.starts_on, None if row.status == Status.REVOKED else row.first_zero_on)
        for row in tapers
    ]
    spans += [
        (row.started_on or date.min, row.ended_on)
        for row in exposures_of(patient=patient)
        if row.daily_mg or row.alternate_daily_mg
    ]
    return any(
        emergency_text_is_shown(begins_on=begins_on, first_zero_on=ended_on, on=on)
        for begins_on, ended_on in spans
    )


def first_zero_of(course: Course) -> date | None:
    """None where the taper was stopped above 0 mg: nobody knows of an end."""
    stopped = course.status is Status.REVOKED and course.daily_mg
    return None if stopped else course.first_zero_on


def _on_steroids_lately(actor: User, clinic: Clinic | None, *, at: datetime) -> dict[UUID, Patient]:
    since = at.date() - timedelta(days=AFTER_DAYS + GRACE_DAYS + 1)
    lately = Q(tapers__status__in=RUNNING) | Q(
        tapers__status__in=(Status.COMPLETED, Status.REVOKED), tapers__ended_on__gte=since
    )
    rows = visible_patients(actor=actor).filter(lately, status=PatientStatus.ACTIVE)
    if clinic is not None:
        rows = rows.filter(clinic=clinic)
    return {patient.pk: patient for patient in rows.select_related("clinic").distinct()}


def _done_for(patient_ids: Sequence[UUID]) -> dict[UUID, Done]:
    recorded = KnownFact.objects.filter(
        patient__in=patient_ids, kind=FactKind.FOLLOW_UP, replaced_by__isnull=True
    ).exclude(change=Change.IN_ERROR)
    measured = Measurement.objects.filter(
        assessment__patient__in=patient_ids,
        assessment__corrected_by__isnull=True,
        code__in=MEASURED,
        value__isnull=False,
    )
    facts: dict[UUID, list[tuple[str, date]]] = {pk: [] for pk in patient_ids}
    for pk, code, day in recorded.values_list("patient_id", "code", "from_on"):
        facts[pk].append((code, day))
    readings: dict[UUID, list[tuple[str, date]]] = {pk: [] for pk in patient_ids}
    rows = measured.values_list("assessment__patient_id", "code", "assessment__assessed_on")
    for pk, code, day in rows:
        readings[pk].append((code, day))
    return {pk: follow_ups_done(recorded=facts[pk], measured=readings[pk]) for pk in patient_ids}
