"""What every form of the pages shares: its looks, and how a refusal finds its field."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from django import forms

from patients.numbers import plain_number

CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "form-check-input"),
    (forms.RadioSelect, "form-check-input"),
    (forms.CheckboxSelectMultiple, "form-check-input"),
    (forms.Select, "form-select"),
    (forms.Widget, "form-control"),
)
SHORT = {"class": "short"}
MEDIUM = {"class": "medium"}
DECIMALS = {"class": "short", "inputmode": "decimal", "autocomplete": "off"}
DIGITS = {"class": "short", "inputmode": "numeric", "autocomplete": "off"}


class Refusal(Protocol):
    """A service's no: a sentence, and perhaps the field it is about."""

    message: str
    field: str | None


class PageForm(forms.Form):
    """A plain form: fields become typed values, services decide."""

    use_required_attribute = False  # the server says what is missing, beside the field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = _classes(field.widget)

    def show(self, refusal: Refusal) -> None:
        """Put a service's sentences beside their fields, what has no field at the top."""
        for name, message in _messages(refusal):
            self.add_error(name if name in self.fields else None, message)


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(attrs={"class": "medium"}, format="%Y-%m-%d")


def day_field(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=DayInput(),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": "Give a date as YYYY-MM-DD."},
        **options,
    )


def line_field(label: str, *, most: int, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, **options)


def note_field(label: str = "Note", *, most: int = 500, **options: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=label, max_length=most, widget=widget, **options)


class PlainDecimalField(forms.DecimalField):
    """Refuses what Django would guess at: 1e1, +1, digits of other scripts."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(_plain(self, value))


class PlainIntegerField(forms.IntegerField):
    def to_python(self, value: Any) -> Any:
        return super().to_python(_plain(self, value))


def number_field(label: str, *, places: int = 2, **options: Any) -> forms.DecimalField:
    """A number typed as digits with a point; the service knows its range."""
    widget = forms.TextInput(attrs=DECIMALS)
    return PlainDecimalField(
        label=label,
        max_digits=12,
        decimal_places=places,
        widget=widget,
        error_messages={"invalid": "Give a number in plain digits, with a point for decimals."},
        **options,
    )


def days_field(label: str, **options: Any) -> forms.IntegerField:
    widget = forms.TextInput(attrs=DIGITS)
    return PlainIntegerField(
        label=label,
        widget=widget,
        error_messages={"invalid": "Give a whole number of days."},
        **options,
    )


def _plain(field: forms.Field, value: Any) -> Any:
    if not isinstance(value, str) or not value.strip():
        return value
    if plain_number(value.strip()) is None:
        raise forms.ValidationError(field.error_messages["invalid"], code="invalid")
    return value.strip()


def _classes(widget: forms.Widget) -> str:
    ours = next(name for kind, name in CLASSES if isinstance(widget, kind))
    return f"{ours} {widget.attrs.get('class', '')}".strip()


def _messages(refusal: Refusal) -> Iterator[tuple[str | None, str]]:
    fields: Mapping[str, list[str]] = getattr(refusal, "fields", None) or {}
    if not fields:
        yield refusal.field, refusal.message
    for name, messages in fields.items():
        for message in messages:
            yield name, message
