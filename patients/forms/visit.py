"""The visit form, made from the catalogue of measures: every one can be entered."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from patients.forms.page import MEDIUM, PageForm, day_field, line_field, note_field
from patients.forms.visit_fields import fields_of
from patients.forms.visit_slots import SLOTS, Slot
from patients.instruments.errors import BadReading, NotBoth, WrongTotal
from patients.instruments.mmt import Scale
from patients.instruments.pairs import check_pairs
from patients.instruments.reading import Reading, State, check_reading
from patients.instruments.totals import check_totals, with_totals
from patients.numbers import plain_number
from patients.presenters import words

SCALES = (("", "Choose the scale"), *((scale.value, scale.label) for scale in Scale))
MINUS = ("-", "\u2212")
UNABLE_WORDS = ("u", "unable")


class VisitForm(PageForm):
    """`carried` are readings of a corrected visit that no field can show; they stay in it.

    `days` are the first and the last day that a visit of this patient may have.
    """

    assessed_on = day_field("Day of the visit")
    rater = line_field("Rater", most=80, help_text="Who tested strength and function.")
    note = note_field(most=1000, required=False)
    mmt_scale = forms.ChoiceField(
        label="Scale of the grades",
        choices=SCALES,
        required=False,
        widget=forms.Select(attrs=MEDIUM),
    )

    def __init__(
        self,
        *args: Any,
        days: tuple[date, date] | None = None,
        carried: Sequence[Reading] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.days = days
        for slot in SLOTS:
            self.fields |= fields_of(slot)
        self.carried = tuple(carried)
        self._readings: tuple[Reading, ...] = ()

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The checked readings with their totals; call only when the form is valid."""
        return self._readings

    @property
    def grades_given(self) -> bool:
        return any(self[slot.name].value() for slot in SLOTS if slot.muscle)

    def ask_as_laboratory(self) -> None:
        """Ask in the words of a laboratory's report: nobody was tested by a rater."""
        words = (
            ("assessed_on", "Day of the sample", ""),
            ("rater", "Laboratory", "Which laboratory, or who entered its results."),
        )
        for name, label, help_text in words:
            self.rename(name, label)
            self[name].help_text = self.fields[name].help_text = help_text

    def clean_assessed_on(self) -> date:
        """Refuse at the first press what storing would refuse, after all was looked over."""
        day: date = self.cleaned_data["assessed_on"]
        if self.days and not self.days[0] <= day <= self.days[1]:
            raise forms.ValidationError(
                f"The date must lie between {self.days[0]} and {self.days[1]}."
            )
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        found = [reading for slot in SLOTS if (reading := self._reading(slot, cleaned))]
        found += self.carried
        if not found and not self.errors:
            self.add_error(None, "Enter at least one measurement.")
        self._refuse_contradictions(found)
        if not self.errors:
            self._add_up(found)
        return cleaned

    def slot_of(self, reading: Reading) -> Slot | None:
        """Return where that reading was entered; None for one that was carried."""
        key = (reading.code, reading.side or "", reading.muscle or "")
        return next((slot for slot in SLOTS if slot.key == key), None)

    def confirmation_of(self, reading: Reading) -> str:
        """Return what the field that confirms this reading has to hold."""
        slot = self.slot_of(reading)
        written = _typed_value(slot, self.cleaned_data) if slot else ""
        return written or ("" if reading.value is None else words.number(reading.value))

    def _refuse_contradictions(self, found: Sequence[Reading]) -> None:
        try:
            check_pairs(found)
        except NotBoth as refusal:
            for code in refusal.of:
                self.add_error(code.lower(), refusal.message)

    def _add_up(self, found: Sequence[Reading]) -> None:
        """Add the totals that were left out. One that differs is refused beside its field."""
        readings = tuple(self._with_consent(each) for each in with_totals(found))
        try:
            check_totals(readings)
        except WrongTotal as wrong:
            self.add_error(wrong.of.lower(), wrong.message)
        self._readings = readings

    def _with_consent(self, reading: Reading) -> Reading:
        """A total that was added up is confirmed by its number, for nobody typed it."""
        slot = self.slot_of(reading)
        if reading.value is None or slot is None or self.cleaned_data.get(slot.name):
            return reading
        said = self.cleaned_data.get(slot.beside("confirmed"))
        return replace(reading, confirmed=said == words.number(reading.value))

    def _reading(self, slot: Slot, cleaned: Mapping[str, Any]) -> Reading | None:
        text, limit, lower, hours = (
            (cleaned.get(name) or "").strip()
            for name in (slot.name, *map(slot.beside, ("limit", "lower", "hours")))
        )
        oestrogen = cleaned.get(slot.beside("oestrogen"))
        unable = bool(cleaned.get(slot.beside("unable"))) or self._says_unable(slot, text)
        if not (text or unable or limit or lower or hours or oestrogen):
            return None
        value = "" if self._says_unable(slot, text) else text
        try:
            return check_reading(
                code=slot.measure.code,
                value=None if slot.muscle else _number(value, "value"),
                grade=text.replace("\u2212", "-") if slot.muscle else None,
                unit=cleaned.get(slot.beside("unit")) or slot.measure.unit,
                upper_limit=_number(limit, "upper_limit"),
                lower_limit=_number(lower, "lower_limit"),
                hours_since_dose=_hours(hours),
                takes_oral_oestrogen=oestrogen == "yes" if oestrogen else None,
                scale=cleaned.get("mmt_scale") if slot.muscle else None,
                side=slot.side,
                muscle=slot.muscle,
                state=State.UNABLE if unable else None,
                confirmed=self._is_confirmed(slot, cleaned),
            )
        except BadReading as refusal:
            self._refuse(slot, refusal)
            return None

    def _is_confirmed(self, slot: Slot, cleaned: Mapping[str, Any]) -> bool:
        """What was confirmed is this value; after a change of it the question is asked anew."""
        said = cleaned.get(slot.beside("confirmed"))
        return bool(said) and said == _typed_value(slot, cleaned)

    def _says_unable(self, slot: Slot, text: str) -> bool:
        return slot.may_be_unable and text.casefold() in UNABLE_WORDS

    def _refuse(self, slot: Slot, refusal: BadReading) -> None:
        beside = {
            "upper_limit": slot.beside("limit"),
            "lower_limit": slot.beside("lower"),
            "hours_since_dose": slot.beside("hours"),
            "scale": "mmt_scale",
        }
        field = beside.get(refusal.field, slot.name)
        if not self.has_error(field):
            self.add_error(field, refusal.message)


class CorrectionForm(VisitForm):
    reason = line_field(
        "Why it is corrected", most=300, help_text="The wrong version stays readable."
    )

    field_order = ("reason", "assessed_on", "rater")


def _typed_value(slot: Slot, cleaned: Mapping[str, Any]) -> str:
    unit = cleaned.get(slot.beside("unit")) or ""
    text = (cleaned.get(slot.name) or "").strip()
    return f"{text} {unit}".strip() if text else ""


def _number(text: str, field: str) -> Decimal | None:
    if not text:
        return None
    below_zero = text.startswith(MINUS)
    number = plain_number(text[1:].lstrip() if below_zero else text)
    if number is None or (below_zero and not number):
        raise BadReading(field, "Give a number, with a point for decimals.")
    return -number if below_zero else number  # refused with the range, not as no number


def _hours(text: str) -> int | None:
    number = _number(text, "hours_since_dose")
    if number is None:
        return None
    if number != number.to_integral_value():
        raise BadReading("hours_since_dose", "Give whole hours.")
    return int(number)
