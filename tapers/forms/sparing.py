"""What is asked of a steroid-sparing drug and of an infusion."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

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
    (CheckScheme.AZATHIOPRINE_LABEL.value, "by the label"),
    (CheckScheme.AZATHIOPRINE_BSR.value, "by the British guideline"),
)
BASES = (NOT_SAID, (WeightBasis.IDEAL.value, "ideal weight"), (WeightBasis.ACTUAL.value, "actual"))
BUILDS = (NOT_SAID, (Build.FEMALE.value, "female"), (Build.MALE.value, "male"))
YES_NO = (NOT_SAID, ("yes", "yes"), ("no", "no"))


def _choice(label: str, choices: Any, **options: Any) -> forms.ChoiceField:
    widget = forms.Select(attrs=MEDIUM)
    return forms.ChoiceField(label=label, choices=choices, widget=widget, required=False, **options)


OF_DRUG: dict[Agent, tuple[str, ...]] = {
    Agent.METHOTREXATE: ("every_days", "weekday", "folic_acid_mg_per_week"),
    Agent.AZATHIOPRINE: (
        "weekly",
        "unit_confirmed",
        "check_scheme",
        "weight_basis",
        "build",
        "height_cm",
        "weight_kg",
    ),
}

A_WEEK_OR_DAY = {Agent.METHOTREXATE: "A week.", Agent.AZATHIOPRINE: "A day."}


@dataclass(frozen=True)
class DrugFields:
    """What is asked of one drug and of no other."""

    agent: Agent
    fields: tuple[BoundField, ...]


class PrescriptionFields(PageForm):
    """The doses and what belongs to the drug; the same values as over REST."""

    starts_on = day_field("From this day on", required=False)
    start_mg = number_field(
        "Dose (mg)", required=False, help_text="A week for methotrexate, a day for azathioprine."
    )
    target_mg = number_field("Raise to (mg)", required=False, help_text="Empty: it stays.")
    increment_mg = number_field("Each time by (mg)", required=False)
    every_days = days_field("Raised every (days)", required=False, help_text="In whole weeks.")
    weekly = forms.BooleanField(label="Raise every week, faster than the label", required=False)
    frequency = _choice("How often", FREQUENCIES)
    weekday = _choice("Weekday", (NOT_SAID, *((day.value, day.label) for day in Weekday)))
    folic_acid_mg_per_week = number_field(
        "Folic acid (mg a week)", required=False, help_text="1 mg a day is 7. Empty: not recorded."
    )
    unit_confirmed = forms.BooleanField(
        label="I confirm that the dose is in mg a day", required=False
    )
    weight_basis = _choice("Target by", BASES)
    build = _choice("Build, for the ideal weight", BUILDS)
    height_cm = number_field("Height (cm)", places=1, required=False)
    weight_kg = number_field("Actual weight (kg)", places=1, required=False)
    check_scheme = _choice("Blood tests", SCHEMES)
    dense_after_increase = forms.BooleanField(
        label="After each increase, blood tests as often as at the start",
        required=False,
        initial=True,
    )
    as_written = line_field("As written on the prescription", most=200, required=False)

    @property
    def entered(self) -> str:
        """Return a mark of what is entered: the same for the same drug and doses."""
        names = ("agent", *NAMES)
        said = "\n".join(f"{name}={self.data.get(name, '')}" for name in names)
        return hashlib.sha256(said.encode()).hexdigest()

    @property
    def of_each_drug(self) -> tuple[BoundField, ...]:
        alone = {name for names in OF_DRUG.values() for name in names}
        return tuple(field for field in self if field.name not in alone)

    @property
    def of_one_drug(self) -> tuple[DrugFields, ...]:
        return tuple(
            DrugFields(agent, tuple(self[name] for name in names))
            for agent, names in OF_DRUG.items()
            if names[0] in self.fields
        )

    def values(self) -> dict[str, Any]:
        """Return the typed values of a prescription; call only when the form is valid."""
        given = {name: self.cleaned_data[name] for name in NAMES if name in self.fields}
        for name in WORDS.keys() & given.keys():
            given[name] = WORDS[name](given[name]) if given[name] else None
        return given

    def weights(self) -> Weights:
        """What the target of azathioprine is worked out from; nothing where it is another drug."""
        given = self.cleaned_data.get
        build = given("build")
        return Weights(Build(build) if build else None, given("height_cm"), given("weight_kg"))


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
    """A course keeps its drug: what belongs to another is not asked."""

    reason = reason_field("Why it changes")
    field_order = ("reason",)

    def __init__(self, *args: Any, agent: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["start_mg"].help_text = A_WEEK_OR_DAY[agent]
        for other in OF_DRUG.keys() - {agent}:
            for name in OF_DRUG[other]:
                del self.fields[name]


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
