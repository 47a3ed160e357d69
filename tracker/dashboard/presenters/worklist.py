"""The worklist: one row an item, grouped by urgency, one next action each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.urls import reverse

from notifications.policy import CATCH_UP_KEYS, KIND_LABELS, Kind
from patients.access import Permission
from patients.clock import today_in
from patients.presenters import words
from patients.selectors import name_of
from patients.vocabulary import TaskKind
from tapers.domain.checks import CheckKind
from tapers.domain.dose import mg_text
from tapers.domain.monitoring import MonitoringState
from tapers.domain.rules.titles import title_of
from tapers.domain.rules.words import results_text
from tapers.presenters.alerts import cause_of
from tapers.selectors import StepDue, VisitDue
from tapers.selectors.lab_checks import CheckDue
from tapers.selectors.toxicity import FollowUpsDue
from tracker.dashboard.selectors import ComingUp, Waiting

if TYPE_CHECKING:
    from notifications.models import Reminder
    from patients.models import Patient, TeamTask
    from tapers.models import Alert, Taper

STEP, VISIT, REMINDER, DRAFT, ALERT, TASK = "step", "visit", "reminder", "draft", "alert", "task"
FOLLOW_UP = "follow-up"
BLOOD_TEST = "blood-test"
LOOK = "look"  # the form of an alert that is looked at again
TYPES = (
    ("", "All"),
    (STEP, "Dose steps"),
    (VISIT, "Visits"),
    (FOLLOW_UP, "Steroid follow-up"),
    (BLOOD_TEST, "Blood tests"),
    (REMINDER, "Undelivered mail"),
    (DRAFT, "Plans to sign"),
    (ALERT, "Alerts"),
    (TASK, "Tasks"),
)
STEPS_BY = "A nurse or a prescriber records steps."
VISITS_BY = "A nurse or a prescriber records visits."
ELSEWHERE = "It may have been done elsewhere: then it can be entered with its day."
CHECKS_BY = "A nurse or a prescriber records checks."
REASONS_BY = "A prescriber gives the reason."
GROUPS = (
    ("critical", "Critical", "critical"),
    ("late", "Late", "late"),
    ("due", "Due", "due"),
    ("waiting", "Waiting", "info"),
)


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

    @property
    def tone(self) -> str:
        return "info" if self.group == "waiting" else self.group


@dataclass(frozen=True)
class Group:
    key: str
    title: str
    icon: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Chip:
    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class WorklistPage:
    groups: tuple[Group, ...]
    chips: tuple[Chip, ...]
    count: int
    nothing: str
    chosen: str = ""


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


def worklist_page(
    waiting: Waiting, *, reader: Reader, chosen: str, next_up: ComingUp | None
) -> WorklistPage:
    items = items_of(waiting, reader)
    shown = [item for item in items if chosen in ("", item.kind)]
    groups = tuple(
        Group(key, title, icon, tuple(sorted(found, key=_turn)))
        for key, title, icon in GROUPS
        if (found := [item for item in shown if item.group == key])
    )
    return WorklistPage(
        groups=groups,
        chips=tuple(_chip(value, label, items, chosen) for value, label in TYPES),
        count=len(items),
        nothing=_nothing(next_up, reader.today),
        chosen=chosen,
    )


def _turn(item: Item) -> tuple[bool, tuple[int, str]]:
    """What concerns dose, visits and mail first; checks of the long run wait behind it."""
    return item.kind == FOLLOW_UP, item.order


def items_of(waiting: Waiting, reader: Reader) -> list[Item]:
    return [
        *(_step(each, reader) for each in waiting.steps),
        *(_visit(each, reader) for each in waiting.visits),
        *(_follow_up(each, reader) for each in waiting.follow_ups),
        *(_blood_test(each, reader) for each in waiting.checks),
        *(_failed(each, reader) for each in waiting.failed),
        *(_draft(each, reader) for each in waiting.drafts),
        *(_alert(each, reader) for each in waiting.alerts),
        *(_look(each, reader) for each in waiting.to_check),
        *(_task(each, reader) for each in waiting.tasks),
    ]


def _chip(value: str, label: str, items: Sequence[Item], chosen: str) -> Chip:
    count = sum(value in ("", item.kind) for item in items)
    return Chip(value, label, count, chosen=value == chosen)


def _nothing(next_up: ComingUp | None, today: date) -> str:
    if next_up is None:
        return "No taper is running. Register a patient, or plan a taper for one."
    when = words.from_today(next_up.day, today=today)
    return f"Next: {words.counted(next_up.steps, 'step')} {when}, {words.day(next_up.day)}."


def _step(due: StepDue, reader: Reader) -> Item:
    patient, step = due.patient, due.step
    today = today_in(patient.time_zone, at=reader.at)
    url = reverse("step-report", args=[due.taper_id, step.number])
    dose = f"{mg_text(step.daily_mg)} mg a day" if step.daily_mg else "no steroid"
    return Item(
        key=f"step-{due.taper_id}",
        kind=STEP,
        group="late" if due.days_late else "due",
        icon="late" if due.days_late else "due",
        what=f"Step {step.number}: {dose}",
        since=words.late_by(due.days_late),
        action=_allowed(reader, Permission.REPORT_STEP, "Record step", f"{url}?next={reader.here}"),
        links=(_plan_link(due.taper_id),),
        detail=(
            f"Planned for {words.day(step.starts_on)}.",
            f"Takes {mg_text(due.course.daily_mg)} mg a day as far as is known.",
            _phone(patient),
        ),
        form=STEP if Permission.REPORT_STEP in reader.may else "",
        post_to=url,
        today=today.isoformat(),
        why_not=_why_not(reader, Permission.REPORT_STEP, STEPS_BY),
        order=(-due.days_late, patient.family_name),
        person=_person(patient, today),
    )


def _visit(due: VisitDue, reader: Reader) -> Item:
    patient = due.patient
    overdue = due.state is MonitoringState.OVERDUE
    return Item(
        key=f"visit-{patient.pk}",
        kind=VISIT,
        group="late" if overdue else "due",
        icon="late" if overdue else "calendar",
        what="Visit overdue" if overdue else "Visit due",
        since=_visit_since(due, reader.today),
        action=_allowed(
            reader,
            Permission.RECORD_ASSESSMENT,
            "Record visit",
            reverse("visit-new", args=[patient.pk]),
        ),
        detail=(
            f"Due since {words.day(due.due_on)}, overdue from {words.day(due.overdue_on)}.",
            "Strength, function and CK make a full visit.",
            _phone(patient),
        ),
        why_not=_why_not(reader, Permission.RECORD_ASSESSMENT, VISITS_BY),
        order=(-due.days, patient.family_name),
        person=_person(patient, reader.today),
    )


def _blood_test(due: CheckDue, reader: Reader) -> Item:
    patient, check = due.patient, due.check
    if check.kind is CheckKind.SCREENING:
        return _screening(due, reader)
    return Item(
        key=f"blood-test-{due.course_id}",
        kind=BLOOD_TEST,
        group="late",
        icon="late",
        what="Blood test overdue",
        since=f"due {words.from_today(check.due_on, today=reader.today)}",
        action=_allowed(
            reader,
            Permission.RECORD_ASSESSMENT,
            "Record results",
            reverse("visit-new", args=[patient.pk]),
        ),
        links=(Link("Doses and blood tests", reverse("sparing", args=[patient.pk])),),
        detail=(
            f"Due since {words.day(check.due_on)}, with {due.course.agent.label.lower()}. "
            f"{_upper_first(results_text(check))}.",
            ELSEWHERE,
            _phone(patient),
        ),
        why_not=_why_not(reader, Permission.RECORD_ASSESSMENT, VISITS_BY),
        order=(-due.days, patient.family_name),
        person=_person(patient, reader.today),
    )


def _screening(due: CheckDue, reader: Reader) -> Item:
    """The tests asked for once, before the first dose: they are recorded as facts."""
    patient, check = due.patient, due.check
    drug = due.course.agent.label.lower()
    return Item(
        key=f"screening-{due.course_id}",
        kind=BLOOD_TEST,
        group="late",
        icon="late",
        what=f"Tests before {drug} overdue",
        since=f"due {words.from_today(check.due_on, today=reader.today)}",
        action=_allowed(
            reader,
            Permission.RECORD_FACT,
            "Record a test",
            reverse("test-new", args=[patient.pk]),
        ),
        links=(Link("Doses and blood tests", reverse("sparing", args=[patient.pk])),),
        detail=(
            f"Due since {words.day(check.due_on)}, before the first dose of {drug}. "
            f"{_upper_first(results_text(check))}.",
            ELSEWHERE,
            _phone(patient),
        ),
        why_not=_why_not(reader, Permission.RECORD_FACT, CHECKS_BY),
        order=(-due.days, patient.family_name),
        person=_person(patient, reader.today),
    )


def _upper_first(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _visit_since(due: VisitDue, today: date) -> str:
    if due.state is MonitoringState.OVERDUE:
        return f"overdue by {words.counted((today - due.overdue_on).days + 1, 'day')}"
    return f"due {words.from_today(due.due_on, today=today)}"


def _follow_up(waiting: FollowUpsDue, reader: Reader) -> Item:
    """One row a patient, however much is due."""
    patient, first = waiting.patient, waiting.due[0]
    names = ", ".join(each.item.label.lower() for each in waiting.due)
    overdue = waiting.is_overdue
    url = reverse("follow-up", args=[patient.pk])
    return Item(
        key=f"follow-up-{patient.pk}",
        kind=FOLLOW_UP,
        group="late" if overdue else "due",
        icon="late" if overdue else "calendar",
        what=f"Steroid follow-up {'overdue' if overdue else 'due'}: "
        f"{words.counted(len(waiting.due), 'check')}",
        since=f"due {words.from_today(first.due_on, today=waiting.on)}",
        action=_allowed(reader, Permission.RECORD_FACT, "Record follow-up", url),
        detail=(f"{names[0].upper()}{names[1:]}.", _phone(patient)),
        why_not=_why_not(reader, Permission.RECORD_FACT, CHECKS_BY),
        order=((first.due_on - waiting.on).days, patient.family_name),
        person=_person(patient, waiting.on),
    )


def _failed(reminder: "Reminder", reader: Reader) -> Item:
    patient = reminder.patient
    refused = bool(patient and patient.email_flagged_at)
    url = reverse("reminder", args=[reminder.pk])
    action = Link("See why", url)
    if refused and patient and Permission.EDIT_PATIENT in reader.may:
        action = Link("Correct address", reverse("patient-edit", args=[patient.pk]))
    kind = KIND_LABELS[Kind(reminder.kind)].lower()
    due_on = today_in(reader.zone, at=reminder.due_at)
    return Item(
        key=f"reminder-{reminder.pk}",
        kind=REMINDER,
        group="late",
        icon="mail-off",
        what=f"Mail not delivered: {kind}",
        since=f"was due {words.from_today(due_on, today=reader.today)}",
        action=action,
        links=(Link("Trace of this mail", url),),
        detail=tuple(filter(None, (_failure(reminder), _phone(patient) if patient else ""))),
        order=(0, patient.family_name if patient else ""),
        person=_person_or_team(patient, reader),
    )


def _failure(reminder: "Reminder") -> str:
    if reminder.patient and reminder.patient.email_flag_reason:
        return (
            f"The mail to this address was refused ({reminder.patient.email_flag_reason}). "
            "Correct the address or call."
        )
    return reminder.outcome_note or "It is not known whether the mail arrived. Call."


def _draft(taper: "Taper", reader: Reader) -> Item:
    patient = taper.patient
    signs = Permission.ACTIVATE_TAPER in reader.may
    created = words.from_today(today_in(reader.zone, at=taper.created_at), today=reader.today)
    return Item(
        key=f"draft-{taper.pk}",
        kind=DRAFT,
        group="waiting",
        icon="sign",
        what=f"Plan waits for signature: from {mg_text(taper.start_daily_mg)} mg a day",
        since=f"drafted {created}",
        action=Link(
            "Review and sign" if signs else "Look at it", reverse("taper", args=[taper.pk])
        ),
        detail=(
            f"First reduction {words.day(taper.starts_on)}, first day without steroid "
            f"{words.day(taper.first_zero_on)}.",
        ),
        why_not="" if signs else "A prescriber signs.",
        order=(0, patient.family_name),
        person=_person(patient, reader.today),
    )


def _alert(alert: "Alert", reader: Reader) -> Item:
    critical = alert.severity == "CRITICAL"
    patient = alert.patient
    raised = words.from_today(today_in(reader.zone, at=alert.raised_at), today=reader.today)
    return Item(
        key=f"alert-{alert.pk}",
        kind=ALERT,
        group="critical" if critical else "waiting",
        icon="critical" if critical else "late",
        what=title_of(alert.code),
        since=f"raised {raised}",
        action=Link("Give a reason", f"{reverse('patient', args=[patient.pk])}#alerts"),
        detail=(alert.message, f"Raised by {cause_of(alert).label}.", _owner(alert)),
        form=ALERT if Permission.ACKNOWLEDGE_ALERT in reader.may else "",
        post_to=reverse("alert-acknowledge", args=[alert.pk]),
        why_not=_why_not(reader, Permission.ACKNOWLEDGE_ALERT, REASONS_BY),
        order=(0, patient.family_name),
        person=_person(patient, reader.today),
    )


CAUGHT_UP_FROM = timedelta(days=7)  # an outage began before the first mail was found too late


def _owner(alert: "Alert") -> str:
    if alert.owner is None:
        return "Nobody looks after it yet."
    return f"{name_of(alert.owner.user)} looks after it."


def _look(alert: "Alert", reader: Reader) -> Item:
    """An alert somebody gave a reason for, whose next look has come."""
    patient = alert.patient
    asked_on = alert.next_check_on or reader.today
    may = Permission.ACKNOWLEDGE_ALERT in reader.may
    where = f"{reverse('patient', args=[patient.pk])}#alerts"
    return Item(
        key=f"look-{alert.pk}",
        kind=ALERT,
        group="due",
        icon="calendar",
        what=f"Look again: {title_of(alert.code)}",
        since=f"asked for {words.from_today(asked_on, today=reader.today)}",
        action=Link("Look again" if may else "Look at it", where),
        detail=(alert.message, f"Reason given: {alert.reason}", _owner(alert)),
        form=LOOK if may else "",
        post_to=reverse("alert-check", args=[alert.pk]),
        why_not="" if may else REASONS_BY,
        order=(0, patient.family_name),
        person=_person(patient, reader.today),
    )


CRITICAL_TASKS = frozenset({TaskKind.RED_FLAG, TaskKind.STEP_PROBLEM})


def _task(task: "TeamTask", reader: Reader) -> Item:
    critical = task.kind in CRITICAL_TASKS
    opened = words.from_today(today_in(reader.zone, at=task.created_at), today=reader.today)
    patient = task.patient
    where = reverse("patient", args=[patient.pk]) if patient else reverse("reminders")
    action = Link("Call" if critical and patient else "Look into it", where)
    if task.key in CATCH_UP_KEYS:
        since = today_in(reader.zone, at=task.created_at) - CAUGHT_UP_FROM
        action = Link("See whom to call", f"{reverse('catch-up')}?since={since.isoformat()}")
    return Item(
        key=f"task-{task.pk}",
        kind=TASK,
        group="critical" if critical else "late",
        icon="critical" if critical else "phone",
        what=str(TaskKind(task.kind).label),
        since=f"since {opened}",
        action=action,
        detail=tuple(
            filter(None, (words.with_days(task.text), _phone(patient) if patient else ""))
        ),
        form=TASK if Permission.DO_TASK in reader.may else "",
        post_to=reverse("task-done", args=[task.pk]),
        order=(0, patient.family_name if patient else ""),
        person=_person_or_team(patient, reader),
    )


def _person(patient: "Patient", today: date) -> Person:
    age = words.age(patient.birth_date, today=today)
    return Person(patient.full_name, f"{patient.code}, {age} years", patient.pk)


def _person_or_team(patient: "Patient | None", reader: Reader) -> Person:
    return Person("The team") if patient is None else _person(patient, reader.today)


def _phone(patient: "Patient") -> str:
    return f"Phone {patient.phone}." if patient.phone else "No phone number is recorded."


def _plan_link(taper_id: UUID) -> Link:
    return Link("Open the plan", reverse("taper", args=[taper_id]))


def _allowed(reader: Reader, permission: Permission, label: str, href: str) -> Link | None:
    return Link(label, href) if permission in reader.may else None


def _why_not(reader: Reader, permission: Permission, sentence: str) -> str:
    return "" if permission in reader.may else sentence
