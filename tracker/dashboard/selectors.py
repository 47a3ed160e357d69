"""What the worklist and the patient page ask of all apps together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.auth.models import User

from notifications.policy import OPEN, Audience, Kind, Verdict, may_contact
from notifications.policy import Status as MailStatus
from notifications.selectors import contact_facts, failed_for, reminders_for
from patients.selectors import open_tasks_for
from patients.vocabulary import Event
from tapers.domain.states import Status
from tapers.selectors import (
    StepDue,
    VisitDue,
    alerts_for,
    courses_for,
    drafts_waiting,
    steps_due_or_late,
    tapers_for,
    visits_due,
)
from tapers.selectors.findings import alerts_to_check
from tapers.selectors.lab_checks import CheckDue, checks_overdue
from tapers.selectors.toxicity import FollowUpsDue, follow_ups_due

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notifications.models import Reminder
    from patients.models import AuditEvent, Clinic, Patient, TeamTask
    from tapers.models import Alert, Taper

VISIT_CODES = ("ASSESS_DUE", "ASSESS_OVERDUE")  # one alert a domain; one visit answers all
STEP_CODE = "STEP_LATE"  # asks what the row of the step asks
WITHOUT_A_PLAN = ("NO_PLAN", "DOSE_GT10")  # both say that a steroid is taken and no plan runs
RECENT_REMINDERS = 6
MOST_FAILED = 200


@dataclass(frozen=True)
class StepWaiting:
    """One step that nobody has confirmed, with the alerts that ask the same."""

    due: StepDue
    alerts: tuple["Alert", ...]

    @property
    def patient(self) -> "Patient":
        return self.due.patient


@dataclass(frozen=True)
class VisitWaiting:
    """One missed visit of a patient, with the alerts about it: one for each domain.

    `due` is None where no day of a next visit is known, and only the alerts tell of it.
    """

    patient: "Patient"
    due: VisitDue | None
    alerts: tuple["Alert", ...]


@dataclass(frozen=True)
class AlertsWaiting:
    """Open alerts of one patient about one thing, the gravest first. Each wants its own reason."""

    alerts: tuple["Alert", ...]

    @property
    def patient(self) -> "Patient":
        return self.alerts[0].patient


@dataclass(frozen=True)
class Waiting:
    """Everything that waits for somebody of one clinic."""

    steps: tuple[StepWaiting, ...]
    visits: tuple[VisitWaiting, ...]
    checks: tuple[CheckDue, ...]
    failed: tuple["Reminder", ...]
    drafts: tuple["Taper", ...]
    alerts: tuple[AlertsWaiting, ...]
    to_check: tuple["Alert", ...]
    tasks: tuple["TeamTask", ...]
    follow_ups: tuple[FollowUpsDue, ...] = ()

    @property
    def count(self) -> int:
        parts: tuple[Sequence[object], ...] = (
            self.steps,
            self.visits,
            self.checks,
            self.failed,
            self.drafts,
            self.alerts,
            self.to_check,
            self.tasks,
            self.follow_ups,
        )
        return sum(map(len, parts))

    @property
    def patients(self) -> tuple["Patient", ...]:
        """Whoever is named, once each."""
        named: list[Patient | None] = [each.patient for each in self.steps]
        named += [each.patient for each in self.visits]
        named += [due.patient for due in self.follow_ups]
        named += [due.patient for due in self.checks]
        named += [row.patient for row in self.failed]
        named += [row.patient for row in self.drafts]
        named += [row.patient for row in self.alerts]
        named += [row.patient for row in self.to_check]
        named += [row.patient for row in self.tasks]
        return tuple({patient.pk: patient for patient in named if patient is not None}.values())


@dataclass(frozen=True)
class ComingUp:
    """The next day on which any step begins, and how many do."""

    day: date
    steps: int


def waiting_for(*, actor: User, clinic: "Clinic", at: datetime) -> Waiting:
    """Return what waits. A task that belongs to a failed mail is shown with that mail only."""
    alerts = tuple(alerts_for(actor=actor, clinic=clinic, open_only=True))
    failed = tuple(failed_for(actor=actor, clinic=clinic)[:MOST_FAILED])
    with_mail = {reminder.task_id for reminder in failed}
    steps = _steps(steps_due_or_late(actor=actor, clinic=clinic, at=at), alerts)
    with_step = {alert.pk for each in steps for alert in each.alerts}
    others = [each for each in alerts if each.code not in VISIT_CODES and each.pk not in with_step]
    return Waiting(
        steps=steps,
        visits=_visits(visits_due(actor=actor, clinic=clinic, at=at), alerts),
        checks=checks_overdue(actor=actor, clinic=clinic, at=at),
        failed=failed,
        drafts=tuple(drafts_waiting(actor=actor, clinic=clinic)),
        alerts=_by_subject(others),
        to_check=tuple(alerts_to_check(actor=actor, clinic=clinic, at=at)),
        tasks=tuple(
            task for task in open_tasks_for(actor=actor, clinic=clinic) if task.pk not in with_mail
        ),
        follow_ups=follow_ups_due(actor=actor, clinic=clinic, at=at),
    )


def _steps(due: "Iterable[StepDue]", alerts: "Iterable[Alert]") -> tuple[StepWaiting, ...]:
    """An alert of another step, or that names none, keeps a row of its own."""
    of_steps: dict[object, list[Alert]] = {}
    for alert in alerts:
        if alert.code == STEP_CODE:
            told = alert.values.get("step_number"), alert.values.get("due_on")
            of_steps.setdefault((alert.patient_id, *told), []).append(alert)
    return tuple(
        StepWaiting(
            each, tuple(of_steps.get((each.patient.pk, str(each.step.number), _day_of(each)), ()))
        )
        for each in due
    )


def _day_of(due: StepDue) -> str:
    return due.step.starts_on.isoformat()


def _visits(due: "Iterable[VisitDue]", alerts: "Iterable[Alert]") -> tuple[VisitWaiting, ...]:
    """One a patient, whatever tells of it: the day of the next visit, or an alert a domain."""
    of_visits: dict[UUID, list[Alert]] = {}
    for alert in alerts:
        if alert.code in VISIT_CODES:
            of_visits.setdefault(alert.patient_id, []).append(alert)
    known = [
        VisitWaiting(each.patient, each, tuple(of_visits.pop(each.patient.pk, ()))) for each in due
    ]
    others = [VisitWaiting(rows[0].patient, None, tuple(rows)) for rows in of_visits.values()]
    return (*known, *others)


def _by_subject(alerts: "Iterable[Alert]") -> tuple[AlertsWaiting, ...]:
    """Put a patient's alerts that say the same together, where the first of them stands."""
    found: dict[object, list[Alert]] = {}
    for alert in alerts:
        subject = alert.patient_id if alert.code in WITHOUT_A_PLAN else alert.pk
        found.setdefault(subject, []).append(alert)
    return tuple(
        AlertsWaiting(tuple(sorted(rows, key=lambda each: each.severity != "CRITICAL")))
        for rows in found.values()
    )


def coming_up(*, actor: User, clinic: "Clinic", at: datetime) -> ComingUp | None:
    """Return the next day with a step; None when no taper runs."""
    active = tapers_for(actor=actor, clinic=clinic, status=Status.ACTIVE)
    patient_ids = list(active.values_list("patient_id", flat=True))
    courses = courses_for(patient_ids=patient_ids, at=at).values()
    days = [course.next_step.starts_on for course in courses if course.next_step is not None]
    return ComingUp(min(days), days.count(min(days))) if days else None


def contact_verdict(*, patient: "Patient", at: datetime) -> Verdict:
    """Return whether a step reminder could go to the patient now, and if not, why."""
    facts = contact_facts(
        patient=patient,
        kind=Kind.STEP_DAY,
        audience=Audience.PATIENT,
        expires_at=at + timedelta(days=1),
    )
    return may_contact(facts, at=at)


def reminders_near(
    *, actor: User, patient: "Patient", at: datetime
) -> tuple[list["Reminder"], list["Reminder"]]:
    """Return the next ones, soonest first, and the last, latest first; none that was cancelled."""
    rows = reminders_for(actor=actor, patient=patient)
    ahead = list(rows.filter(due_at__gt=at, status__in=sorted(OPEN))[:RECENT_REMINDERS])
    past = list(
        rows.filter(due_at__lte=at)
        .exclude(status=MailStatus.CANCELLED)
        .order_by("-due_at", "-id")[:RECENT_REMINDERS]
    )
    return ahead, past


def holds_in(events: "Iterable[AuditEvent]") -> tuple[tuple[date, date | None], ...]:
    """Return the pauses told by the trail, oldest first: from a day until it was resumed."""
    holds: list[tuple[date, date | None]] = []
    for event in sorted(events, key=lambda each: each.at):
        on = event.details.get("on")
        if event.event == Event.TAPER_HELD and on:
            holds.append((date.fromisoformat(on), None))
        elif event.event in ENDS_A_HOLD and on and holds and holds[-1][1] is None:
            holds[-1] = (holds[-1][0], date.fromisoformat(on))
    return tuple(holds)


ENDS_A_HOLD = (Event.TAPER_RESUMED, Event.TAPER_STOPPED, Event.TAPER_COMPLETED)
