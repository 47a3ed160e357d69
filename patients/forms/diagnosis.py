from typing import Any

from django import forms

from patients.forms.page import MEDIUM, TO_CHOOSE, PageForm, day_field, note_field
from patients.vocabulary import Biopsy, DiagnosisStatus

SEEN = (("", "Not known"), ("yes", "Seen"), ("no", "Not seen"))
AS_TRUTH = {"yes": True, "no": False}


def finding_field(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=SEEN,
        required=False,
        coerce=lambda word: AS_TRUTH[word],
        empty_value=None,
        widget=forms.Select(attrs=MEDIUM),
    )


class DiagnosisForm(PageForm):
    status = forms.ChoiceField(
        label="Inclusion body myositis is",
        choices=[TO_CHOOSE, *DiagnosisStatus.choices],
        widget=forms.Select(attrs=MEDIUM),
    )
    confirmed_on = day_field("Confirmed on", required=False)
    biopsy = forms.ChoiceField(
        label="Muscle biopsy",
        choices=[TO_CHOOSE, *Biopsy.choices],
        widget=forms.Select(attrs=MEDIUM),
    )
    biopsy_on = day_field("Biopsy taken on", required=False)
    rimmed_vacuoles = finding_field("Rimmed vacuoles")
    endomysial_inflammation = finding_field("Endomysial inflammation with invasion")
    mitochondrial_changes = finding_field("Mitochondrial changes")
    note = note_field(most=1000, required=False)

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
