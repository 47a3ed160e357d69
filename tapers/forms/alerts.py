"""What is written about an alert; the service knows which days are allowed."""

from django import forms

from patients.forms.page import PageForm, day_field, line_field

NO_REASON = {"required": "Give a reason; it is kept with the alert."}
NO_NOTE = {"required": "Write what was found; it is kept with the alert."}


class AcknowledgeForm(PageForm):
    reason = line_field("Reason", most=500, error_messages=NO_REASON)
    next_check_on = day_field("Look again on", required=False)


class CheckForm(PageForm):
    note = line_field("What was found", most=500, error_messages=NO_NOTE)
    next_check_on = day_field("Look again on", required=False)


class AssignForm(PageForm):
    """Empty: nobody."""

    owner = forms.UUIDField(required=False)
