"""Once a morning every patient under care is read, whoever did nothing: the rules are held against
the course, and the steps and blood tests of drugs that have come within reach are asked for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from patients.models import Clinic, Patient
from patients.vocabulary import PatientStatus
from tapers.services.course_alerts import read_course

MORNING = time(5)  # by the clinic's clock: before the team's list of 07:30 is written
TRIED_AGAIN_AFTER = timedelta(hours=1)
BATCH = 200


@dataclass(frozen=True)
class Tally:
    """How many courses were read, how many alerts that raised, how many could not be read."""

    read: int
    raised: int
    failed: int
    stopped: bool


def evaluate_courses(*, at: datetime, stop: Callable[[], bool] = lambda: False) -> Tally:
    """Read every course that was not read yet on this day of its clinic.

    What was read is noted patient by patient, so a run that is stopped or killed goes on where it
    was, and one patient whose record cannot be read keeps nobody else waiting.
    """
    read = raised = failed = 0
    for patient in chain.from_iterable(_due(clinic, at=at) for clinic in _awake(at)):
        if stop():
            return Tally(read, raised, failed, stopped=True)
        alerts = read_course(patient=patient, at=at)
        read += alerts is not None
        failed += alerts is None
        raised += len(alerts or ())
    return Tally(read, raised, failed, stopped=False)


def _awake(at: datetime) -> list[Clinic]:
    clinics = Clinic.objects.order_by("id")
    return [each for each in clinics if at.astimezone(ZoneInfo(each.time_zone)).time() >= MORNING]


def _due(clinic: Clinic, *, at: datetime) -> Iterator[Patient]:
    """The patients in the order of their ids, few at a time, so that memory stays bounded."""
    last: UUID | None = None
    today = at.astimezone(ZoneInfo(clinic.time_zone)).date()
    while batch := list(_after(_unread(clinic, today=today, at=at), last)[:BATCH]):
        yield from batch
        last = batch[-1].pk


def _after(rows: QuerySet[Patient], last: UUID | None) -> QuerySet[Patient]:
    return rows.filter(pk__gt=last) if last is not None else rows


def _unread(clinic: Clinic, *, today: date, at: datetime) -> QuerySet[Patient]:
    read = Q(course_evaluation__evaluated_on__gte=today, course_evaluation__failed_at__isnull=True)
    just_failed = Q(course_evaluation__failed_at__gt=at - TRIED_AGAIN_AFTER)
    rows = Patient.objects.filter(clinic=clinic, status=PatientStatus.ACTIVE)
    return rows.exclude(read | just_failed).select_related("clinic").order_by("id")
