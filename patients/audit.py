"""The trail: written by services, the engine and the one door for reads, in their transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Model

from patients.access import Actor, PatientByLink
from patients.models import AuditEvent, Clinic, Patient
from patients.vocabulary import Event

BY_LINK = "patient link"


def record(event: Event, **given: Any) -> AuditEvent:
    """Append what happened; for what is given see `entry`."""
    appended = entry(event, **given)
    appended.save()
    return appended


def record_each(entries: Iterable[AuditEvent]) -> None:
    """Append what happened to several, in one statement."""
    AuditEvent.objects.bulk_create(entries)


def entry(
    event: Event,
    *,
    patient: Patient | None = None,
    clinic: Clinic | None = None,
    actor: Actor | None = None,
    system: str = "",
    at: datetime,
    subject: Model | None = None,
    **details: Any,
) -> AuditEvent:
    """Return the line of the trail; *details* take codes, numbers and before/after, no free text.

    Of what a patient did by a mailed link, they also keep which mail's link it was.
    """
    if isinstance(actor, PatientByLink):
        if actor.reminder_id is not None:
            details = details | {"reminder": str(actor.reminder_id)}
        actor, system = None, BY_LINK
    return AuditEvent(
        at=at,
        event=event,
        patient=patient,
        clinic_id=_clinic_id(patient, clinic),
        actor=actor,
        system=system,
        subject_type=subject._meta.label if subject is not None else "",
        subject_id=str(subject.pk) if subject is not None else "",
        details=details,
    )


def record_read(
    *,
    actor: User,
    at: datetime,
    patient: Patient | None = None,
    patients: Iterable[Patient | UUID] = (),
    what: str,
) -> AuditEvent:
    """Append that *actor* saw one record, or a list of them: one row a request."""
    shown = [str(each.pk if isinstance(each, Patient) else each) for each in patients]
    details: dict[str, Any] = {"what": what} | ({"patients": shown} if shown else {})
    return record(Event.RECORD_READ, patient=patient, actor=actor, at=at, **details)


def _clinic_id(patient: Patient | None, clinic: Clinic | None) -> UUID | None:
    if clinic is not None:
        return clinic.id
    return patient.clinic_id if patient is not None else None
