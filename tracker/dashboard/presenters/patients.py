"""The list of patients: one row each, the dose of today first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from patients.clock import today_in
from patients.presenters import words
from patients.vocabulary import PatientStatus
from tapers.domain.dose import mg_text
from tapers.domain.monitoring import MonitoringState, monitoring_state
from tapers.domain.states import Status
from tapers.presenters.taper import STATUS_TONES
from tapers.selectors import Course, CurrentDose

if TYPE_CHECKING:
    from patients.models import Patient


@dataclass(frozen=True)
class Badge:
    word: str
    tone: str
    icon: str = ""


@dataclass(frozen=True)
class PatientRow:
    id: UUID
    name: str
    code: str
    about: str
    dose: str
    has_plan: bool
    taper: Badge | None
    next_dose: str
    next_step: str
    next_visit: str
    visit_when: str
    marks: tuple[Badge, ...]


def patient_rows(
    patients: Iterable["Patient"],
    courses: Mapping[UUID, Course],
    recorded: Mapping[UUID, CurrentDose],
    *,
    at: datetime,
) -> tuple[PatientRow, ...]:
    """*recorded*: doses known without a plan, of those who have no course."""
    return tuple(
        _row(patient, courses.get(patient.pk), recorded.get(patient.pk), at=at)
        for patient in patients
    )


def _row(
    patient: "Patient", course: Course | None, recorded: CurrentDose | None, *, at: datetime
) -> PatientRow:
    today = today_in(patient.time_zone, at=at)
    due_on = patient.next_assessment_due_on
    step = course.next_step if course is not None else None
    return PatientRow(
        id=patient.pk,
        name=f"{patient.family_name}, {patient.given_name}",
        code=patient.code,
        about=f"{words.age(patient.birth_date, today=today)} years, {patient.record_number}",
        dose=_dose(course) or (f"{mg_text(recorded.daily_mg)} mg a day" if recorded else ""),
        has_plan=course is not None and course.status is not Status.REVOKED,
        taper=Badge(*STATUS_TONES[course.status]) if course else None,
        next_dose=f"{mg_text(step.daily_mg)} mg" if step else "",
        next_step=words.day(step.starts_on) if step else "",
        next_visit=words.day(due_on) if due_on else "",
        visit_when=words.from_today(due_on, today=today) if due_on else "",
        marks=tuple(_marks(patient, course, monitoring_state(due_on=due_on, today=today))),
    )


def _dose(course: Course | None) -> str:
    if course is None or course.status is Status.REVOKED:
        return ""
    return f"{mg_text(course.daily_mg)} mg a day" if course.daily_mg else "no steroid"


def _marks(patient: "Patient", course: Course | None, visit: MonitoringState) -> list[Badge]:
    marks = []
    if patient.status != PatientStatus.ACTIVE:
        return [Badge(str(PatientStatus(patient.status).label), "plain", "info")]
    if course is not None and course.late is not None:
        days = course.late[1]
        tone = "late" if days else "due"
        marks.append(Badge(f"step {words.late_by(days)}", tone, tone))
    if visit is MonitoringState.OVERDUE:
        marks.append(Badge("visit overdue", "late", "late"))
    elif visit is MonitoringState.DUE:
        marks.append(Badge("visit due", "due", "due"))
    if patient.email_flagged_at is not None:
        marks.append(Badge("mail refused", "late", "mail-off"))
    return marks
