"""The patient page: a header that answers four questions, then all else in sections."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from notifications.policy import Verdict
from patients.presenters import words
from patients.vocabulary import Biopsy, Content, DiagnosisStatus, TaskKind
from tapers.domain.dose import Drug, TabletStrength, mg_text
from tapers.domain.monitoring import MonitoringState, monitoring_state, overdue_from
from tapers.domain.states import Status
from tapers.presenters.tablets import Tablets, tablets_of
from tapers.selectors import Course, CurrentDose

if TYPE_CHECKING:
    from patients.models import Consent, Diagnosis, Patient, SteroidExposure, TeamTask


@dataclass(frozen=True)
class Today:
    """What does this patient take today?"""

    dose: str
    drug: str
    tablets: Tablets | None
    known: str
    sure: bool


@dataclass(frozen=True)
class TaskRow:
    pk: str
    kind: str
    text: str


def task_rows(tasks: Iterable["TeamTask"]) -> tuple[TaskRow, ...]:
    return tuple(
        TaskRow(str(each.pk), str(TaskKind(each.kind).label), words.with_days(each.text))
        for each in tasks
    )


@dataclass(frozen=True)
class NextLine:
    what: str
    when: str


@dataclass(frozen=True)
class Trouble:
    text: str
    tone: str
    icon: str
    href: str


@dataclass(frozen=True)
class Contact:
    """May we contact them?"""

    allowed: bool
    says: str
    about: str


@dataclass(frozen=True)
class Fact:
    name: str
    value: str


def today_of(
    course: Course | None,
    known: CurrentDose | None,
    *,
    strengths: Sequence[TabletStrength],
) -> Today:
    if course is not None:
        return _by_course(course, strengths)
    if known is None:
        return Today("Not known", "", None, "No plan and no steroid is recorded.", sure=False)
    tablets = tablets_of(known.daily_mg, strengths)
    dose = _dose(known.daily_mg)
    return Today(dose, known.drug.label, tablets, "As recorded; there is no plan yet.", sure=False)


def _by_course(course: Course, strengths: Sequence[TabletStrength]) -> Today:
    return Today(
        dose=_dose(course.daily_mg),
        drug=course.drug.label if course.daily_mg else "",
        tablets=tablets_of(course.daily_mg, strengths) if course.daily_mg else None,
        known=_how_known(course),
        sure=course.dose_now.confirmed,
    )


def _dose(mg: Decimal) -> str:
    return f"{mg_text(mg)} mg a day" if mg else "No steroid"


def _how_known(course: Course) -> str:
    match course.status:
        case Status.ON_HOLD:
            return f"On hold since {words.day(course.held_on)}." if course.held_on else "On hold."
        case Status.COMPLETED:
            return f"Taper completed on {words.day(course.ended_on)}." if course.ended_on else ""
        case Status.REVOKED:
            ended = words.day(course.ended_on) if course.ended_on else ""
            return f"Taper stopped on {ended}; dose of that day, not confirmed since."
    number = course.dose_now.step_number
    if number is None:
        return f"The plan begins on {words.day(course.starts_on)}."
    if not course.plan.changes_dose(number):
        return f"Stays at this dose until {_until(course, number)}."
    if course.dose_now.confirmed:
        return f"Step {number}, said to be taken."
    return f"Step {number} by plan; nobody has confirmed it."


def _until(course: Course, number: int) -> str:
    ends_on = course.plan.step(number).ends_on
    return words.day(ends_on) if ends_on else "further notice"


def next_lines(course: Course | None, patient: "Patient", *, today: date) -> tuple[NextLine, ...]:
    """What happens next, and when: the next step, the next visit, the end."""
    lines = []
    if course is not None and course.next_step is not None:
        step = course.next_step
        dose = f"{mg_text(step.daily_mg)} mg a day" if step.daily_mg else "No steroid"
        lines.append(NextLine(f"Step {step.number}: {dose}", _when(step.starts_on, today)))
    if patient.next_assessment_due_on is not None:
        due_on = patient.next_assessment_due_on
        word = "Visit due since" if due_on < today else "Visit"
        lines.append(NextLine(word, _when(due_on, today)))
    running = course is not None and course.status is Status.ACTIVE
    if course is not None and running and course.first_zero_on > today:
        lines.append(NextLine("First day without steroid", _when(course.first_zero_on, today)))
    return tuple(lines)


def _when(day: date, today: date) -> str:
    return f"{words.day(day)}, {words.from_today(day, today=today)}"


def troubles_of(
    course: Course | None,
    patient: "Patient",
    *,
    today: date,
    grace_days: int,
    alerts: int,
    tasks: int,
    failed: int,
) -> tuple[Trouble, ...]:
    """Is anything wrong? Each with the place on the page that tells more."""
    found = []
    if course is not None and course.late is not None:
        step, days = course.late
        tone = "late" if days else "due"
        text = f"Step {step.number} {words.late_by(days)}"
        found.append(Trouble(text, tone, tone, "#plan"))
    due_on = patient.next_assessment_due_on
    state = monitoring_state(due_on=due_on, today=today, grace_days=grace_days)
    if due_on is not None and state is MonitoringState.OVERDUE:
        since = (today - overdue_from(due_on=due_on, grace_days=grace_days)).days + 1
        found.append(
            Trouble(f"Visit overdue by {words.counted(since, 'day')}", "late", "late", "#visits")
        )
    elif state is MonitoringState.DUE:
        found.append(Trouble("Visit due", "due", "due", "#visits"))
    if alerts:
        said = f"{words.counted(alerts, 'alert')} without a reason"
        found.append(Trouble(said, "due", "late", "#alerts"))
    if failed:
        said = f"{words.counted(failed, 'mail')} not delivered"
        found.append(Trouble(said, "late", "mail-off", "#reminders"))
    if tasks:
        found.append(Trouble(words.counted(tasks, "open task"), "late", "phone", "#tasks"))
    return tuple(found)


def check_troubles(overdue: Iterable[str]) -> tuple[Trouble, ...]:
    """Overdue tests of steroid-sparing drugs; a reason given at signing does not do them."""
    return tuple(Trouble(text, "late", "late", "#sparing") for text in overdue)


def contact_of(patient: "Patient", consent: "Consent | None", verdict: Verdict) -> Contact:
    clock = f"Mail goes out by the clock of {words.place(patient.time_zone)}."
    if verdict.allowed:
        level = "with the dose" if consent and consent.content == Content.DETAILS else "no dose"
        return Contact(True, f"By e-mail, {level}", clock)
    return Contact(False, verdict.reason, _how_else(patient))


def _how_else(patient: "Patient") -> str:
    return f"Phone {patient.phone}." if patient.phone else "No phone number is recorded."


def contact_facts(patient: "Patient", consent: "Consent | None") -> tuple[Fact, ...]:
    return (
        Fact("E-mail", patient.email or "none"),
        Fact("Address", _address_state(patient)),
        Fact("Consent", _consent_state(consent)),
        Fact("Links in mails", _links_state(patient)),
        Fact("Phone", patient.phone or "none"),
        Fact("Language", str(patient.get_language_display())),
        Fact("Time zone", patient.time_zone.replace("_", " ")),
    )


def _address_state(patient: "Patient") -> str:
    zone = patient.clinic.time_zone
    if not patient.email:
        return "no address to confirm"
    if patient.email_flagged_at is not None:
        since = words.instant(patient.email_flagged_at, zone=zone)
        return f"mail refused since {since}: {patient.email_flag_reason}"
    if patient.email_verified_at is None:
        return "not confirmed by the patient"
    return f"confirmed by the patient on {words.instant(patient.email_verified_at, zone=zone)}"


def _links_state(patient: "Patient") -> str:
    if patient.links_revoked_at is None:
        return "none was revoked"
    revoked = words.instant(patient.links_revoked_at, zone=patient.clinic.time_zone)
    return f"all those sent before {revoked} are revoked"


def _consent_state(consent: "Consent | None") -> str:
    if consent is None:
        return "none"
    level = "with medicine and dose" if consent.content == Content.DETAILS else "without details"
    return f"given on {words.day(consent.given_on)}, {level}, text {consent.text_version}"


def diagnosis_facts(diagnosis: "Diagnosis | None") -> tuple[Fact, ...]:
    if diagnosis is None:
        return ()
    status = str(DiagnosisStatus(diagnosis.status).label).lower()
    if diagnosis.confirmed_on:
        status = f"{status} on {words.day(diagnosis.confirmed_on)}"
    biopsy = str(Biopsy(diagnosis.biopsy).label).lower()
    if diagnosis.biopsy_on:
        biopsy = f"{biopsy} on {words.day(diagnosis.biopsy_on)}"
    seen = {True: "seen", False: "not seen", None: "not known"}
    facts = [Fact("Inclusion body myositis", status), Fact("Muscle biopsy", biopsy)]
    if diagnosis.biopsy == Biopsy.DONE:
        facts += [
            Fact("Rimmed vacuoles", seen[diagnosis.rimmed_vacuoles]),
            Fact("Endomysial inflammation", seen[diagnosis.endomysial_inflammation]),
            Fact("Mitochondrial changes", seen[diagnosis.mitochondrial_changes]),
        ]
    if diagnosis.note:
        facts.append(Fact("Note", diagnosis.note))
    return tuple(facts)


def doses_before(
    exposures: Sequence["SteroidExposure"], course: Course
) -> tuple[tuple[date, Decimal], ...]:
    """The doses of the same drug recorded up to the plan, oldest first, for the chart."""
    rows = [
        row
        for row in exposures
        if row.drug == course.drug and row.started_on and row.started_on < course.starts_on
    ]
    return tuple((row.started_on, _mean(row)) for row in reversed(rows) if row.started_on)


def _mean(row: "SteroidExposure") -> Decimal:
    if row.alternate_daily_mg is None:
        return row.daily_mg
    return (row.daily_mg + row.alternate_daily_mg) / 2


def exposure_lines(exposures: Sequence["SteroidExposure"]) -> tuple[tuple[UUID, str], ...]:
    return tuple((row.pk, exposure_line(row)) for row in exposures)


def exposure_line(row: "SteroidExposure") -> str:
    drug = Drug(row.drug).label if row.drug in set(Drug) else row.drug.capitalize()
    dose = f"{mg_text(row.daily_mg)} mg a day"
    if row.alternate_daily_mg is not None:
        dose = f"{mg_text(row.daily_mg)} and {mg_text(row.alternate_daily_mg)} mg on alternate days"
    since = f"since {words.day(row.started_on)}" if row.started_on else "since an unknown day"
    until = f", until {words.day(row.ended_on)}" if row.ended_on else ""
    note = f". {row.note}" if row.note else ""
    why = f". Raised because: {row.raise_reason}" if row.raise_reason else ""
    ill = ", taken because of an illness" if row.sick_day_dose else ""
    return f"{drug} {dose}, {since}{until}{ill}{why}{note}"
