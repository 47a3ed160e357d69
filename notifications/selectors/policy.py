"""What a clinic has decided of its reminders."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import QuerySet

from notifications.models import ClinicPolicy, Reminder, SendingPause
from notifications.policy import BY_DEFAULT, NEVER_PAUSED, ClinicRules, Status
from patients.access import visible_clinics
from patients.errors import NotFound
from patients.models import AuditEvent, Clinic
from patients.vocabulary import Event


def policy_of(clinic: Clinic) -> ClinicRules:
    """Return the clinic's rules; the defaults where it changed none."""
    return policies_of([clinic])[clinic.pk]


def policies_of(clinics: Iterable[Clinic]) -> dict[UUID, ClinicRules]:
    """The same of several clinics, by id, in one query."""
    wanted = [clinic.pk for clinic in clinics]
    rows = ClinicPolicy.objects.filter(clinic__in=wanted)
    return dict.fromkeys(wanted, BY_DEFAULT) | {row.clinic_id: row.to_rules() for row in rows}


def policy_changes_for(*, actor: User, clinic: Clinic) -> QuerySet[AuditEvent]:
    """Return each change of the clinic's rules, newest first, with what was before and after."""
    rows = AuditEvent.objects.filter(
        clinic=clinic,
        clinic_id__in=visible_clinics(actor=actor).values("id"),
        event=Event.CLINIC_CHANGED,
        subject_type=ClinicPolicy._meta.label,
    )
    return rows.select_related("actor").order_by("-at", "-id")


def pauses_for(*, actor: User, clinic: Clinic | None = None) -> QuerySet[SendingPause]:
    """Return the pauses that hold now, of the clinics *actor* belongs to."""
    held = all_pauses_for(actor=actor).filter(lifted_at__isnull=True)
    held = held if clinic is None else held.filter(clinic=clinic)
    return held.order_by("paused_at", "id")


def all_pauses_for(*, actor: User, clinic: Clinic | None = None) -> QuerySet[SendingPause]:
    """Return the pauses that hold and those that were lifted, newest first."""
    rows = SendingPause.objects.filter(clinic_id__in=visible_clinics(actor=actor).values("id"))
    rows = rows if clinic is None else rows.filter(clinic=clinic)
    return rows.select_related("clinic", "paused_by", "lifted_by").order_by("-paused_at", "-id")


def pause_for(*, actor: User, id: UUID) -> SendingPause:  # noqa: A002
    pause = all_pauses_for(actor=actor).filter(pk=id).first()
    if pause is None:
        raise NotFound
    return pause


def held_by_a_pause(*, clinic: Clinic, kind: str, at: datetime) -> int:
    """Return how many mails that are due by *at* a pause of *kind*, or of all, holds or would."""
    rows = Reminder.objects.filter(
        clinic=clinic, status=Status.SCHEDULED.value, due_at__lte=at, expires_at__gt=at
    )
    return (rows.filter(kind=kind) if kind else rows.exclude(kind__in=NEVER_PAUSED)).count()
