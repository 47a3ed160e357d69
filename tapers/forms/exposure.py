from django import forms

from patients.forms.page import (
    MEDIUM,
    PageForm,
    day_field,
    line_field,
    note_field,
    number_field,
)
from tapers.domain.dose import Drug


class ExposureForm(PageForm):
    """A course of a steroid before the plan."""

    drug = forms.ChoiceField(
        label="Drug",
        choices=[(drug.value, drug.label) for drug in Drug],
        widget=forms.Select(attrs=MEDIUM),
    )
    daily_mg = number_field("Dose, mg a day", places=3)
    alternate_daily_mg = number_field(
        "Every other day, mg",
        places=3,
        required=False,
        help_text="Only where two doses alternate from day to day.",
    )
    started_on = day_field(
        "Taken since",
        required=False,
        help_text="Leave empty when nobody knows: unknown counts as long enough to matter.",
    )
    ended_on = day_field("First day without it", required=False)
    raise_reason = note_field(
        "Why the dose was raised",
        most=500,
        required=False,
        help_text="Where it is higher than the one before, during a taper or after it.",
    )
    note = note_field(most=1000, required=False)
    sick_day_dose = forms.BooleanField(
        label="Taken for a while because of an illness, by the sick-day plan", required=False
    )


class CorrectExposureForm(ExposureForm):
    """All of the course as it is right, and why."""

    reason = line_field("Why it is corrected", most=300)
