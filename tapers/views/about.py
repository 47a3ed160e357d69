"""What every page about one patient begins with."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth.models import User
from django.http import HttpRequest

from patients.access import Permission, actor_of, permissions_of
from patients.audit import record_read
from patients.clock import now, today_in
from patients.presenters import words
from patients.selectors import patient_for
from tapers.presenters.head import PatientHead, patient_head
from tapers.selectors.findings import alerts_for
from tapers.selectors.tapers import taper_for
from tapers.selectors.toxicity import shows_emergency_text

if TYPE_CHECKING:
    from patients.models import Patient
    from tapers.models import Taper


@dataclass(frozen=True)
class About:
    """The actor, the patient and the instant of one request."""

    actor: User
    patient: "Patient"
    at: datetime
    today: date
    may: frozenset[Permission]
    head: PatientHead

    @property
    def context(self) -> dict[str, Any]:
        return {
            "section": "patients",
            "head": self.head,
            "patient_id": self.patient.pk,
            "printed": words.instant(self.at, zone=self.patient.clinic.time_zone),
            "emergency": partial(
                shows_emergency_text, patient=self.patient, on=self.today
            ),  # asked of the database by the pages that print it
            "may": {permission.value: permission in self.may for permission in Permission},
        }

    def saw(self, what: str) -> None:
        record_read(actor=self.actor, at=self.at, patient=self.patient, what=what)


def about_patient(request: HttpRequest, patient_id: UUID) -> About:
    actor = actor_of(request)
    return _about(actor, patient_for(actor=actor, id=patient_id))


def about_taper(request: HttpRequest, taper_id: UUID) -> tuple[About, "Taper"]:
    actor = actor_of(request)
    taper = taper_for(actor=actor, id=taper_id)
    return _about(actor, taper.patient), taper


def _about(actor: User, patient: "Patient") -> About:
    at = now()
    today = today_in(patient.time_zone, at=at)
    alerts = alerts_for(actor=actor, patient=patient, open_only=True)
    return About(
        actor=actor,
        patient=patient,
        at=at,
        today=today,
        may=permissions_of(actor, patient),
        head=patient_head(patient, alerts=alerts, today=today),
    )
