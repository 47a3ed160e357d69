"""The visit form as the template prints it: a row a measure, with what was measured last."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.forms.boundfield import BoundField

from patients.forms.visit import VisitForm
from patients.forms.visit_slots import (
    MUSCLES,
    ORDER,
    SLOTS,
    TITLE_OF,
    Slot,
    item_slots,
    slots_of,
)
from patients.instruments.measure import Measure
from patients.instruments.mmt import Side
from patients.presenters import words
from patients.presenters.measures import note_for_reader, unit_words

Last = Mapping[tuple[str, str, str], str]
NOT_YET = "not measured yet"
BESIDE = ("unit", "limit", "lower", "hours", "oestrogen", "unable")


@dataclass(frozen=True)
class Item:
    label: str
    value: BoundField
    last: str


@dataclass(frozen=True)
class Entry:
    label: str
    value: BoundField
    unit: str
    range: str
    note: str
    last: str
    score: str  # the code of a score that has parts
    beside: Mapping[str, BoundField]
    items: tuple[Item, ...]

    @property
    def fields(self) -> tuple[BoundField, ...]:
        return (self.value, *self.beside.values(), *(item.value for item in self.items))

    @property
    def has_errors(self) -> bool:
        return any(field.errors for field in self.fields)

    @property
    def is_open(self) -> bool:
        """Whether the parts are to be seen at once: something stands there."""
        return any(item.value.value() or item.value.errors for item in self.items)


@dataclass(frozen=True)
class Group:
    title: str
    entries: tuple[Entry, ...]
    has_muscles: bool


@dataclass(frozen=True)
class MuscleRow:
    label: str
    cells: tuple[BoundField | None, BoundField | None]


def chosen_groups(form: VisitForm, codes: Iterable[str], last: Last) -> tuple[Group, ...]:
    """The measures of the set, in the order of the set; neighbours of a kind share a title."""
    return tuple(
        _group(form, title, tuple(together), last)
        for title, together in groupby(codes, key=TITLE_OF.__getitem__)
    )


def other_groups(form: VisitForm, codes: Iterable[str], last: Last) -> tuple[Group, ...]:
    """All measures that are not of the set, each kind once."""
    chosen = set(codes)
    return chosen_groups(form, [code for code in ORDER if code not in chosen], last)


def muscle_rows(form: VisitForm) -> tuple[MuscleRow, ...]:
    rows = []
    for muscle in MUSCLES:
        of_muscle = {slot.side: form[slot.name] for slot in SLOTS if slot.muscle is muscle}
        right = of_muscle.get(Side.RIGHT) or of_muscle.get(Side.MIDLINE)
        rows.append(MuscleRow(muscle.label, (right, of_muscle.get(Side.LEFT))))
    return tuple(rows)


def is_filled_in(groups: Iterable[Group]) -> bool:
    return any(
        field.errors or field.value()
        for group in groups
        for entry in group.entries
        for field in entry.fields
        if field is not entry.beside.get("unit")
    )


def _group(form: VisitForm, title: str, codes: tuple[str, ...], last: Last) -> Group:
    entries = tuple(_entry(form, slot, last) for code in codes for slot in slots_of(code))
    return Group(title, entries, "MMT8" in codes)


def _entry(form: VisitForm, slot: Slot, last: Last) -> Entry:
    measure = slot.measure
    names = {what: slot.beside(what) for what in BESIDE}
    items = tuple(
        Item(_item_label(each), form[each.name], last.get(each.key, ""))
        for each in item_slots(measure.code)
    )
    return Entry(
        label=slot.label,
        value=form[slot.name],
        unit="" if slot.units else unit_words(measure),
        range=_range(measure),
        note=note_for_reader(measure),
        last=last.get(slot.key, NOT_YET),
        score=measure.code if items or measure.code.startswith("MMT8") else "",
        beside={what: form[name] for what, name in names.items() if name in form.fields},
        items=items,
    )


def _item_label(slot: Slot) -> str:
    """Return what follows the name of the score: "Swallowing", "Question 1"."""
    return slot.measure.name.partition(", ")[2].capitalize()


def _range(measure: Measure) -> str:
    text = f"{_plain(measure.minimum)} to {_plain(measure.maximum)} {unit_words(measure)}".strip()
    for word, limits in (
        ("upper", measure.upper_limit_range),
        ("lower", measure.lower_limit_range),
    ):
        if limits:
            text += f"; {word} limit {_plain(limits[0])} to {_plain(limits[1])}"
    return text


def _plain(value: Decimal | None) -> str:
    return "" if value is None else words.number(value)
