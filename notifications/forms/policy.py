"""What a lead decides of a clinic's reminders."""

from typing import Any

from django import forms

from notifications.policy import KIND_LABELS, NEVER_PAUSED, ClinicRules, Kind, TeamMailOn
from notifications.services.policy import LADDERS, LONGEST_REASON, MOST_DAYS, RUNGS
from patients.forms.page import PageForm, days_field, note_field

TEAM_MAIL_ON = (
    (TeamMailOn.WORKING_DAYS.value, "Working days: what falls on a weekend or holiday waits"),
    (TeamMailOn.EVERY_DAY.value, "Every day"),
)
EVERY_KIND = ("", "Every kind that can be paused")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(attrs={"class": "short"}, format="%H:%M")


def _time_field(label: str) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        widget=TimeInput(),
        input_formats=["%H:%M"],
        error_messages={"invalid": "Give a time of day as HH:MM, from 00:00 to 23:59."},
    )


def _rung_field(label: str) -> forms.IntegerField:
    return days_field(label, required=False, help_text=f"Days, 1 to {MOST_DAYS}. Empty: never.")


class PolicyForm(PageForm):
    quiet_from = _time_field("No mail to patients from")
    quiet_until = _time_field("Mail to patients again from")
    step_second_days = _rung_field("Ask the patient once more after")
    step_team_days = _rung_field("Tell the team, with a task to call, after")
    step_lead_days = _rung_field("Tell the leads after")
    visit_second_days = _rung_field("Ask the patient once more after")
    visit_team_days = _rung_field("Tell the team, with a task to call, after")
    visit_lead_days = _rung_field("Tell the leads after")
    team_mail_on = forms.ChoiceField(
        label="Such mail reaches the team on", choices=TEAM_MAIL_ON, widget=forms.RadioSelect()
    )

    @classmethod
    def of(cls, rules: ClinicRules) -> "PolicyForm":
        return cls(initial=vars(rules) | {"team_mail_on": rules.team_mail_on.value})

    def rungs(self, ladder: str) -> list[Any]:
        return [self[f"{ladder}_{rung}_days"] for rung in RUNGS]

    @property
    def ladders(self) -> dict[str, list[Any]]:
        return {ladder: self.rungs(ladder) for ladder in LADDERS}


class PauseForm(PageForm):
    kind = forms.ChoiceField(
        label="What is paused",
        required=False,
        choices=[
            EVERY_KIND,
            *((kind.value, KIND_LABELS[kind]) for kind in Kind if kind not in NEVER_PAUSED),
        ],
    )
    reason = note_field("Why", most=LONGEST_REASON, help_text="The whole team reads it.")
    sure = forms.BooleanField(
        label="I know that mail which becomes too late meanwhile is not sent afterwards.",
        error_messages={"required": "Tick this first: patients may miss a reminder."},
    )
