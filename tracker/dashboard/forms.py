"""Filters of lists; a page number that cannot be read is the first page."""

import re
from datetime import date
from urllib.parse import urlencode

from django import forms

from notifications.policy import KIND_LABELS, STATUS_LABELS
from patients.errors import BadInput
from patients.forms.page import DayInput, PageForm, day_field
from patients.vocabulary import PatientStatus

LAST_PAGE = 1000
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


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


class AsOfForm(PageForm):
    """A day to look back from; none is today."""

    as_of = forms.CharField(label="As of", required=False, widget=DayInput())

    @property
    def day(self) -> date | None:
        """Return the day asked for. Raise BadInput for what is no day."""
        text = str(self.data.get("as_of", ""))
        if not text:
            return None
        if not ISO_DAY.fullmatch(text):
            raise BadInput("as_of", "Give a date as YYYY-MM-DD.")
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise BadInput("as_of", "There is no such day in the calendar.") from None


class CatchUpFilter(PagedFilter):
    since = day_field("Mail due since")
