"""Which values of a visit are allowed but unlikely, by themselves or after the last ones."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from patients.instruments.reading import Reading, doubts_about
from patients.models import Assessment, Measurement, Patient

Series = tuple[str, str, str, str]


def doubts_of(
    *,
    patient: Patient,
    readings: Sequence[Reading],
    assessed_on: date,
    corrects: Assessment | None = None,
) -> dict[int, tuple[str, ...]]:
    """Return what to ask about each reading, by its position; those not in doubt are left out.

    Values are held against the last ones up to that day, other than those of the visit that is
    corrected. One query.
    """
    last = _last_values(patient, assessed_on, corrects)
    found = {
        position: doubts_about(reading, previous=last.get(_series_of(reading)))
        for position, reading in enumerate(readings)
    }
    return {position: doubts for position, doubts in found.items() if doubts}


def _last_values(patient: Patient, on: date, corrects: Assessment | None) -> dict[Series, Decimal]:
    rows = Measurement.objects.filter(
        assessment__patient=patient,
        assessment__corrected_by__isnull=True,
        assessment__assessed_on__lte=on,
        value__isnull=False,
    )
    if corrects is not None:
        rows = rows.exclude(assessment=corrects)
    rows = rows.order_by("assessment__assessed_on", "assessment__recorded_at")
    return {
        (code, muscle, side, scale): value
        for code, muscle, side, scale, value in rows.values_list(
            "code", "muscle", "side", "scale", "value"
        )
        if value is not None
    }


def _series_of(reading: Reading) -> Series:
    return reading.code, reading.muscle or "", reading.side or "", reading.scale or ""
