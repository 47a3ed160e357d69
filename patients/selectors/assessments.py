from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Exists, F, Max, OuterRef, Prefetch, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from patients.access import visible_patients
from patients.errors import NotFound
from patients.instruments.catalogue import MEASURES
from patients.instruments.measure import MeasureDomain
from patients.models import Assessment, Measurement, Patient
from patients.selectors._ids import uuid_or_not_found

NO_VISIT = "There is no such visit in your clinics."


@dataclass(frozen=True)
class LatestReading:
    value: Decimal | None
    unit: str
    upper_limit: Decimal | None
    state: str
    assessed_on: date
    assessment_id: UUID


class DomainDates(NamedTuple):
    """On which days strength, function and CK were measured; None: not at all."""

    mmt: date | None
    function: date | None
    ck: date | None


@dataclass(frozen=True)
class MeasurementPoint:
    """One reading of a series; `value` is None where it could not be done (`state` UNABLE)."""

    code: str
    assessed_on: date
    value: Decimal | None
    grade: str
    unit: str
    upper_limit: Decimal | None
    scale: str
    side: str
    muscle: str
    state: str
    assessment_id: UUID
    rater: str


def assessments_of(
    *, actor: User, patient: Patient, every_version: bool = False
) -> list[Assessment]:
    """Return the visits, newest first, with their measurements; on request in every version."""
    rows = _visible(actor).filter(patient=patient)
    if not every_version:
        rows = rows.filter(corrected_by__isnull=True)
    return list(rows.order_by("-assessed_on", "-recorded_at", "-id"))


def assessment_for(*, actor: User, id: UUID | str) -> Assessment:  # noqa: A002
    """Return any version of a visit."""
    rows = _visible(actor).select_related("patient__clinic", "corrected_by", "corrects")
    assessment = rows.filter(pk=uuid_or_not_found(id, NO_VISIT)).first()
    if assessment is None:
        raise NotFound(NO_VISIT)
    return assessment


def versions_of(*, actor: User, assessment: Assessment) -> list[Assessment]:
    """Return every version of the visit, the first one first."""
    rows = {row.pk: row for row in _visible(actor).filter(patient_id=assessment.patient_id)}
    next_of = {row.corrects_id: row for row in rows.values() if row.corrects_id is not None}
    version = rows.get(assessment.pk)
    while version is not None and version.corrects_id in rows:
        version = rows[version.corrects_id]
    chain = []
    while version is not None:
        chain.append(version)
        version = next_of.get(version.pk)
    return chain


def latest_readings_for(
    *, patient_ids: Iterable[UUID], codes: Iterable[str] | None = None, measured: bool = False
) -> dict[UUID, dict[str, LatestReading]]:
    """Return each patient's newest reading of each code, in one query.

    With *measured* only what has a value: what could not be done later does not hide it.
    """
    rows = _current_measurements().filter(assessment__patient_id__in=list(patient_ids))
    if measured:
        rows = rows.filter(value__isnull=False)
    if codes is not None:
        rows = rows.filter(code__in=list(codes))
    newest = rows.annotate(
        age=Window(
            RowNumber(),
            partition_by=[F("assessment__patient_id"), F("code")],
            order_by=[
                F("assessment__assessed_on").desc(),
                F("assessment__recorded_at").desc(),
                F("position").asc(),
            ],
        ),
    ).filter(age=1)
    found: dict[UUID, dict[str, LatestReading]] = {}
    for row in newest.select_related("assessment"):
        found.setdefault(row.assessment.patient_id, {})[row.code] = _latest_reading(row)
    return found


def full_assessment_days(*, patient_ids: Collection[UUID]) -> dict[UUID, date]:
    """Return the day of each one's last visit that holds strength, function and CK; one query."""
    held = Measurement.objects.filter(assessment=OuterRef("pk"))
    full = Assessment.objects.filter(
        Exists(held.filter(code__in=codes_in(MeasureDomain.MMT))),
        Exists(held.filter(code__in=codes_in(MeasureDomain.FUNCTION))),
        Exists(held.filter(code__in=codes_in(MeasureDomain.CK))),
        patient__in=patient_ids,
        corrected_by__isnull=True,
    )
    return dict(full.values_list("patient").annotate(Max("assessed_on")).order_by())


def last_domain_dates(*, patient: Patient, on_or_before: date) -> DomainDates:
    """Return when strength, function and CK were last measured up to that day."""
    return last_of(
        domain_dates_for(patient_ids=[patient.pk])[patient.pk], on_or_before=on_or_before
    )


def domain_dates_for(*, patient_ids: Collection[UUID]) -> dict[UUID, list[DomainDates]]:
    """Return for each day of a visit which of the three were measured; one query."""
    days: dict[UUID, list[DomainDates]] = {patient_id: [] for patient_id in patient_ids}
    rows = (
        _current_measurements()
        .filter(assessment__patient__in=patient_ids)
        .values_list("assessment__patient_id", "assessment__assessed_on")
        .annotate(
            mmt=_last_day(MeasureDomain.MMT),
            function=_last_day(MeasureDomain.FUNCTION),
            ck=_last_day(MeasureDomain.CK),
        )
        .order_by()
    )
    for patient_id, _, *measured in rows:
        days[patient_id].append(DomainDates(*measured))
    return days


def last_of(days: Iterable[DomainDates], *, on_or_before: date) -> DomainDates:
    """Return the last day of each up to that day."""
    past = [DomainDates(*(on if on and on <= on_or_before else None for on in day)) for day in days]
    return DomainDates(
        mmt=max((day.mmt for day in past if day.mmt), default=None),
        function=max((day.function for day in past if day.function), default=None),
        ck=max((day.ck for day in past if day.ck), default=None),
    )


def series_of(*, patient: Patient, codes: Iterable[str]) -> tuple[MeasurementPoint, ...]:
    """Return the readings of those codes, oldest first."""
    rows = (
        _current_measurements()
        .filter(assessment__patient=patient, code__in=list(codes))
        .order_by("assessment__assessed_on", "assessment__recorded_at", "position")
    )
    return tuple(
        MeasurementPoint(*values)
        for values in rows.values_list(
            "code",
            "assessment__assessed_on",
            "value",
            "grade",
            "unit",
            "upper_limit",
            "scale",
            "side",
            "muscle",
            "state",
            "assessment_id",
            "assessment__rater",
        )
    )


def codes_in(domain: MeasureDomain) -> tuple[str, ...]:
    return tuple(code for code, measure in MEASURES.items() if measure.domain is domain)


def _visible(actor: User) -> QuerySet[Assessment]:
    measurements = Prefetch("measurements", Measurement.objects.order_by("position"))
    return (
        Assessment.objects.filter(patient__in=visible_patients(actor=actor))
        .select_related("recorded_by")
        .prefetch_related(measurements)
    )


def _current_measurements() -> QuerySet[Measurement]:
    return Measurement.objects.filter(assessment__corrected_by__isnull=True)


def _latest_reading(row: Measurement) -> LatestReading:
    return LatestReading(
        value=row.value,
        unit=row.unit,
        upper_limit=row.upper_limit,
        state=row.state,
        assessed_on=row.assessment.assessed_on,
        assessment_id=row.assessment_id,
    )


def _last_day(domain: MeasureDomain) -> Max:
    return Max("assessment__assessed_on", filter=Q(code__in=codes_in(domain)))
