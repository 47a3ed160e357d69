"""Courses of a glucocorticoid: recorded, ended, corrected, marked as entered in error."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NotRequired, TypedDict, Unpack

from django.contrib.auth.models import User
from django.db import transaction

from patients import audit
from patients.access import Permission, check
from patients.errors import AlreadyCorrected, BadInput, Conflict
from patients.facts import Change
from patients.models import Patient, SteroidExposure
from patients.models.medication import MAX_DAILY_MG
from patients.selectors.newest import newer_than
from patients.services import _values as values
from patients.services.patients import last_day_to_record
from patients.vocabulary import Event

COPIED = (
    *("drug", "daily_mg", "alternate_daily_mg"),
    *("started_on", "ended_on", "note", "raise_reason", "sick_day_dose"),
)
NOT_GIVEN: dict[str, object] = {
    "alternate_daily_mg": None,
    "started_on": None,
    "ended_on": None,
    "note": "",
    "raise_reason": "",
    "sick_day_dose": False,
}


class Course(TypedDict):
    """A course of a glucocorticoid as it is given; `ended_on` is the first day without it.

    `raise_reason` is why the dose is higher than the one before.
    """

    drug: str
    daily_mg: Decimal
    alternate_daily_mg: NotRequired[Decimal | None]
    started_on: NotRequired[date | None]
    ended_on: NotRequired[date | None]
    note: NotRequired[str]
    raise_reason: NotRequired[str]
    sick_day_dose: NotRequired[bool]


@transaction.atomic
def record_exposure(
    *,
    actor: User,
    patient: Patient,
    at: datetime,
    **course: Unpack[Course],
) -> SteroidExposure:
    """Add a course of a glucocorticoid."""
    check(actor, Permission.EDIT_DIAGNOSIS, patient)
    clean = _checked(patient, course, at=at)
    exposure = SteroidExposure.objects.create(
        patient=patient, recorded_by=actor, recorded_at=at, **clean
    )
    _tell(Event.EXPOSURE_RECORDED, exposure, actor, at=at)
    return exposure


@transaction.atomic
def correct_exposure(
    *,
    actor: User,
    exposure: SteroidExposure,
    reason: str,
    at: datetime,
    **course: Unpack[Course],
) -> SteroidExposure:
    """Store the next version of a course; the wrong one stays readable."""
    check(actor, Permission.EDIT_DIAGNOSIS, exposure.patient)
    clean = _checked(exposure.patient, course, at=at) | _checked_reason(reason)
    return _next_version(actor, exposure, Change.CORRECTED, clean, at=at)


@transaction.atomic
def mark_exposure_in_error(
    *, actor: User, exposure: SteroidExposure, reason: str, at: datetime
) -> SteroidExposure:
    """Store that this was never taken; it counts no more, on no day."""
    check(actor, Permission.EDIT_DIAGNOSIS, exposure.patient)
    same = {name: getattr(exposure, name) for name in COPIED}
    return _next_version(actor, exposure, Change.IN_ERROR, same | _checked_reason(reason), at=at)


# Parts -------------------------------------------------------------------------------------------


def _checked(patient: Patient, course: Course, *, at: datetime) -> dict[str, Any]:
    dose = values.amount(least=Decimal(0), most=MAX_DAILY_MG, places=3, unit="mg a day")
    day = values.unless_none(
        values.day(first=patient.birth_date, last=last_day_to_record(patient, at=at))
    )
    clean = values.checked(
        NOT_GIVEN | course,
        {
            "drug": values.code,
            "daily_mg": dose,
            "alternate_daily_mg": values.unless_none(dose),
            "started_on": day,
            "ended_on": day,
            "note": values.note(most=1000),
            "raise_reason": values.note(most=500),
            "sick_day_dose": values.truth,
        },
    )
    began, ended = clean["started_on"], clean["ended_on"]
    if began is not None and ended is not None and ended <= began:
        raise BadInput("ended_on", "The course must end after the day it started.")
    return clean


def _checked_reason(reason: str) -> dict[str, Any]:
    return values.checked({"reason": reason}, {"reason": values.text(most=300)})


def _next_version(
    actor: User,
    exposure: SteroidExposure,
    change: Change,
    columns: Mapping[str, Any],
    *,
    at: datetime,
) -> SteroidExposure:
    Patient.objects.select_for_update(of=("self",), no_key=True).get(pk=exposure.patient_id)
    if exposure.change == Change.IN_ERROR:
        raise Conflict("This was entered in error; record it anew.", code="ENTERED_IN_ERROR")
    if newer := newer_than(exposure):
        raise AlreadyCorrected("This course has a newer version; correct that one.", current=newer)
    row = SteroidExposure.objects.create(
        patient=exposure.patient,
        replaces=exposure,
        version=exposure.version + 1,
        change=change,
        first_recorded_at=exposure.first_recorded_at or exposure.recorded_at,
        recorded_by=actor,
        recorded_at=at,
        **columns,
    )
    _tell(Event.EXPOSURE_CORRECTED, row, actor, at=at, change=change.value, version=row.version)
    return row


def _tell(
    event: Event, exposure: SteroidExposure, actor: User, *, at: datetime, **details: Any
) -> None:
    audit.record(
        event,
        patient=exposure.patient,
        actor=actor,
        at=at,
        subject=exposure,
        drug=exposure.drug,
        daily_mg=exposure.daily_mg,
        **details,
    )
