"""What else is known of a patient: recorded, ended, corrected, marked as entered in error.

A row is never changed; each of these adds a version. What a fact means for the course of a taper
is the business of the app above.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from patients import audit
from patients.access import Permission, check
from patients.errors import AlreadyCorrected, BadInput, Conflict
from patients.facts import LASTING, Answer, Change, CircumstanceCode, FactKind, SingleTest
from patients.models import KnownFact, Patient
from patients.selectors.newest import newer_than
from patients.services import _values as values
from patients.services._fact_fields import check_fields, columns_of
from patients.services.patients import last_day_to_record
from patients.vocabulary import Event

COPIED = ("code", "answer", "from_on", "until_on", "text", "written_by", "note")
EVENTS = {
    Change.RECORDED: Event.FACT_RECORDED,
    Change.ENDED: Event.FACT_ENDED,
    Change.CORRECTED: Event.FACT_CORRECTED,
    Change.IN_ERROR: Event.FACT_IN_ERROR,
}


@transaction.atomic
def record_fact(
    *, actor: User, patient: Patient, kind: FactKind, given: Mapping[str, object], at: datetime
) -> KnownFact:
    """Add a fact; *given* holds the fields of its kind. Unknown fields and values are BadInput."""
    check(actor, Permission.RECORD_FACT, patient)
    columns = columns_of(kind, given, day=_days_of(patient, at=at))
    _check_says_which_test(kind, columns)
    _lock(patient)
    _check_agrees(patient, kind, columns)
    row = KnownFact(patient=patient, kind=kind, recorded_by=actor, recorded_at=at, **columns)
    return _stored(row, actor, at=at)


def check_some_fields(
    *, patient: Patient, kind: FactKind, given: Mapping[str, object], at: datetime
) -> None:
    """Raise BadInput for what of these fields the fact may not hold; others may be missing yet."""
    check_fields(kind, given, day=_days_of(patient, at=at))


@transaction.atomic
def end_fact(*, actor: User, fact: KnownFact, until_on: date, at: datetime) -> KnownFact:
    """Store that it ended; *until_on* is the first day without it."""
    check(actor, Permission.RECORD_FACT, fact.patient)
    if fact.kind not in LASTING:
        raise Conflict("This is of one day; it does not end.", code="DOES_NOT_LAST")
    if fact.until_on is not None:
        raise Conflict(f"This ended on {fact.until_on}; correct that.", code="ALREADY_ENDED")
    clean = values.checked({"until_on": until_on}, {"until_on": _days_of(fact.patient, at=at)})
    if clean["until_on"] <= fact.from_on:
        raise BadInput("until_on", f"Give a day after {fact.from_on}, the first day.")
    return _next_version(actor, fact, Change.ENDED, _columns(fact) | clean, at=at)


@transaction.atomic
def correct_fact(
    *, actor: User, fact: KnownFact, given: Mapping[str, object], reason: str, at: datetime
) -> KnownFact:
    """Store the next version with what is right; the wrong one stays readable.

    A hepatitis B of which it is still not known which test it was may stay so.
    """
    check(actor, Permission.RECORD_FACT, fact.patient)
    columns = columns_of(FactKind(fact.kind), given, day=_days_of(fact.patient, at=at))
    if fact.code != SingleTest.HEPATITIS_B:
        _check_says_which_test(FactKind(fact.kind), columns)
    columns |= values.checked({"reason": reason}, {"reason": values.text(most=300)})
    return _next_version(actor, fact, Change.CORRECTED, columns, at=at)


@transaction.atomic
def mark_fact_in_error(*, actor: User, fact: KnownFact, reason: str, at: datetime) -> KnownFact:
    """Store that it was never so; it counts no more, on no day."""
    check(actor, Permission.RECORD_FACT, fact.patient)
    clean = values.checked({"reason": reason}, {"reason": values.text(most=300)})
    return _next_version(actor, fact, Change.IN_ERROR, _columns(fact) | clean, at=at)


# Parts -------------------------------------------------------------------------------------------


def _days_of(patient: Patient, *, at: datetime) -> values.Check:
    return values.day(first=patient.birth_date, last=last_day_to_record(patient, at=at))


def _columns(fact: KnownFact) -> dict[str, Any]:
    return {name: getattr(fact, name) for name in COPIED}


def _lock(patient: Patient) -> None:
    Patient.objects.select_for_update(of=("self",), no_key=True).get(pk=patient.pk)


def _next_version(
    actor: User, fact: KnownFact, change: Change, columns: Mapping[str, Any], *, at: datetime
) -> KnownFact:
    _lock(fact.patient)
    if fact.change == Change.IN_ERROR:
        raise Conflict("This was entered in error; record it anew.", code="ENTERED_IN_ERROR")
    if newer := newer_than(fact):
        raise AlreadyCorrected("There is a newer version of this; change that one.", current=newer)
    if change is not Change.IN_ERROR:
        _check_agrees(fact.patient, FactKind(fact.kind), columns)
    row = KnownFact(
        patient=fact.patient,
        kind=fact.kind,
        replaces=fact,
        version=fact.version + 1,
        change=change,
        recorded_by=actor,
        recorded_at=at,
        **columns,
    )
    return _stored(row, actor, at=at)


def _stored(row: KnownFact, actor: User, *, at: datetime) -> KnownFact:
    row.save(force_insert=True)
    audit.record(
        EVENTS[Change(row.change)],
        patient=row.patient,
        actor=actor,
        at=at,
        subject=row,
        kind=row.kind,
        code=row.code,
        answer=row.answer,
        from_on=row.from_on,
        until_on=row.until_on,
        version=row.version,
    )
    return row


def _check_says_which_test(kind: FactKind, columns: Mapping[str, Any]) -> None:
    if kind is FactKind.TEST and columns["code"] == SingleTest.HEPATITIS_B:
        raise BadInput("test", "Say which test of hepatitis B it was: HBSAG or ANTI_HBC.")


def _check_agrees(patient: Patient, kind: FactKind, columns: Mapping[str, Any]) -> None:
    """Refuse "takes no other medicine" for a day on which one stands on the list."""
    says_none = kind is FactKind.CIRCUMSTANCE and columns["answer"] == Answer.NO
    if not says_none or columns["code"] != CircumstanceCode.OTHER_MEDICINES:
        return
    listed = KnownFact.objects.filter(
        patient=patient, kind=FactKind.MEDICINE, replaced_by__isnull=True
    ).exclude(change=Change.IN_ERROR)
    if any(row.in_force_on(columns["from_on"]) for row in listed):
        raise BadInput("answer", "Other medicines stand on the list of that day; end those first.")
