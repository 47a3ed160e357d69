"""The fields of one slot of the visit form: the value, and what belongs to it."""

from collections.abc import Iterator, Mapping, Sequence

from django import forms

from patients.forms.page import DECIMALS, DIGITS
from patients.forms.visit_slots import Slot

OESTROGEN = (("", "not noted"), ("no", "no"), ("yes", "yes"))


def fields_of(slot: Slot) -> dict[str, forms.Field]:
    return {slot.name: _value_field(slot)} | {
        slot.beside(what): field for what, field in _fields_beside(slot)
    }


def _value_field(slot: Slot) -> forms.Field:
    measure = slot.measure
    attrs: dict[str, str] = {}
    if slot.muscle:
        attrs = {"inputmode": "text", "maxlength": "2", "data-grade": slot.name}
    elif measure.item_of:
        attrs = {"maxlength": "1", "data-item": measure.item_of}
    return _text(slot.label, DECIMALS | attrs)


def _fields_beside(slot: Slot) -> Iterator[tuple[str, forms.Field]]:
    measure = slot.measure
    if measure.needs_upper_limit:
        yield "limit", _text(f"Upper limit of the laboratory for {measure.name}")
    if measure.needs_lower_limit:
        yield "lower", _text(f"Lower limit of the laboratory for {measure.name}")
    if slot.units:
        yield "unit", _choice(f"Unit of {measure.name}", slot.units)
    if measure.asks_about_dose:
        yield "hours", _text(f"Hours since the last dose, {measure.name}", DIGITS)
        yield "oestrogen", _choice(f"Oral oestrogen, {measure.name}", OESTROGEN)
    if slot.may_be_unable:
        yield "unable", _unable(slot)
    if not (slot.muscle or measure.item_of):
        yield "confirmed", _confirmed(slot)


def _text(label: str, attrs: Mapping[str, str] = DECIMALS) -> forms.Field:
    widget = forms.TextInput(attrs=dict(attrs) | {"class": "form-control"})
    return forms.CharField(label=label, required=False, max_length=12, widget=widget)


def _choice(label: str, choices: Sequence[tuple[str, str]]) -> forms.Field:
    widget = forms.Select(attrs={"class": "form-select"})
    return forms.ChoiceField(label=label, required=False, choices=choices, widget=widget)


def _unable(slot: Slot) -> forms.Field:
    widget = forms.CheckboxInput(attrs={"class": "form-check-input"})
    return forms.BooleanField(label=f"{slot.label}: unable", required=False, widget=widget)


def _confirmed(slot: Slot) -> forms.Field:
    """Holds the value that was confirmed, so that another one is asked about anew."""
    return forms.CharField(
        label=f"{slot.label} is right", required=False, max_length=24, widget=forms.HiddenInput()
    )
