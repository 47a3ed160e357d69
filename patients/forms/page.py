"""What every form of the pages shares: its looks, and how a refusal finds its field."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django import forms
from django.forms import BoundField

from patients.errors import BadInput, Conflict
from patients.numbers import plain_number
from patients.presenters.words import with_days

CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "form-check-input"),
    (forms.RadioSelect, "form-check-input"),
    (forms.CheckboxSelectMultiple, "form-check-input"),
    (forms.Select, "form-select"),
    (forms.Widget, "form-control"),
)
TO_CHOOSE = ("", "Choose")  # what stands first in a list must not be recorded unread
SHORT = {"class": "short"}
MEDIUM = {"class": "medium"}
DECIMALS = {"class": "short", "inputmode": "decimal", "autocomplete": "off"}
DIGITS = {"class": "short", "inputmode": "numeric", "autocomplete": "off"}

TO_ENTER: tuple[tuple[type[forms.Field], str], ...] = (
    (forms.MultipleChoiceField, "choose at least one"),
    (forms.ChoiceField, "choose one of the list"),
    (forms.BooleanField, "tick it"),
    (forms.DateField, "enter a day"),
    (forms.TimeField, "enter a time of day as HH:MM"),
    (forms.IntegerField, "enter a whole number"),
    (forms.DecimalField, "enter a number"),
    (forms.Field, "write something here"),
)
SAID = {
    "invalid_choice": "Choose one of the list.",
    "max_length": "At most %(limit_value)d characters; these are %(show_value)d.",
    "max_digits": "At most %(max)s digits.",
    "max_decimal_places": "At most %(max)s digits after the decimal point.",
    "max_whole_digits": "At most %(max)s digits before the decimal point.",
}
UNSAID = str(forms.Field.default_error_messages["required"])
WITH_A_BOX_EACH = (forms.RadioSelect, forms.CheckboxSelectMultiple)


@dataclass(frozen=True)
class Complaint:
    """One thing to correct, and the id of its field; "" where it is about the form as a whole."""

    says: str
    target: str


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

    def full_clean(self) -> None:
        for name, field in self.fields.items():
            _say_what_to_enter(field, str(self[name].label))
        super().full_clean()

    @property
    def complaints(self) -> tuple[Complaint, ...]:
        """All there is to correct, in the order of the fields, each with its field's name."""
        about_all = [Complaint(str(says), "") for says in self.non_field_errors()]
        return (
            *about_all,
            *(
                Complaint(_named(field, str(says)), _id_of(field))
                for field in self
                for says in field.errors
            ),
        )

    def rename(self, name: str, label: str) -> None:
        """Call a field otherwise, also where validation has named it already."""
        before, self[name].label = str(self[name].label), label
        self.fields[name].label = label
        if name in self.errors:
            said = [_renamed(str(says), before, label) for says in self.errors[name]]
            self.errors[name] = self.error_class(said, renderer=self.renderer)

    def look_at_the_rest(self, look: Callable[[dict[str, Any]], object]) -> None:
        """Say beside what is missing also what a service would refuse of the fields that are there.

        *look* is the service's own check of some fields; it stores nothing.
        """
        if not self.cleaned_data:
            return
        try:
            look(dict(self.cleaned_data))
        except BadInput as refusal:
            self.show(refusal)

    def show(self, refusal: Refusal) -> None:
        """Put a service's sentences beside their fields, what has no field at the top."""
        happened = isinstance(refusal, Conflict)  # its days are told, not asked for
        for name, message in _messages(refusal):
            says = with_days(message) if happened else message
            self.add_error(name if name in self.fields else None, says)


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


def _say_what_to_enter(field: forms.Field, label: str) -> None:
    """Put sentences that name the field in the place of those of the framework."""
    what = next(what for kind, what in TO_ENTER if isinstance(field, kind))
    if str(field.error_messages["required"]) == UNSAID:
        field.error_messages["required"] = f"{label} is required: {what}."
    for code, says in SAID.items():
        field.error_messages[code] = says


def _renamed(says: str, before: str, label: str) -> str:
    return label + says.removeprefix(before) if says.startswith(before) else says


def _named(field: BoundField, says: str) -> str:
    return says if says.startswith(str(field.label)) else f"{field.label}: {says}"


def _id_of(field: BoundField) -> str:
    if field.is_hidden:
        return ""
    many = isinstance(field.field.widget, WITH_A_BOX_EACH)
    return f"{field.auto_id}_0" if many else field.id_for_label


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
