"""The lines that stand at the top of every page about a patient."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from patients.clock import today_in
from patients.presenters import words
from patients.vocabulary import PatientStatus, Sex

if TYPE_CHECKING:
    from patients.models import Patient
    from tapers.models import Alert


@dataclass(frozen=True)
class CriticalLine:
    """`raised`: the day the message was true of; numbers in it do not grow with the days."""

    code: str
    message: str
    raised: str


@dataclass(frozen=True)
class PatientHead:
    id: UUID
    name: str
    code: str
    about: str
    clinic: str
    status: str
    critical: tuple[CriticalLine, ...]


def patient_head(patient: "Patient", *, alerts: Iterable["Alert"], today: date) -> PatientHead:
    years = words.age(patient.birth_date, today=today)
    sex = "" if patient.sex == Sex.UNKNOWN else f"{Sex(patient.sex).label.lower()}, "
    return PatientHead(
        id=patient.pk,
        name=patient.full_name,
        code=patient.code,
        about=f"{sex}{years} years, born {words.day(patient.birth_date)[4:]}, "
        f"record {patient.record_number}",
        clinic=patient.clinic.name,
        status="" if patient.status == PatientStatus.ACTIVE else status_words(patient),
        critical=tuple(
            CriticalLine(
                alert.code,
                alert.message,
                words.day(today_in(patient.clinic.time_zone, at=alert.raised_at)),
            )
            for alert in alerts
            if alert.severity == "CRITICAL"
        ),
    )


def status_words(patient: "Patient") -> str:
    label = PatientStatus(patient.status).label.lower()
    since = words.instant(patient.status_changed_at, zone=patient.clinic.time_zone)
    return f"Recorded as {label} since {since}. No reminder goes out."
