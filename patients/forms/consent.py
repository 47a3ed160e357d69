from typing import Any

from django import forms

from patients.forms.page import PageForm, day_field
from patients.presenters.consent import LEVELS
from patients.vocabulary import Content


class ConsentForm(PageForm):
    content = forms.ChoiceField(
        label="What an e-mail may say",
        choices=[(level.value, level.says) for level in LEVELS],
        initial=Content.MINIMAL,
        widget=forms.RadioSelect(),
    )
    given_on = day_field("Consent given on")
    read_out = forms.BooleanField(
        label="I read the text above to the patient, or gave it to read, and the patient agreed.",
        error_messages={"required": "Consent counts only when the patient knows this text."},
    )


class WithdrawalForm(PageForm):
    on = day_field("Consent withdrawn on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="withdraw", **kwargs)
