"""Tasks that wait for a person."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.urls import reverse

from notifications.policy import CATCH_UP_KEYS
from patients.access import Permission
from patients.clock import today_in
from patients.presenters import words
from patients.vocabulary import TaskKind
from tracker.dashboard.presenters.worklist.row import (
    TASK,
    Item,
    Link,
    Reader,
    person_or_team,
    phone_of,
)

if TYPE_CHECKING:
    from patients.models import TeamTask


CAUGHT_UP_FROM = timedelta(days=7)  # an outage began before the first mail was found too late


CRITICAL_TASKS = frozenset({TaskKind.RED_FLAG, TaskKind.STEP_PROBLEM})


def _what(task: "TeamTask") -> str:
    """What there is to do; "Other" says nothing, so then the first sentence of the task does."""
    if task.kind == TaskKind.OTHER:
        return words.with_days(task.text).split(". ")[0].rstrip(".")
    return str(TaskKind(task.kind).label)


def task_row(task: "TeamTask", reader: Reader) -> Item:
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
        what=_what(task),
        since=f"since {opened}",
        action=action,
        detail=tuple(
            filter(None, (words.with_days(task.text), phone_of(patient) if patient else ""))
        ),
        form=TASK if Permission.DO_TASK in reader.may else "",
        post_to=reverse("task-done", args=[task.pk]),
        order=(0, patient.family_name if patient else ""),
        person=person_or_team(patient, reader),
    )
