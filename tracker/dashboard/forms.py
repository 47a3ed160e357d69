"""Filters of lists; a page number that cannot be read is the first page."""

from urllib.parse import urlencode

from django import forms

from notifications.policy import KIND_LABELS, STATUS_LABELS
from patients.forms.page import PageForm, day_field
from patients.vocabulary import PatientStatus

LAST_PAGE = 1000


class PagedFilter(PageForm):
    """A filter whose values come from the address."""

    @property
    def page(self) -> int:
        text = self.data.get("page", "1")
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 1
        return min(max(number, 1), LAST_PAGE)

    @property
    def asked(self) -> dict[str, str]:
        return {name: self.data[name] for name in self.fields if self.data.get(name)}

    @property
    def is_filtered(self) -> bool:
        return bool(self.asked)

    def link(self, page: int) -> str:
        return "?" + urlencode(self.asked | {"page": str(page)})


class PatientFilter(PagedFilter):
    search = forms.CharField(
        label="Name, code, record number or date of birth", required=False, max_length=100
    )
    status = forms.ChoiceField(
        label="Status", required=False, choices=[("", "Any status"), *PatientStatus.choices]
    )


class ReminderFilter(PagedFilter):
    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[("", "Any status"), *((key.value, text) for key, text in STATUS_LABELS.items())],
    )
    kind = forms.ChoiceField(
        label="Kind",
        required=False,
        choices=[("", "Any kind"), *((key.value, text) for key, text in KIND_LABELS.items())],
    )
    due_from = day_field("Due from", required=False)
    due_to = day_field("Due to", required=False)
    patient = forms.UUIDField(required=False, widget=forms.HiddenInput())
