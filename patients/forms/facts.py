"""One form for each kind of fact, one for an end, one for a reason."""

from typing import Any

from django import forms

from patients.facts import (
    NAMED_TESTS,
    Answer,
    CircumstanceCode,
    FactKind,
    InfectionSite,
    MedicineCode,
    Result,
    SingleTest,
)
from patients.forms.page import MEDIUM, TO_CHOOSE, PageForm, day_field, line_field, note_field
from patients.models.fact import MAX_TEXT

NOT_KNOWN = ("", "Not known")
YES_NO = (NOT_KNOWN, ("yes", "Yes"), ("no", "No"))
AS_TRUTH = {"yes": True, "no": False}
OF_TRUTH = {True: "yes", False: "no", None: ""}
UNTIL = "The first day without it; leave empty while it lasts."
RESULT = (
    "TPMT and NUDT15: normal, intermediate or poor. Hepatitis: negative, positive or not clear; of "
    "B, HBsAg and anti-HBc are recorded each for itself. Chest film: normal or abnormal. Without "
    "its result a test before methotrexate is still asked for."
)


def _choice(label: str, choices: Any, **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, widget=forms.Select(attrs=MEDIUM), **options
    )


def _chosen(label: str, choices: Any, **options: Any) -> forms.ChoiceField:
    """Nothing is chosen at first: what stands first in a list must not be recorded unread."""
    return _choice(
        label,
        [TO_CHOOSE, *choices],
        error_messages={"required": f"{label}: choose one of the list."},
        **options,
    )


def _truth(label: str, **options: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=YES_NO,
        required=False,
        coerce=lambda word: AS_TRUTH[word],
        empty_value=None,
        widget=forms.Select(attrs=MEDIUM),
        **options,
    )


def _until() -> forms.DateField:
    return day_field("Until", required=False, help_text=UNTIL)


class MedicineForm(PageForm):
    medicine = _chosen("Medicine", MedicineCode.choices)
    name = line_field(
        "Its name", most=80, required=False, help_text="Needed for another medicine of the list."
    )
    from_on = day_field(
        "On the list since", help_text="Where nobody knows, the day it was first seen there."
    )
    until_on = _until()
    note = note_field(required=False)


def _named_tests() -> list[tuple[str, str]]:
    return [(each.value, each.label) for each in NAMED_TESTS]


class SingleTestForm(PageForm):
    test = _chosen("Test", _named_tests())
    on = day_field("Done on")
    result = _choice("Result", [NOT_KNOWN, *Result.choices], required=False, help_text=RESULT)
    note = note_field(required=False)

    def clean_result(self) -> str | None:
        return self.cleaned_data["result"] or None


class StoredTestForm(SingleTestForm):
    """Of a hepatitis B of before it may stay unknown which test it was."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unnamed = SingleTest.HEPATITIS_B
        field = self.fields["test"]
        if self.initial.get("test") == unnamed and isinstance(field, forms.ChoiceField):
            field.choices = [TO_CHOOSE, (unnamed.value, unnamed.label), *_named_tests()]


class FallForm(PageForm):
    on = day_field("Fell on")
    injured = _truth("Injured")
    note = note_field(required=False)


class InfectionForm(PageForm):
    infection = _chosen("Infection", InfectionSite.choices)
    from_on = day_field("Since")
    until_on = _until()
    note = note_field(required=False)


class CircumstanceForm(PageForm):
    circumstance = _chosen("Question", CircumstanceCode.choices)
    answer = _chosen(
        "Answer", Answer.choices, help_text="“Not asked” takes an earlier answer back."
    )
    on = day_field("Answered on")
    note = note_field(required=False)


class LowDoseReasonForm(PageForm):
    text = note_field("Why the patient stays on a low dose", most=500)
    from_on = day_field("Since")
    until_on = _until()


class SickDayPlanForm(PageForm):
    text = forms.CharField(
        label="What the patient does when ill, in the clinician's words",
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    written_by = line_field("Written by", most=80)
    on = day_field("Given on")
    card_given = _truth("Steroid card given")


class EndFactForm(PageForm):
    until_on = day_field("First day without it")


class InErrorForm(PageForm):
    reason = line_field("Why it was never so", most=300)


FORMS: dict[str, type[PageForm]] = {
    FactKind.MEDICINE: MedicineForm,
    FactKind.TEST: SingleTestForm,
    FactKind.FALL: FallForm,
    FactKind.INFECTION: InfectionForm,
    FactKind.CIRCUMSTANCE: CircumstanceForm,
    FactKind.LOW_DOSE_REASON: LowDoseReasonForm,
    FactKind.SICK_DAY_PLAN: SickDayPlanForm,
}


def with_reason(form: type[PageForm]) -> type[PageForm]:
    """The same form as a correction: all of it as it is right, and why."""
    reason = line_field("Why it is corrected", most=300)
    return type(f"Correct{form.__name__}", (form,), {"reason": reason})


STORED = FORMS | {FactKind.TEST: StoredTestForm}
CORRECTIONS = {kind: with_reason(form) for kind, form in STORED.items()}


def typed(given: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a stored fact as the form shows them."""
    shown = {name: value for name, value in given.items() if value is not None}
    for name in ("injured", "card_given"):
        if name in given:
            shown[name] = OF_TRUTH[given[name]]
    return shown
