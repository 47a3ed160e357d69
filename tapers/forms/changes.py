"""What is asked when a taper changes: a day, a reason, what was said of a step."""

from typing import Any

from django import forms

from patients.forms.page import (
    MEDIUM,
    PageForm,
    day_field,
    days_field,
    note_field,
    number_field,
)
from tapers.domain.course import Outcome
from tapers.forms.proposal import RegimenFields
from tapers.vocabulary import ReportedBy

OUTCOMES = (
    (Outcome.TAKEN, "Taken"),
    (Outcome.NOT_YET, "Not yet"),
    (Outcome.PROBLEM, "A problem: the team should call"),
)


def reason_field(label: str = "Reason", **options: Any) -> forms.CharField:
    return note_field(label, most=500, **options)


class HoldForm(PageForm):
    on = day_field("On hold from")
    reason = reason_field()


class ResumeForm(PageForm):
    on = day_field("Resume on")
    reason = reason_field(required=False)


class StopForm(PageForm):
    on = day_field("Stopped on")
    reason = reason_field()


class CompleteForm(PageForm):
    on = day_field("Without steroid since")


class NothingAsked(PageForm):
    """A confirmation without fields."""


class ReasonForm(PageForm):
    reason = reason_field()


class TaskForm(PageForm):
    note = note_field("What was done", required=False)


class ReportForm(PageForm):
    """What was said of a step."""

    outcome = forms.ChoiceField(
        label="The step was", choices=OUTCOMES, widget=forms.Select(attrs=MEDIUM)
    )
    taken_on = day_field(
        "Taken on", required=False, help_text="A later day than planned moves all later steps."
    )
    reported_by = forms.ChoiceField(
        label="Said by",
        choices=ReportedBy.choices,
        initial=ReportedBy.STAFF,
        widget=forms.Select(attrs=MEDIUM),
    )
    note = note_field(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("outcome") != Outcome.TAKEN:
            cleaned["taken_on"] = None
        return cleaned


class RevisionForm(RegimenFields):
    """The remainder anew: a dose from a day on, then a regimen or the steps themselves."""

    reason = reason_field(
        "Why the plan changes", help_text="Kept with the revision; the team reads it."
    )
    starts_on = day_field("From this day on")
    daily_mg = number_field("Dose from then on, mg a day", places=3)
    hold_days = days_field(
        "Stay at this dose for (days)", required=False, help_text="Empty: one full interval."
    )

    field_order = ("reason", "starts_on", "daily_mg", "hold_days")


class StepLine(PageForm):
    starts_on = day_field("From", required=False)
    daily_mg = number_field("mg a day", places=3, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (cleaned.get("starts_on") is None) != (cleaned.get("daily_mg") is None):
            self.add_error(None, "Give both the day and the dose, or neither.")
        return cleaned


StepLines = forms.formset_factory(StepLine, extra=4, max_num=60, absolute_max=80)
