from django import forms

from patients.facts import FollowUpItem
from patients.forms.page import PageForm, day_field, note_field


class FollowUpForm(PageForm):
    """What was looked at on one day, because of the steroid."""

    items = forms.MultipleChoiceField(
        label="Looked at",
        choices=FollowUpItem.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one."},
    )
    on = day_field("On")
    note = note_field(required=False)
