from datetime import date
from decimal import Decimal

from django import forms

from patients.forms.page import MEDIUM, PageForm, days_field, note_field, number_field
from patients.numbers import plain_number
from tapers.domain.dose import Drug

EXAMPLE = (
    "One step a line, its day and its dose: 2026-01-05 30. The last line is the first day at 0."
)


class PastTaperForm(PageForm):
    """A taper finished elsewhere, its steps as lines."""

    drug = forms.ChoiceField(
        label="Drug",
        choices=[(drug.value, drug.label) for drug in Drug],
        widget=forms.Select(attrs=MEDIUM),
    )
    daily_mg = number_field("Dose before the first step, mg a day", places=3)
    steps = forms.CharField(
        label="Steps as taken",
        help_text=EXAMPLE,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    exposure_days = days_field(
        "Days on the drug before the first step",
        required=False,
        help_text="Leave empty when nobody knows.",
    )
    note = note_field(most=500, required=False)

    def clean_steps(self) -> list[tuple[date, Decimal]]:
        lines = [line.split() for line in self.cleaned_data["steps"].splitlines() if line.strip()]
        return [_step(number, parts) for number, parts in enumerate(lines, start=1)]


def _step(number: int, parts: list[str]) -> tuple[date, Decimal]:
    mg = plain_number(parts[1]) if len(parts) == 2 else None
    day = _day(parts[0]) if len(parts) == 2 else None
    if mg is None or day is None:
        raise forms.ValidationError(
            f"Line {number} is not a day and a dose; write it like 2026-01-05 30."
        )
    return day, mg


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == len("2026-01-05") else None
    except ValueError:
        return None
