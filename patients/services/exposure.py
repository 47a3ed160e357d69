from datetime import date, datetime
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction

from patients import audit
from patients.access import Permission, check
from patients.errors import BadInput
from patients.models import Patient, SteroidExposure
from patients.models.medication import MAX_DAILY_MG
from patients.services import _values as values
from patients.services.patients import last_day_to_record
from patients.vocabulary import Event


@transaction.atomic
def record_exposure(
    *,
    actor: User,
    patient: Patient,
    drug: str,
    daily_mg: Decimal,
    alternate_daily_mg: Decimal | None = None,
    started_on: date | None = None,
    ended_on: date | None = None,
    note: str = "",
    at: datetime,
) -> SteroidExposure:
    """Add a course of a glucocorticoid; *ended_on* is the first day without it."""
    check(actor, Permission.EDIT_DIAGNOSIS, patient)
    dose = values.amount(least=Decimal(0), most=MAX_DAILY_MG, places=3, unit="mg a day")
    day = values.unless_none(
        values.day(first=patient.birth_date, last=last_day_to_record(patient, at=at))
    )
    clean = values.checked(
        {
            "drug": drug,
            "daily_mg": daily_mg,
            "alternate_daily_mg": alternate_daily_mg,
            "started_on": started_on,
            "ended_on": ended_on,
            "note": note,
        },
        {
            "drug": values.code,
            "daily_mg": dose,
            "alternate_daily_mg": values.unless_none(dose),
            "started_on": day,
            "ended_on": day,
            "note": values.note(most=1000),
        },
    )
    if started_on is not None and ended_on is not None and ended_on <= started_on:
        raise BadInput("ended_on", "The course must end after the day it started.")
    exposure = SteroidExposure.objects.create(
        patient=patient, recorded_by=actor, recorded_at=at, **clean
    )
    audit.record(
        Event.EXPOSURE_RECORDED,
        patient=patient,
        actor=actor,
        at=at,
        subject=exposure,
        drug=clean["drug"],
        daily_mg=clean["daily_mg"],
    )
    return exposure
