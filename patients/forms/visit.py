"""The visit form, made from the catalogue of measures: one entry a measure and side."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from patients.forms.page import DECIMALS, MEDIUM, PageForm, day_field, line_field, note_field
from patients.instruments.catalogue import MEASURES, UPPER_LIMIT_RANGE
from patients.instruments.errors import BadReading
from patients.instruments.measure import Measure
from patients.instruments.mmt import IBM_MUSCLES, MMT8_MUSCLES, Muscle, Scale, Side
from patients.instruments.reading import Reading, State, check_reading
from patients.numbers import plain_number
from patients.presenters import words
from patients.presenters.measures import SIDES, note_for_reader, unit_words

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Strength", ("MMT8", "MMT8_BILATERAL", "MMT24")),
    ("Function", ("IBMFRS", "SIFA")),
    ("Blood", ("CK",)),
    (
        "Walking and rising",
        (
            "WALK_6_MIN",
            "WALK_2_MIN",
            "WALK_10_M",
            "TUG",
            "MTUG",
            "SIT_TO_STAND_30_S",
            "SIT_TO_STAND_30_S_ARMS",
        ),
    ),
    ("Hand and knee", ("GRIP", "KNEE_EXTENSION")),
    (
        "Swallowing and breathing",
        ("EAT10", "FVC_SITTING", "FVC_SUPINE", "FVC_SITTING_PERCENT", "FVC_SUPINE_PERCENT"),
    ),
    ("Weight and blood pressure", ("WEIGHT", "BP_SYSTOLIC", "BP_DIASTOLIC")),
)
GRADED = "MMT_MUSCLE"
MUSCLES = (*MMT8_MUSCLES, *(muscle for muscle in IBM_MUSCLES if muscle not in MMT8_MUSCLES))
SCALES = (("", "Choose the scale"), *((scale.value, scale.label) for scale in Scale))


@dataclass(frozen=True)
class Slot:
    """Where one reading is entered: the name of its field, and what it is a reading of."""

    name: str
    measure: Measure
    side: Side | None = None
    muscle: Muscle | None = None

    @property
    def label(self) -> str:
        name = self.muscle.label if self.muscle else self.measure.name
        side = SIDES[self.side] if self.side else ""
        return f"{name}, {side}" if side else name

    @property
    def key(self) -> tuple[str, str, str]:
        return self.measure.code, self.side or "", self.muscle or ""


@dataclass(frozen=True)
class Entry:
    """A slot as the template prints it, with what was measured last."""

    label: str
    value: BoundField
    unit: str
    range: str
    note: str
    last: str
    limit: BoundField | None = None
    unable: BoundField | None = None


@dataclass(frozen=True)
class Group:
    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class MuscleRow:
    label: str
    cells: tuple[BoundField | None, BoundField | None]


def slots() -> Iterator[Slot]:
    for _, codes in GROUPS:
        for code in codes:
            yield from _slots_of(MEASURES[code])
    for muscle in MUSCLES:
        for side in muscle.sides:
            yield Slot(f"{muscle.value}.{side.value}".lower(), MEASURES[GRADED], side, muscle)


def _slots_of(measure: Measure) -> Iterator[Slot]:
    if not measure.needs_side:
        yield Slot(measure.code.lower(), measure)
        return
    for side in (Side.RIGHT, Side.LEFT):
        yield Slot(f"{measure.code}.{side.value}".lower(), measure, side)


SLOTS = tuple(slots())


class VisitForm(PageForm):
    assessed_on = day_field("Day of the visit")
    rater = line_field("Rater", most=80, help_text="Who tested strength and function.")
    note = note_field(most=1000, required=False)
    mmt_scale = forms.ChoiceField(
        label="Scale of the grades",
        choices=SCALES,
        required=False,
        widget=forms.Select(attrs=MEDIUM),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for slot in SLOTS:
            self._add(slot)
        self._readings: tuple[Reading, ...] = ()

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The checked readings; call only when the form is valid."""
        return self._readings

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        found = [reading for slot in SLOTS if (reading := self._reading(slot, cleaned))]
        if not found and not self.errors:
            self.add_error(None, "Enter at least one measurement.")
        self._readings = tuple(found)
        return cleaned

    def groups(self, last: Mapping[tuple[str, str, str], str]) -> tuple[Group, ...]:
        return tuple(
            Group(
                title,
                tuple(
                    self._entry(slot, last) for code in codes for slot in _slots_of(MEASURES[code])
                ),
            )
            for title, codes in GROUPS
        )

    def muscle_rows(self) -> tuple[MuscleRow, ...]:
        rows = []
        for muscle in MUSCLES:
            of_muscle = {slot.side: self[slot.name] for slot in SLOTS if slot.muscle is muscle}
            right = of_muscle.get(Side.RIGHT) or of_muscle.get(Side.MIDLINE)
            rows.append(MuscleRow(muscle.label, (right, of_muscle.get(Side.LEFT))))
        return tuple(rows)

    @property
    def grades_given(self) -> bool:
        return any(self[slot.name].value() for slot in SLOTS if slot.muscle)

    def _add(self, slot: Slot) -> None:
        measure = slot.measure
        attrs = dict(DECIMALS, **{"class": "form-control"})
        if slot.muscle:
            attrs |= {"inputmode": "text", "maxlength": "2", "data-grade": slot.name}
        self.fields[slot.name] = forms.CharField(
            label=slot.label, required=False, max_length=12, widget=forms.TextInput(attrs=attrs)
        )
        if measure.needs_upper_limit:
            self.fields[f"{slot.name}_limit"] = forms.CharField(
                label=f"Upper limit of the laboratory for {measure.name}",
                required=False,
                max_length=12,
                widget=forms.TextInput(attrs=dict(DECIMALS, **{"class": "form-control"})),
            )
        if measure.allows_unable and slot.muscle is None:
            self.fields[f"{slot.name}_unable"] = forms.BooleanField(
                label=f"{slot.label}: unable",
                required=False,
                widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
            )

    def _entry(self, slot: Slot, last: Mapping[tuple[str, str, str], str]) -> Entry:
        measure = slot.measure
        low, high = UPPER_LIMIT_RANGE
        limit = f"; upper limit {low} to {high}" if measure.needs_upper_limit else ""
        return Entry(
            label=slot.label,
            value=self[slot.name],
            unit=unit_words(measure),
            range=f"{measure.minimum} to {measure.maximum}{limit}",
            note=note_for_reader(measure),
            last=last.get(slot.key, "not measured yet"),
            limit=self[f"{slot.name}_limit"] if measure.needs_upper_limit else None,
            unable=self[f"{slot.name}_unable"] if measure.allows_unable else None,
        )

    def _reading(self, slot: Slot, cleaned: Mapping[str, Any]) -> Reading | None:
        text = (cleaned.get(slot.name) or "").strip()
        unable = bool(cleaned.get(f"{slot.name}_unable"))
        limit = (cleaned.get(f"{slot.name}_limit") or "").strip()
        if not (text or unable or limit):
            return None
        try:
            return check_reading(
                code=slot.measure.code,
                value=None if slot.muscle else _number(text, "value"),
                grade=text.replace("\u2212", "-") if slot.muscle else None,
                unit=slot.measure.unit,
                upper_limit=_number(limit, "upper_limit"),
                scale=cleaned.get("mmt_scale") if slot.muscle else None,
                side=slot.side,
                muscle=slot.muscle,
                state=State.UNABLE if unable else None,
            )
        except BadReading as refusal:
            self._refuse(slot, refusal)
            return None

    def _refuse(self, slot: Slot, refusal: BadReading) -> None:
        beside = {"upper_limit": f"{slot.name}_limit", "scale": "mmt_scale"}
        field = beside.get(refusal.field, slot.name)
        if not self.has_error(field):
            self.add_error(field, refusal.message)


class CorrectionForm(VisitForm):
    reason = line_field(
        "Why it is corrected", most=300, help_text="The wrong version stays readable."
    )

    field_order = ("reason", "assessed_on", "rater")


def _number(text: str, field: str) -> Decimal | None:
    if not text:
        return None
    number = plain_number(text)
    if number is None:
        raise BadReading(field, "Give a number, with a point for decimals.")
    return number


def initial_of(readings: Any) -> dict[str, str]:
    """Return what the fields hold to show these stored readings."""
    names = {slot.key: slot.name for slot in SLOTS}
    initial: dict[str, str] = {}
    for reading in readings:
        name = names.get((reading.code, reading.side or "", reading.muscle or ""))
        if name is None:
            continue
        if reading.state:
            initial[f"{name}_unable"] = "on"
        elif reading.grade:
            initial[name] = reading.grade
            initial["mmt_scale"] = reading.scale
        elif reading.value is not None:
            initial[name] = words.number(reading.value)
        if reading.upper_limit is not None:
            initial[f"{name}_limit"] = words.number(reading.upper_limit)
    return initial
