"""What is asked of a steroid-sparing drug and of an infusion."""

from typing import Any

from django import forms

from patients.forms.page import (
    MEDIUM,
    PageForm,
    day_field,
    days_field,
    line_field,
    note_field,
    number_field,
)
from tapers.domain.prescription import MG_OF, Prescription
from tapers.domain.sparing import (
    Agent,
    Build,
    CheckScheme,
    Frequency,
    Weekday,
    WeightBasis,
)
from tapers.forms.changes import reason_field
from tapers.selectors.sparing_previews import Weights
from tapers.services.infusions import GivenInfusion

NOT_SAID = ("", "not recorded")
FREQUENCIES = (
    NOT_SAID,
    (Frequency.ONCE_A_WEEK.value, "ONCE A WEEK"),
    (Frequency.ONCE_A_DAY.value, "once a day"),
    (Frequency.OTHER.value, "otherwise"),
)
SCHEMES = (
    ("", "as usual for the drug"),
    (CheckScheme.AZATHIOPRINE_LABEL.value, "Azathioprine: by its label"),
    (CheckScheme.AZATHIOPRINE_BSR.value, "Azathioprine: by the British guideline"),
)
BASES = (NOT_SAID, (WeightBasis.IDEAL.value, "ideal weight"), (WeightBasis.ACTUAL.value, "actual"))
BUILDS = (NOT_SAID, (Build.FEMALE.value, "female"), (Build.MALE.value, "male"))
YES_NO = (NOT_SAID, ("yes", "yes"), ("no", "no"))


def _choice(label: str, choices: Any, **options: Any) -> forms.ChoiceField:
    widget = forms.Select(attrs=MEDIUM)
    return forms.ChoiceField(label=label, choices=choices, widget=widget, required=False, **options)


class PrescriptionFields(PageForm):
    """The doses and what belongs to the drug; the same values as over REST."""

    starts_on = day_field("From this day on", required=False)
    start_mg = number_field(
        "Dose (mg)", required=False, help_text="A week for methotrexate, a day for azathioprine."
    )
    target_mg = number_field("Raise to (mg)", required=False, help_text="Empty: it stays.")
    increment_mg = number_field("Each time by (mg)", required=False)
    every_days = days_field(
        "Every (days)", required=False, help_text="Methotrexate only, in whole weeks."
    )
    weekly = forms.BooleanField(
        label="Azathioprine: raise every week, faster than its label", required=False
    )
    frequency = _choice("How often", FREQUENCIES)
    weekday = _choice(
        "Weekday of methotrexate", (NOT_SAID, *((day.value, day.label) for day in Weekday))
    )
    folic_acid_mg_per_week = number_field(
        "Folic acid (mg a week)", required=False, help_text="1 mg a day is 7. Empty: not recorded."
    )
    unit_confirmed = forms.BooleanField(
        label="I confirm that the dose of azathioprine is in mg a day", required=False
    )
    weight_basis = _choice("Azathioprine: target by", BASES)
    build = _choice("Build, for the ideal weight", BUILDS)
    height_cm = number_field("Height (cm)", places=1, required=False)
    weight_kg = number_field("Actual weight (kg)", places=1, required=False)
    check_scheme = _choice("Blood tests", SCHEMES)
    dense_after_increase = forms.BooleanField(
        label="As dense again after each increase", required=False, initial=True
    )
    as_written = line_field("As written on the prescription", most=200, required=False)

    def values(self) -> dict[str, Any]:
        """Return the typed values of a prescription; call only when the form is valid."""
        given = dict(self.cleaned_data)
        for name, kind in WORDS.items():
            given[name] = kind(given[name]) if given[name] else None
        return {name: given[name] for name in NAMES}

    def weights(self) -> Weights:
        build = self.cleaned_data["build"]
        return Weights(
            Build(build) if build else None,
            self.cleaned_data["height_cm"],
            self.cleaned_data["weight_kg"],
        )


WORDS = {
    "frequency": Frequency,
    "weekday": Weekday,
    "weight_basis": WeightBasis,
    "build": Build,
    "check_scheme": CheckScheme,
}
NAMES = (
    "starts_on", "start_mg", "target_mg", "increment_mg", "every_days", "weekly", "frequency",
    "weekday", "folic_acid_mg_per_week", "unit_confirmed", "weight_basis", "weight_kg",
    "build", "height_cm",
    "check_scheme", "dense_after_increase", "as_written",
)  # fmt: skip


class StartSparingForm(PrescriptionFields):
    agent = forms.ChoiceField(
        label="Drug",
        choices=[("", "Choose"), *((agent.value, agent.label) for agent in MG_OF)],
        widget=forms.Select(attrs=MEDIUM),
        error_messages={"required": "Drug: choose one of the list."},
    )
    field_order = ("agent",)

    def prescription(self) -> Prescription:
        return Prescription(agent=Agent(self.cleaned_data["agent"]), **self.values())


class ReviseSparingForm(PrescriptionFields):
    reason = reason_field("Why it changes")
    field_order = ("reason",)


class EndSparingForm(PageForm):
    on = day_field("First day without it")
    reason = reason_field()


class InErrorForm(PageForm):
    reason = reason_field("What was wrong")


class InfusionForm(PageForm):
    infused_on = day_field("Given on")
    product = line_field("Product", most=80)
    g_per_kg = number_field("Dose (g a kg of body weight)")
    symptoms = note_field("Symptoms during or after", most=500, required=False)
    creatinine_umol_per_l = number_field("Creatinine before (µmol/L)", places=1, required=False)
    iga_g_per_l = number_field("IgA before (g/L)", required=False)
    thrombosis_risk = _choice("Risk of thrombosis", YES_NO)

    def infusion(self) -> GivenInfusion:
        given = dict(self.cleaned_data)
        risk = given.pop("thrombosis_risk")
        return GivenInfusion(**given, thrombosis_risk={"yes": True, "no": False}.get(risk))
