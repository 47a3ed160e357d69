"""What was measured of patients, whichever form it was entered on, as dated readings."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from patients.models import Measurement
from tapers.domain.kidney import CREATININE
from tapers.domain.record import DatedReading
from tapers.domain.sparing import Infusion as Given
from tapers.models import Infusion


def readings_of(
    patient_ids: Iterable[UUID], *, codes: Collection[str], until: date | None = None
) -> dict[UUID, list[DatedReading]]:
    """Return the readings of those measures, oldest first; a corrected visit counts as corrected.

    The creatinine noted with an infusion is one of them; see with_infusions.
    """
    ids = list(patient_ids)
    found: dict[UUID, list[DatedReading]] = defaultdict(list)
    for row in _measurements(ids, codes, until):
        found[row.assessment.patient_id].append(_dated(row))
    if CREATININE not in codes:
        return found
    given: dict[UUID, list[Given]] = defaultdict(list)
    for infusion in infusions_of(ids, until=until):
        given[infusion.patient_id].append(infusion.to_domain())
    return found | {pk: with_infusions(found[pk], infusions) for pk, infusions in given.items()}


def visit_readings(
    *, patient_id: UUID, codes: Collection[str], until: date
) -> tuple[DatedReading, ...]:
    """Return the readings of visits alone, for whoever knows the infusions already."""
    return tuple(_dated(row) for row in _measurements([patient_id], codes, until))


def with_infusions(
    readings: Sequence[DatedReading], infusions: Iterable[Given]
) -> list[DatedReading]:
    """Return the readings with each creatinine noted with an infusion, dated to its day.

    Of one day that of the visit comes first.
    """
    noted = [DatedReading(each.on, each.creatinine) for each in infusions if each.creatinine]
    return sorted([*readings, *noted], key=lambda each: each.on)


def infusions_of(patient_ids: Collection[UUID], *, until: date | None = None) -> QuerySet[Infusion]:
    """Return the infusions that count, oldest first; none that was entered in error."""
    rows = Infusion.objects.filter(patient__in=patient_ids, discarded_at__isnull=True)
    if until is not None:
        rows = rows.filter(infused_on__lte=until)
    return rows.order_by("infused_on", "recorded_at")


def _measurements(
    patient_ids: Collection[UUID], codes: Collection[str], until: date | None
) -> QuerySet[Measurement]:
    rows = Measurement.objects.filter(
        assessment__patient__in=patient_ids,
        assessment__corrected_by__isnull=True,
        code__in=codes,
    )
    if until is not None:
        rows = rows.filter(assessment__assessed_on__lte=until)
    return rows.select_related("assessment").order_by(
        "assessment__assessed_on", "assessment__recorded_at", "position"
    )


def _dated(row: Measurement) -> DatedReading:
    return DatedReading(row.assessment.assessed_on, row.to_domain(), row.assessment.rater)
