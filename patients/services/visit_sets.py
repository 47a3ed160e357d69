"""Which measures a clinic enters at each visit, and in which order."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from patients import audit
from patients.access import Permission, check
from patients.errors import BadInput
from patients.instruments.visit_sets import CHOOSABLE
from patients.models import Clinic, VisitSetMeasure
from patients.selectors import visit_set_of
from patients.services import _values as values
from patients.vocabulary import Event, VisitKind


@transaction.atomic
def choose_visit_set(
    *, actor: User, clinic: Clinic, kind: str, codes: Sequence[str], at: datetime
) -> tuple[str, ...]:
    """Choose the measures of a kind of visit, in the order of the form. Visits are not changed.

    Raise BadInput, naming the place of a code that cannot be chosen or stands there twice.
    """
    check(actor, Permission.MANAGE_CLINIC, clinic)
    values.checked({"kind": kind}, {"kind": values.one_of(VisitKind)})
    chosen = _checked(codes)
    Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
    before = visit_set_of(clinic=clinic, kind=VisitKind(kind))
    VisitSetMeasure.objects.filter(clinic=clinic, kind=kind).delete()
    VisitSetMeasure.objects.bulk_create(
        VisitSetMeasure(clinic=clinic, kind=kind, position=position, code=code)
        for position, code in enumerate(chosen)
    )
    audit.record(
        Event.CLINIC_CHANGED,
        clinic=clinic,
        actor=actor,
        at=at,
        subject=clinic,
        visit_set=kind,
        codes=list(chosen),
        before=list(before),
    )
    return chosen


def _checked(codes: Sequence[str]) -> tuple[str, ...]:
    if not codes:
        raise BadInput("codes", "Choose at least one measure.")
    if len(codes) > len(CHOOSABLE):
        raise BadInput("codes", f"At most {len(CHOOSABLE)} measures.")
    for position, code in enumerate(codes):
        if code not in CHOOSABLE:
            raise BadInput(f"codes.{position}", "This is no measure that can be chosen.")
        if code in codes[:position]:
            raise BadInput(f"codes.{position}", "This measure stands in the set twice.")
    return tuple(codes)
