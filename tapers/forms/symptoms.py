"""What a patient tells the team, by telephone or in the room: the check of the patient's page."""

from typing import Any

from django import forms

from patients.forms.page import MEDIUM, PageForm, day_field, note_field
from tapers.domain.symptoms import ACTS_WITHIN_DAYS, Group, of_group
from tapers.vocabulary import ReportedBy


def _asked(label: str, group: Group, **options: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        required=False,
        choices=[(symptom.value, symptom.label) for symptom in of_group(group)],
        widget=forms.CheckboxSelectMultiple(),
        **options,
    )


class SymptomForm(PageForm):
    happened_on = day_field(
        "Day of the symptoms",
        required=False,
        help_text=f"Symptoms of today and of the last {ACTS_WITHIN_DAYS} days open a task; a red "
        "flag pauses reminders of reductions and is mailed to the team. Older ones are history: "
        "they pause nothing, open no task and mail nobody at once. The course shows them, and the "
        "rules that look back so far read them.",
    )
    red_flags = _asked("Any of these, on that day?", Group.RED_FLAG, help_text="Ask these first.")
    minor = _asked("Was any of these new?", Group.MINOR)
    other = _asked("Did any of these happen?", Group.OTHER)
    note = note_field(
        "In the patient’s own words", required=False, help_text="Or what the call is about."
    )
    reported_by = forms.ChoiceField(
        label="Said by",
        choices=ReportedBy.choices,
        initial=ReportedBy.PATIENT,
        widget=forms.Select(attrs=MEDIUM),
    )
    form_id = forms.UUIDField(widget=forms.HiddenInput())

    @property
    def symptoms(self) -> list[str]:
        return [
            each for name in ("red_flags", "minor", "other") for each in self.cleaned_data[name]
        ]
