from datetime import time
from typing import Any

from django.db import models

from notifications.policy import BY_DEFAULT, ClinicRules, TeamMailOn


def _rung(days: int | None) -> Any:
    return models.PositiveSmallIntegerField(null=True, blank=True, default=days)


class ClinicPolicy(models.Model):
    """What a clinic changed of the rules of its reminders; without a row the defaults hold."""

    clinic = models.OneToOneField(
        "patients.Clinic", models.PROTECT, primary_key=True, related_name="reminder_policy"
    )
    quiet_from = models.TimeField(default=time(20))
    quiet_until = models.TimeField(default=time(8))
    step_second_days = _rung(BY_DEFAULT.step_second_days)
    step_team_days = _rung(BY_DEFAULT.step_team_days)
    step_lead_days = _rung(BY_DEFAULT.step_lead_days)
    visit_second_days = _rung(BY_DEFAULT.visit_second_days)
    visit_team_days = _rung(BY_DEFAULT.visit_team_days)
    visit_lead_days = _rung(BY_DEFAULT.visit_lead_days)
    team_mail_on = models.CharField(
        max_length=12,
        choices=[(each.value, each.value) for each in TeamMailOn],
        default=BY_DEFAULT.team_mail_on.value,
    )

    def __str__(self) -> str:
        return f"reminder policy {self.pk}"

    def to_rules(self) -> ClinicRules:
        return ClinicRules(
            quiet_from=self.quiet_from,
            quiet_until=self.quiet_until,
            step_second_days=self.step_second_days,
            step_team_days=self.step_team_days,
            step_lead_days=self.step_lead_days,
            visit_second_days=self.visit_second_days,
            visit_team_days=self.visit_team_days,
            visit_lead_days=self.visit_lead_days,
            team_mail_on=TeamMailOn(self.team_mail_on),
        )
