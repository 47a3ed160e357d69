"""The worklist: one row an item, grouped by urgency, one next action each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from patients.presenters import words
from tracker.dashboard.presenters.worklist.alerts import alerts_row, look_row
from tracker.dashboard.presenters.worklist.checks import blood_test_row, follow_up_row
from tracker.dashboard.presenters.worklist.mails import failed_row
from tracker.dashboard.presenters.worklist.row import (
    ALERT,
    BLOOD_TEST,
    DRAFT,
    FOLLOW_UP,
    REMINDER,
    STEP,
    TASK,
    VISIT,
    Item,
    Reader,
)
from tracker.dashboard.presenters.worklist.tapers import draft_row, step_row
from tracker.dashboard.presenters.worklist.tasks import task_row
from tracker.dashboard.presenters.worklist.visits import visit_row
from tracker.dashboard.selectors import ComingUp, Waiting

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
GROUPS = (
    ("critical", "Critical", "critical"),
    ("late", "Late", "late"),
    ("due", "Due", "due"),
    ("waiting", "Waiting", "info"),
)


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
        *(step_row(each, reader) for each in waiting.steps),
        *(visit_row(each, reader) for each in waiting.visits),
        *(follow_up_row(each, reader) for each in waiting.follow_ups),
        *(blood_test_row(each, reader) for each in waiting.checks),
        *(failed_row(each, reader) for each in waiting.failed),
        *(draft_row(each, reader) for each in waiting.drafts),
        *(alerts_row(each, reader) for each in waiting.alerts),
        *(look_row(each, reader) for each in waiting.to_check),
        *(task_row(each, reader) for each in waiting.tasks),
    ]


def _chip(value: str, label: str, items: Sequence[Item], chosen: str) -> Chip:
    count = sum(value in ("", item.kind) for item in items)
    return Chip(value, label, count, chosen=value == chosen)


def _nothing(next_up: ComingUp | None, today: date) -> str:
    if next_up is None:
        return "No taper is running. Register a patient, or plan a taper for one."
    when = words.from_today(next_up.day, today=today)
    return f"Next: {words.counted(next_up.steps, 'step')} {when}, {words.day(next_up.day)}."
