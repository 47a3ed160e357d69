"""What else becomes known is stored by patients; what the rules then say is decided here."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Unpack

from django.contrib.auth.models import User
from django.db import transaction

from patients.facts import FactKind
from patients.models import KnownFact, Patient, SteroidExposure
from patients.services import exposure as exposures
from patients.services import facts
from tapers.services.course_alerts import evaluate_course
from tapers.services.sparing_schedule import ask_for_sparing_of


@transaction.atomic
def record_fact(
    *, actor: User, patient: Patient, kind: FactKind, given: Mapping[str, object], at: datetime
) -> KnownFact:
    row = facts.record_fact(actor=actor, patient=patient, kind=kind, given=given, at=at)
    _read_anew(row, actor=actor, at=at)
    return row


@transaction.atomic
def end_fact(*, actor: User, fact: KnownFact, until_on: date, at: datetime) -> KnownFact:
    row = facts.end_fact(actor=actor, fact=fact, until_on=until_on, at=at)
    _read_anew(row, actor=actor, at=at)
    return row


@transaction.atomic
def correct_fact(
    *, actor: User, fact: KnownFact, given: Mapping[str, object], reason: str, at: datetime
) -> KnownFact:
    row = facts.correct_fact(actor=actor, fact=fact, given=given, reason=reason, at=at)
    _read_anew(row, actor=actor, at=at)
    return row


@transaction.atomic
def mark_fact_in_error(*, actor: User, fact: KnownFact, reason: str, at: datetime) -> KnownFact:
    row = facts.mark_fact_in_error(actor=actor, fact=fact, reason=reason, at=at)
    _read_anew(row, actor=actor, at=at)
    return row


def _read_anew(row: KnownFact, *, actor: User, at: datetime) -> None:
    """A single test may be one that is asked for before a drug, and ends its reminders."""
    if row.kind == FactKind.TEST:
        ask_for_sparing_of(row.patient, at)
    evaluate_course(patient=row.patient, actor=actor, at=at)


@transaction.atomic
def record_exposure(
    *, actor: User, patient: Patient, at: datetime, **course: Unpack[exposures.Course]
) -> SteroidExposure:
    row = exposures.record_exposure(actor=actor, patient=patient, at=at, **course)
    evaluate_course(patient=patient, actor=actor, at=at)
    return row


@transaction.atomic
def correct_exposure(
    *,
    actor: User,
    exposure: SteroidExposure,
    reason: str,
    at: datetime,
    **course: Unpack[exposures.Course],
) -> SteroidExposure:
    row = exposures.correct_exposure(actor=actor, exposure=exposure, reason=reason, at=at, **course)
    evaluate_course(patient=row.patient, actor=actor, at=at)
    return row


@transaction.atomic
def mark_exposure_in_error(
    *, actor: User, exposure: SteroidExposure, reason: str, at: datetime
) -> SteroidExposure:
    row = exposures.mark_exposure_in_error(actor=actor, exposure=exposure, reason=reason, at=at)
    evaluate_course(patient=row.patient, actor=actor, at=at)
    return row
