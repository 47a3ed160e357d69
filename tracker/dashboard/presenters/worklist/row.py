"""What every row of the worklist is made of: what, who, since when, and one next action."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.urls import reverse

from patients.access import Permission
from patients.clock import today_in
from patients.presenters import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from patients.models import Patient
    from tapers.models import Alert

STEP, VISIT, REMINDER, DRAFT, ALERT, TASK = "step", "visit", "reminder", "draft", "alert", "task"
FOLLOW_UP = "follow-up"
BLOOD_TEST = "blood-test"
VISITS_BY = "A nurse or a prescriber records visits."
LOOK = "look"  # the form of an alert that is looked at again


@dataclass(frozen=True)
class Link:
    label: str
    href: str


@dataclass(frozen=True)
class Person:
    """Whom a row is about: a patient, or the team."""

    name: str
    about: str = ""
    patient_id: UUID | None = None


@dataclass(frozen=True)
class Item:
    """One row. `action` is None where the role may only look; then `why_not` says who may."""

    key: str
    kind: str
    group: str
    icon: str
    what: str
    since: str
    person: Person
    action: Link | None
    links: tuple[Link, ...] = ()
    detail: tuple[str, ...] = ()
    form: str = ""
    post_to: str = ""
    today: str = ""
    why_not: str = ""
    order: tuple[int, str] = (0, "")
    beside: tuple["Item", ...] = ()  # of the same subject, in the same row, each with its form

    @property
    def tone(self) -> str:
        return "info" if self.group == "waiting" else self.group


@dataclass(frozen=True)
class Reader:
    """Who looks at the list, and when."""

    may: frozenset[Permission]
    at: datetime
    zone: str
    here: str = "/"
    today: date = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "today", today_in(self.zone, at=self.at))


def person_of(patient: "Patient", today: date) -> Person:
    age = words.age(patient.birth_date, today=today)
    return Person(patient.full_name, f"{patient.code}, {age} years", patient.pk)


def person_or_team(patient: "Patient | None", reader: Reader) -> Person:
    return Person("The team") if patient is None else person_of(patient, reader.today)


def alerts_link(patient: "Patient", alerts: "Sequence[Alert]") -> tuple[Link, ...]:
    """Where the alerts that share a row are given their reasons."""
    where = f"{reverse('patient', args=[patient.pk])}#alerts"
    return (Link("See its alerts", where),) if alerts else ()


def alerts_text(alerts: "Sequence[Alert]") -> tuple[str, ...]:
    waits = "waits" if len(alerts) == 1 else "wait"
    return (f"{words.counted(len(alerts), 'alert')} {waits} for a reason.",) if alerts else ()


def phone_of(patient: "Patient") -> str:
    return f"Phone {patient.phone}." if patient.phone else "No phone number is recorded."


def allowed(reader: Reader, permission: Permission, label: str, href: str) -> Link | None:
    return Link(label, href) if permission in reader.may else None


def why_not(reader: Reader, permission: Permission, sentence: str) -> str:
    return "" if permission in reader.may else sentence
