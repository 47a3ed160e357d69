from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from patients.forms.page import (
    MEDIUM,
    PageForm,
    day_field,
    days_field,
    number_field,
)
from tapers.domain.dose import Drug
from tapers.domain.errors import DomainError
from tapers.domain.schedule import Regimen
from tapers.proposal import Proposal

REGIMEN_FIELDS = ("decrement_mg", "interval_days", "interval_days_from_10_mg")
ALL_OR_NONE = "Give all three, or leave all three empty to see the plan that fits best."


@dataclass(frozen=True)
class Choice:
    """A regimen as one value of a button: "10/14/7"."""

    decrement_mg: str
    interval_days: str
    interval_days_from_10_mg: str

    @classmethod
    def from_text(cls, text: str) -> "Choice | None":
        parts = text.split("/")
        return cls(*parts) if len(parts) == len(REGIMEN_FIELDS) else None


def regimen_of(cleaned: Mapping[str, Any]) -> Regimen | None:
    """Return the regimen of the three fields; None when all are empty. Raise ValueError else."""
    given = [cleaned.get(name) for name in REGIMEN_FIELDS]
    if all(value is None for value in given):
        return None
    if any(value is None for value in given):
        raise ValueError(ALL_OR_NONE)
    return Regimen(
        decrement_mg=cleaned["decrement_mg"],
        interval_days=cleaned["interval_days"],
        interval_days_from_10_mg=cleaned["interval_days_from_10_mg"],
        hold_days=cleaned.get("hold_days") or 0,
    )


class RegimenFields(PageForm):
    """The three numbers of a regimen, which a plan and its revision have in common."""

    decrement_mg = number_field("Above 10 mg, lower by (mg)", required=False)
    interval_days = days_field("Above 10 mg, every (days)", required=False)
    interval_days_from_10_mg = days_field("From 10 mg down, every (days)", required=False)

    @property
    def says_a_regimen(self) -> bool:
        return any(str(self.data.get(self.add_prefix(name), "")).strip() for name in REGIMEN_FIELDS)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            self._regimen(cleaned)
        return cleaned

    def _regimen(self, cleaned: dict[str, Any]) -> None:
        try:
            cleaned["regimen"] = regimen_of(cleaned)
        except DomainError as refusal:
            self.show(refusal)
        except ValueError as refusal:
            self.add_error("decrement_mg", str(refusal))


class ProposalForm(RegimenFields):
    """What a prescriber or nurse proposes; the same values as a preview over REST."""

    drug = forms.ChoiceField(
        label="Drug",
        choices=[(drug.value, drug.label) for drug in Drug],
        widget=forms.Select(attrs=MEDIUM),
    )
    daily_mg = number_field("Dose today, mg a day", places=3)
    alternate_daily_mg = number_field(
        "Every other day, mg",
        places=3,
        required=False,
        help_text="Only where two doses alternate; the plan starts from their mean.",
    )
    starts_on = day_field("First reduction on")
    hold_days = days_field(
        "First stay at this dose for (days)",
        required=False,
        help_text="0 to 56. These days count toward the 4 to 8 weeks.",
    )
    exposure_days = days_field(
        "Days on steroids before this",
        required=False,
        help_text="Empty: as recorded. Unknown counts as long enough to matter.",
    )

    field_order = (
        "drug",
        "daily_mg",
        "alternate_daily_mg",
        "starts_on",
        "hold_days",
        *REGIMEN_FIELDS,
        "exposure_days",
    )

    def proposal(self) -> Proposal:
        """Return the typed values; call only when the form is valid."""
        cleaned = self.cleaned_data
        return Proposal(
            drug=Drug(cleaned["drug"]),
            daily_mg=cleaned["daily_mg"],
            starts_on=cleaned["starts_on"],
            regimen=cleaned.get("regimen"),
            hold_days=cleaned.get("hold_days") or 0,
            exposure_days=cleaned.get("exposure_days"),
            alternate_daily_mg=cleaned.get("alternate_daily_mg"),
        )


def first_values(
    *, drug: str, daily_mg: Decimal | None, alternate_daily_mg: Decimal | None, starts_on: date
) -> dict[str, Any]:
    """What the builder opens with: the present dose of the patient, from tomorrow on."""
    return {
        "drug": drug,
        "daily_mg": daily_mg,
        "alternate_daily_mg": alternate_daily_mg,
        "starts_on": starts_on,
    }


class ReasonsForm(PageForm):
    """One reason a finding that asks for one; the field's name is the finding's code."""

    def __init__(self, *args: Any, codes: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, prefix="reason", **kwargs)
        for code in codes:
            self.fields[code] = forms.CharField(
                label="Reason for going on",
                max_length=500,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
            )

    @property
    def typed(self) -> dict[str, str]:
        """What was typed, valid or not."""
        return {code: self[code].value() or "" for code in self.fields}

    def reasons(self) -> dict[str, str]:
        return {code: text for code, text in self.cleaned_data.items() if text}
