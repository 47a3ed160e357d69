from functools import cache
from zoneinfo import available_timezones

from django import forms

from patients.forms.page import MEDIUM, TO_CHOOSE, PageForm, day_field, line_field
from patients.vocabulary import Language, PatientStatus, Sex

NOT_PLACES = ("Etc/", "posix/", "right/", "SystemV/", "US/")


@cache
def zone_choices() -> tuple[tuple[str, str], ...]:
    zones = sorted(
        zone for zone in available_timezones() if "/" in zone and not zone.startswith(NOT_PLACES)
    )
    return tuple((zone, zone.replace("_", " ")) for zone in zones)


class PatientForm(PageForm):
    """A new patient, or changed details of one."""

    given_name = line_field("Given name", most=60)
    family_name = line_field("Family name", most=60)
    birth_date = day_field("Date of birth")
    sex = forms.ChoiceField(
        label="Sex",
        choices=[TO_CHOOSE, *Sex.choices],
        widget=forms.Select(attrs=MEDIUM),
    )
    record_number = line_field(
        "Record number",
        most=40,
        help_text="As your clinic's records have it. One patient a number.",
    )
    email = forms.CharField(
        label="E-mail",
        max_length=254,
        required=False,
        widget=forms.EmailInput(),
        help_text="Used only with consent, and only after the patient has confirmed it.",
    )
    phone = line_field("Phone", most=32, required=False)
    language = forms.ChoiceField(
        label="Language",
        choices=Language.choices,
        initial=Language.EN,
        widget=forms.Select(attrs=MEDIUM),
    )
    time_zone = forms.ChoiceField(
        label="Time zone",
        choices=zone_choices,
        help_text="Reminders come at the patient's own time of day.",
    )


class PatientChangeForm(PatientForm):
    status = forms.ChoiceField(
        label="Status",
        choices=PatientStatus.choices,
        widget=forms.Select(attrs=MEDIUM),
        help_text="No reminder goes to a patient who has died or is treated elsewhere.",
    )
