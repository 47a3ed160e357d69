from django import forms

from patients.forms.page import PageForm, note_field

NOT_READ = {"required": "Confirm that you have read the rules and the clinic's settings."}


class SignForm(PageForm):
    """The versions are those that were on the page."""

    rulebook_version = forms.CharField(max_length=24, widget=forms.HiddenInput())
    protocol_version = forms.IntegerField(min_value=1, widget=forms.HiddenInput())
    has_read = forms.BooleanField(
        label="I have read these rules and the clinic's settings.", error_messages=NOT_READ
    )
    note = note_field("Note", required=False)
