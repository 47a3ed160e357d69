"""Stores visits. What a visit means for a taper is the business of the app above."""

from collections.abc import Sequence
from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import transaction

from patients import audit
from patients.access import Permission, check
from patients.errors import AlreadyCorrected, BadInput, Unlikely
from patients.instruments.errors import NotBoth, WrongTotal
from patients.instruments.pairs import check_pairs
from patients.instruments.reading import Reading
from patients.instruments.totals import check_totals
from patients.models import Assessment, Measurement, Patient
from patients.selectors import doubts_of
from patients.selectors.newest import newer_than
from patients.services import _values as values
from patients.services.patients import last_day_to_record
from patients.vocabulary import Event

MAX_READINGS = 200


@transaction.atomic
def store_assessment(
    *,
    actor: User,
    patient: Patient,
    assessed_on: date,
    rater: str,
    readings: Sequence[Reading],
    note: str = "",
    at: datetime,
) -> Assessment:
    """Store what was measured on one day.

    Raise BadInput, also where a score is not the sum of its parts or two values contradict each
    other; Unlikely, where a value is to be
    confirmed first and its reading is not.
    """
    check(actor, Permission.RECORD_ASSESSMENT, patient)
    clean = _checked_visit(patient, assessed_on=assessed_on, rater=rater, note=note, at=at)
    _check_readings(readings)
    _lock(patient)
    doubted = _confirmed(patient, readings, assessed_on)
    assessment = Assessment.objects.create(
        patient=patient, recorded_by=actor, recorded_at=at, **clean
    )
    _store_readings(assessment, readings, doubted)
    _refresh_latest(patient)
    audit.record(
        Event.ASSESSMENT_RECORDED,
        patient=patient,
        actor=actor,
        at=at,
        subject=assessment,
        assessed_on=assessed_on,
        codes=sorted({reading.code for reading in readings}),
        confirmed=sorted({readings[position].code for position in doubted}),
    )
    return assessment


@transaction.atomic
def correct_assessment(
    *,
    actor: User,
    assessment: Assessment,
    assessed_on: date,
    rater: str,
    readings: Sequence[Reading],
    reason: str,
    note: str = "",
    at: datetime,
) -> Assessment:
    """Store the next version of a visit; the wrong one stays readable.

    Raise as store_assessment does, and AlreadyCorrected.
    """
    patient = assessment.patient
    check(actor, Permission.RECORD_ASSESSMENT, patient)
    clean = _checked_visit(patient, assessed_on=assessed_on, rater=rater, note=note, at=at)
    clean |= values.checked({"reason": reason}, {"reason": values.text(most=300)})
    _check_readings(readings)
    _lock(patient)
    if newer := newer_than(assessment):
        raise AlreadyCorrected("This visit has a newer version; correct that one.", current=newer)
    doubted = _confirmed(patient, readings, assessed_on, corrects=assessment)
    version = assessment.version + 1
    corrected = Assessment.objects.create(
        patient=patient,
        corrects=assessment,
        version=version,
        recorded_by=actor,
        recorded_at=at,
        **clean,
    )
    _store_readings(corrected, readings, doubted)
    _refresh_latest(patient)
    audit.record(
        Event.ASSESSMENT_CORRECTED,
        patient=patient,
        actor=actor,
        at=at,
        subject=corrected,
        corrects=assessment.pk,
        version=version,
        assessed_on=assessed_on,
        codes=sorted({reading.code for reading in readings}),
        confirmed=sorted({readings[position].code for position in doubted}),
    )
    return corrected


def _checked_visit(
    patient: Patient, *, assessed_on: date, rater: str, note: str, at: datetime
) -> dict[str, object]:
    return values.checked(
        {"assessed_on": assessed_on, "rater": rater, "note": note},
        {
            "assessed_on": values.day(
                first=patient.birth_date, last=last_day_to_record(patient, at=at)
            ),
            "rater": values.name(most=80),
            "note": values.note(most=1000),
        },
    )


def _check_readings(readings: Sequence[Reading]) -> None:
    if not readings:
        raise BadInput("measurements", "A visit holds at least one measurement.")
    if len(readings) > MAX_READINGS:
        raise BadInput("measurements", f"At most {MAX_READINGS} measurements in one visit.")
    seen: set[tuple[object, ...]] = set()
    for position, reading in enumerate(readings):
        identity = (reading.code, reading.muscle, reading.side, reading.scale)
        if identity in seen:
            raise BadInput(
                f"measurements.{position}.code",
                f"{reading.code} is measured twice in this visit.",
            )
        seen.add(identity)
    _check_sums(readings)
    _check_pairs(readings)


def _check_sums(readings: Sequence[Reading]) -> None:
    try:
        check_totals(readings)
    except WrongTotal as wrong:
        position = [reading.code for reading in readings].index(wrong.of)
        raise BadInput(f"measurements.{position}.{wrong.field}", wrong.message) from wrong


def _check_pairs(readings: Sequence[Reading]) -> None:
    try:
        check_pairs(readings)
    except NotBoth as refusal:
        codes = [reading.code for reading in readings]
        places = (f"measurements.{codes.index(code)}.value" for code in refusal.of)
        raise BadInput.of({place: [refusal.message] for place in places}) from refusal


def _confirmed(
    patient: Patient,
    readings: Sequence[Reading],
    assessed_on: date,
    *,
    corrects: Assessment | None = None,
) -> frozenset[int]:
    """Return where an unlikely value was confirmed. Raise Unlikely for those that were not."""
    doubts = doubts_of(
        patient=patient, readings=readings, assessed_on=assessed_on, corrects=corrects
    )
    open_doubts = {
        f"measurements.{position}.confirmed": list(said)
        for position, said in doubts.items()
        if not readings[position].confirmed
    }
    if open_doubts:
        raise Unlikely(open_doubts)
    return frozenset(doubts)


def _store_readings(
    assessment: Assessment, readings: Sequence[Reading], doubted: frozenset[int]
) -> None:
    Measurement.objects.bulk_create(
        Measurement(
            assessment=assessment,
            position=position,
            code=reading.code,
            value=reading.value,
            grade=reading.grade or "",
            unit=reading.unit,
            original_unit=reading.original_unit[:24],
            upper_limit=reading.upper_limit,
            lower_limit=reading.lower_limit,
            given_value=reading.given_value,
            given_upper_limit=reading.given_upper_limit,
            hours_since_dose=reading.hours_since_dose,
            takes_oral_oestrogen=reading.takes_oral_oestrogen,
            confirmed=position in doubted,
            scale=reading.scale or "",
            side=reading.side or "",
            muscle=reading.muscle or "",
            state=reading.state or "",
        )
        for position, reading in enumerate(readings)
    )


def _refresh_latest(patient: Patient) -> None:
    patient.latest_assessment = (
        Assessment.objects.filter(patient=patient, corrected_by__isnull=True)
        .order_by("-assessed_on", "-recorded_at", "-id")
        .first()
    )
    patient.save(update_fields=["latest_assessment"])


def _lock(patient: Patient) -> None:
    Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
