from collections.abc import Sequence
from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import transaction

from patients.errors import BadInput
from patients.facts import FactKind
from patients.models import KnownFact, Patient
from patients.services import facts
from tapers.services.course_alerts import evaluate_course


@transaction.atomic
def record_follow_ups(
    *,
    actor: User,
    patient: Patient,
    items: Sequence[str],
    on: date,
    note: str = "",
    at: datetime,
) -> tuple[KnownFact, ...]:
    """Store that each of *items* was looked at on that day: all of them, or none."""
    if not items:
        raise BadInput("items", "Choose at least one.")
    rows = tuple(
        facts.record_fact(
            actor=actor,
            patient=patient,
            kind=FactKind.FOLLOW_UP,
            given={"item": item, "on": on, "note": note},
            at=at,
        )
        for item in items
    )
    evaluate_course(patient=patient, actor=actor, at=at)
    return rows
