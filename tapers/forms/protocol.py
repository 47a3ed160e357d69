"""The clinic's protocol as a form: every setting with its limits; the service checks them."""

from typing import Any

from django import forms

from patients.forms.page import PageForm, days_field, note_field, number_field
from tapers.domain.plan import WindowAppliesTo
from tapers.domain.protocol import LIMITS, Protocol
from tapers.domain.settings import SETTINGS
from tapers.services.protocols import WHOLE

WINDOWS = (
    (WindowAppliesTo.TOTAL.value, "To the end of the taper"),
    (WindowAppliesTo.TO_10_MG.value, "To the first day at 10 mg"),
)


class ProtocolForm(PageForm):
    """Its fields come from the settings, in their order; `version` is the one looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput())
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput())
    reason = note_field("Why it changes", help_text="Kept with the version; the team reads it.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for setting in SETTINGS:
            field = _field(setting.name, setting.label)
            field.help_text = f"{setting.says} {_limits(setting.name)}".strip()
            field.widget.attrs.setdefault("class", "form-select")
            if "form-control" not in field.widget.attrs["class"] and setting.name in LIMITS:
                field.widget.attrs["class"] = f"form-control {field.widget.attrs['class']}"
            self.fields[setting.name] = field

    @classmethod
    def of(cls, protocol: Protocol, *, version: int) -> "ProtocolForm":
        values = {each.name: getattr(protocol, each.name) for each in SETTINGS}
        window = {"window_applies_to": protocol.window_applies_to.value}
        return cls(initial=values | window | {"version": version})

    @property
    def settings(self) -> list[Any]:
        return [self[each.name] for each in SETTINGS]

    @property
    def changes(self) -> dict[str, object]:
        return {each.name: self.cleaned_data[each.name] for each in SETTINGS}


def _field(name: str, label: str) -> forms.Field:
    if name == "window_applies_to":
        return forms.ChoiceField(label=label, choices=WINDOWS)
    return days_field(label) if name in WHOLE else number_field(label)


def _limits(name: str) -> str:
    if name not in LIMITS:
        return ""
    low, high, unit = LIMITS[name]
    return f"From {low} to {high} {unit}; standard {getattr(Protocol(), name)}."
