"""IVIG as it was given. Nothing is planned from it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction

from patients import audit
from patients.access import Permission, check
from patients.clock import last_day_of_facts
from patients.errors import Conflict
from patients.models import Patient
from patients.services import _values as values
from patients.vocabulary import Event
from tapers.models import Infusion
from tapers.models.infusion import MAX_G_PER_KG
from tapers.services.course_alerts import evaluate_course
from tapers.services.revisions import words
from tapers.services.sparing_schedule import ask_for_sparing_of

G_PER_KG = (Decimal("0.05"), MAX_G_PER_KG)  # what is accepted at all: proposal
CREATININE = (Decimal(10), Decimal(3000))  # umol/L
IGA = (Decimal(0), Decimal(50))  # g/L


@dataclass(frozen=True)
class GivenInfusion:
    """What is recorded of one infusion; None is not recorded."""

    infused_on: date
    product: str
    g_per_kg: Decimal
    symptoms: str = ""
    creatinine_umol_per_l: Decimal | None = None
    iga_g_per_l: Decimal | None = None
    thrombosis_risk: bool | None = None


@transaction.atomic
def record_infusion(
    *, actor: User, patient: Patient, infusion: GivenInfusion, at: datetime
) -> Infusion:
    check(actor, Permission.RECORD_INFUSION, patient)
    clean = values.checked(vars(infusion), _checks(patient, at=at))
    row = Infusion.objects.create(patient=patient, recorded_by=actor, recorded_at=at, **clean)
    ask_for_sparing_of(patient, at)
    evaluate_course(patient=patient, actor=actor, at=at)
    audit.record(
        Event.INFUSION_RECORDED,
        patient=patient,
        actor=actor,
        at=at,
        subject=row,
        on=row.infused_on.isoformat(),
        g_per_kg=str(row.g_per_kg),
    )
    return row


@transaction.atomic
def discard_infusion(*, actor: User, infusion: Infusion, reason: str, at: datetime) -> Infusion:
    """Mark an infusion as entered in error; it stays readable."""
    check(actor, Permission.RECORD_INFUSION, infusion.patient)
    row = Infusion.objects.select_for_update(of=("self",)).get(pk=infusion.pk)
    if row.discarded_at is not None:
        raise Conflict("This infusion is marked as entered in error.", code="ALREADY_DISCARDED")
    row.discard_reason = words("reason", reason)
    row.discarded_by, row.discarded_at = actor, at
    row.save(update_fields=["discard_reason", "discarded_by", "discarded_at"])
    ask_for_sparing_of(row.patient, at)
    evaluate_course(patient=row.patient, actor=actor, at=at)
    audit.record(
        Event.INFUSION_DISCARDED,
        patient=row.patient,
        actor=actor,
        at=at,
        subject=row,
        on=row.infused_on.isoformat(),
    )
    return row


def _checks(patient: Patient, *, at: datetime) -> dict[str, values.Check]:
    last = last_day_of_facts(patient.time_zone, at=at)
    return {
        "infused_on": values.day(first=patient.birth_date, last=last),
        "product": values.text(most=80),
        "g_per_kg": values.amount(least=G_PER_KG[0], most=G_PER_KG[1], places=2, unit="g a kg"),
        "symptoms": values.note(most=500),
        "creatinine_umol_per_l": values.unless_none(
            values.amount(least=CREATININE[0], most=CREATININE[1], places=1, unit="umol/L")
        ),
        "iga_g_per_l": values.unless_none(
            values.amount(least=IGA[0], most=IGA[1], places=2, unit="g/L")
        ),
        "thrombosis_risk": values.unless_none(values.truth),
    }
