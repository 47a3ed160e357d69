"""Follow-up of what steroids do: what is due when, from the baseline to a year after the last.

Whether something is treated is no business of this file. Source: sources.STEROID_MONITORING;
bone at the start: sources.BONE.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tapers.domain.plan import days_after

AFTER_DAYS = 365  # how long after the first day without steroid
EARLIER_DAYS = 90  # so old a result still counts as the baseline: proposal
GRACE_DAYS = 28  # due becomes overdue


class Item(StrEnum):
    WEIGHT_AND_PRESSURE = "WEIGHT_AND_PRESSURE"
    GLUCOSE = "GLUCOSE"
    LIPIDS = "LIPIDS"
    BONE = "BONE"
    EYES = "EYES"
    MOOD_AND_SLEEP = "MOOD_AND_SLEEP"
    INFECTION_AND_VACCINES = "INFECTION_AND_VACCINES"
    SKIN_AND_MUSCLE = "SKIN_AND_MUSCLE"
    HIP_PAIN = "HIP_PAIN"

    @property
    def label(self) -> str:
        return _FACTS[self].label

    @property
    def asks(self) -> str:
        """What is done at the start and on the way."""
        return _FACTS[self].asks


class When(StrEnum):
    BASELINE = "BASELINE"
    DURING = "DURING"
    AFTER = "AFTER"


class State(StrEnum):
    NOT_DUE = "NOT_DUE"
    DUE = "DUE"
    OVERDUE = "OVERDUE"


@dataclass(frozen=True)
class _ItemFacts:
    """`every_days` while on steroids; `after_days` counted from the first day without."""

    label: str
    asks: str
    every_days: int | None
    after_days: tuple[int, ...]


_FACTS = {
    Item.WEIGHT_AND_PRESSURE: _ItemFacts(
        "Blood pressure and weight", "Measure at each assessment.", 28, (91, 365)
    ),
    Item.GLUCOSE: _ItemFacts(
        "Glucose or HbA1c",
        "Every 4 to 8 weeks, sooner in diabetes: on insulin or a sulfonylurea a taper may lower "
        "glucose too far.",
        56,
        (91,),
    ),
    Item.LIPIDS: _ItemFacts("Lipids", "At the start and yearly.", 365, ()),
    Item.BONE: _ItemFacts(
        "Bone",
        "From 2.5 mg a day for more than 3 months: fracture assessment and bone density with "
        "vertebral imaging, FRAX from 40 years. On the way calcium, vitamin D, falls; afterwards "
        "review what was begun.",
        365,
        (91,),
    ),
    Item.EYES: _ItemFacts("Eyes", "Symptoms and glaucoma history; yearly if long-term.", 365, ()),
    Item.MOOD_AND_SLEEP: _ItemFacts("Mood and sleep", "Ask at each contact.", 28, (28,)),
    Item.INFECTION_AND_VACCINES: _ItemFacts(
        "Infection and vaccines",
        "Hepatitis B, tuberculosis and vaccines at the start; fever at each contact. From 20 mg "
        "for 4 weeks beside another immunosuppressant ask about Pneumocystis prophylaxis.",
        28,
        (),
    ),
    Item.SKIN_AND_MUSCLE: _ItemFacts("Skin and muscle", "Look at each assessment.", 28, ()),
    Item.HIP_PAIN: _ItemFacts(
        "Hip or groin pain", "Ask, until 12 months after the last tablet.", 28, (91, 182, 365)
    ),
}


@dataclass(frozen=True)
class FollowUp:
    """One thing to do next: its day, why then, and how it stands."""

    item: Item
    when: When
    due_on: date
    last_done_on: date | None
    state: State


def follow_up_ends_on(*, first_zero_on: date) -> date:
    """Return the last day of follow-up, and of the emergency text on every dose screen."""
    return days_after(first_zero_on, AFTER_DAYS)


def emergency_text_is_shown(*, begins_on: date, first_zero_on: date | None, on: date) -> bool:
    if on < begins_on:
        return False
    return first_zero_on is None or on <= follow_up_ends_on(first_zero_on=first_zero_on)


def follow_up_due(
    *,
    begins_on: date,
    first_zero_on: date | None,
    done: Mapping[Item, Sequence[date]],
    on: date,
) -> tuple[FollowUp, ...]:
    """Return what comes next of each item, the soonest first; nothing when all is over.

    `begins_on` is the first day of the taper, or of the steroid where there is no taper.
    """
    next_ones = (
        _next(item, begins_on, first_zero_on, sorted(done.get(item, ())), on) for item in Item
    )
    found = [each for each in next_ones if each is not None]
    return tuple(sorted(found, key=lambda each: (each.due_on, each.item)))


def _next(
    item: Item, begins_on: date, first_zero_on: date | None, done: Sequence[date], on: date
) -> FollowUp | None:
    past = [day for day in done if day <= on]
    last = past[-1] if past else None
    if last is None or last < days_after(begins_on, -EARLIER_DAYS):
        return _follow_up(item, When.BASELINE, begins_on, last, on)
    during = _during(item, first_zero_on, last)
    if during is not None:
        return _follow_up(item, When.DURING, during, last, on)
    after = _after(item, first_zero_on, last)
    return None if after is None else _follow_up(item, When.AFTER, after, last, on)


def _during(item: Item, first_zero_on: date | None, last: date) -> date | None:
    every = _FACTS[item].every_days
    if every is None:
        return None
    due_on = days_after(last, every)
    return due_on if first_zero_on is None or due_on < first_zero_on else None


def _after(item: Item, first_zero_on: date | None, last: date) -> date | None:
    """The first of its days after the steroid that was not yet done; a little early counts."""
    if first_zero_on is None:
        return None
    for offset in _FACTS[item].after_days:
        due_on = days_after(first_zero_on, offset)
        if last < days_after(due_on, -min(GRACE_DAYS, offset // 2)):
            return due_on
    return None


def _follow_up(item: Item, when: When, due_on: date, last: date | None, on: date) -> FollowUp:
    if on < due_on:
        state = State.NOT_DUE
    else:
        state = State.OVERDUE if on > days_after(due_on, GRACE_DAYS) else State.DUE
    return FollowUp(item, when, due_on, last, state)
