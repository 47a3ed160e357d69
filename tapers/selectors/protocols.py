"""What a clinic has set of the protocol, now and on an earlier day."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import QuerySet

from patients.access import visible_clinics
from patients.clock import today_in
from patients.models import Clinic
from tapers.domain.protocol import Protocol
from tapers.models import ClinicProtocol
from tapers.selectors.facts import window_of_clinic


def protocol_of(clinic: Clinic) -> Protocol:
    """Return what is in force; before any change, the rulebook's and the clinic's window."""
    row = _versions(clinic).last()
    return row.to_protocol() if row is not None else _unchanged(clinic)


def protocol_on(clinic: Clinic, day: date) -> Protocol:
    """Return what was in force when that day of the clinic ended."""
    rows = list(_versions(clinic))
    if not rows:
        return _unchanged(clinic)
    by_then = [row for row in rows if today_in(clinic.time_zone, at=row.changed_at) <= day]
    return (by_then or rows[:1])[-1].to_protocol()


def version_of(clinic: Clinic) -> int:
    """Return the number of the version in force; 1 before the first change."""
    row = _versions(clinic).last()
    return row.version if row is not None else 1


def protocols_of(clinics: Iterable[Clinic]) -> dict[UUID, Protocol]:
    """Return what is in force in each of the clinics, in one query."""
    wanted = {clinic.pk: clinic for clinic in clinics}
    found = {pk: _unchanged(clinic) for pk, clinic in wanted.items()}
    rows = ClinicProtocol.objects.filter(clinic__in=wanted).order_by("version")
    return found | {row.clinic_id: row.to_protocol() for row in rows}


def protocol_versions_for(*, actor: User, clinic: Clinic) -> QuerySet[ClinicProtocol]:
    """Return the versions of one of the actor's clinics, newest first; none before a change."""
    rows = ClinicProtocol.objects.filter(
        clinic=clinic, clinic__in=visible_clinics(actor=actor)
    ).select_related("changed_by")
    return rows.order_by("-version")


def _versions(clinic: Clinic) -> QuerySet[ClinicProtocol]:
    return ClinicProtocol.objects.filter(clinic=clinic).order_by("version")


def _unchanged(clinic: Clinic) -> Protocol:
    return Protocol(window_applies_to=window_of_clinic(clinic))
