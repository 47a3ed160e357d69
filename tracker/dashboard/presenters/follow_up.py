"""Follow-up of steroid effects in words: what is due when, and what was done."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from patients.facts import FollowUpItem
from patients.presenters import words
from tapers.domain.side_by_side import SideBySide
from tapers.domain.toxicity import FollowUp, Item, State, When

if TYPE_CHECKING:
    from patients.models import KnownFact

WHEN = {
    When.BASELINE: "at the start",
    When.DURING: "on the way",
    When.AFTER: "after the last tablet",
}
STATES = {
    State.NOT_DUE: ("Not due", "plain", "calendar"),
    State.DUE: ("Due", "due", "due"),
    State.OVERDUE: ("Overdue", "late", "late"),
}


@dataclass(frozen=True)
class FollowUpRow:
    code: str
    name: str
    asks: str
    last: str
    due: str
    state: str
    tone: str
    icon: str


@dataclass(frozen=True)
class DoneRow:
    id: UUID
    name: str
    day: str
    note: str
    by: str


@dataclass(frozen=True)
class FollowUpPage:
    """`span` says from when to when all this is looked for; "" without any steroid."""

    span: str
    rows: tuple[FollowUpRow, ...]
    done: tuple[DoneRow, ...]
    is_over: bool


def follow_up_page(course: SideBySide, recorded: Iterable["KnownFact"]) -> FollowUpPage:
    waiting = {each.item: each for each in course.follow_up}
    ordered = [*waiting, *(item for item in Item if item not in waiting)]
    return FollowUpPage(
        span=_span(course),
        rows=tuple(_row(item, waiting.get(item), course) for item in ordered),
        done=tuple(_done(each) for each in recorded),
        is_over=course.follow_up_is_over,
    )


def due_rows(course: SideBySide) -> tuple[FollowUpRow, ...]:
    """Return what is due or overdue, for the pages that only mention it."""
    return tuple(
        _row(each.item, each, course)
        for each in course.follow_up
        if each.state is not State.NOT_DUE
    )


def _row(item: Item, each: FollowUp | None, course: SideBySide) -> FollowUpRow:
    last = max((day for day in course.done.get(item, ()) if day <= course.as_of), default=None)
    if each is None:
        state, tone, icon = "Nothing more", "plain", "check"
        due = ""
    else:
        state, tone, icon = STATES[each.state]
        near = words.from_today(each.due_on, today=course.as_of)
        due = f"{words.day(each.due_on)}, {near}, {WHEN[each.when]}"
    return FollowUpRow(
        code=item.value,
        name=item.label,
        asks=item.asks,
        last=words.day(last) if last else "not recorded",
        due=due,
        state=state,
        tone=tone,
        icon=icon,
    )


def _done(row: "KnownFact") -> DoneRow:
    who = row.recorded_by.get_full_name() or row.recorded_by.get_username()
    return DoneRow(row.pk, str(FollowUpItem(row.code).label), words.day(row.from_on), row.note, who)


def _span(course: SideBySide) -> str:
    begins_on: date | None = course.follow_up_begins_on
    if begins_on is None:
        return ""
    if course.follow_up_ends_on is None:
        return f"From {words.day(begins_on)}; no end of the steroid is in sight."
    return (
        f"From {words.day(begins_on)} to {words.day(course.follow_up_ends_on)}, 12 months after "
        "the last tablet as it is planned or was taken."
    )
