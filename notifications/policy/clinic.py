"""What a clinic decides of its reminders: quiet hours, whom to tell and after how many days."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from notifications.policy.instants import instant_for


class TeamMailOn(StrEnum):
    WORKING_DAYS = "WORKING_DAYS"
    EVERY_DAY = "EVERY_DAY"


@dataclass(frozen=True)
class ClinicRules:
    """The rungs are days after an unanswered step, or after a visit became overdue; None is off.

    Quiet hours that end when they begin are none.
    """

    quiet_from: time = time(20)
    quiet_until: time = time(8)
    step_second_days: int | None = 1
    step_team_days: int | None = 3
    step_lead_days: int | None = 7
    visit_second_days: int | None = 7
    visit_team_days: int | None = 14
    visit_lead_days: int | None = 28
    team_mail_on: TeamMailOn = TeamMailOn.WORKING_DAYS


BY_DEFAULT = ClinicRules()


def quiet_until(rules: ClinicRules, *, zone: str, at: datetime) -> datetime | None:
    """Return when the quiet hours that *at* lies in end; None when it lies in none."""
    local = at.astimezone(ZoneInfo(zone))
    begins, ends, now = rules.quiet_from, rules.quiet_until, local.time()
    over_night = begins > ends
    is_quiet = (now >= begins or now < ends) if over_night else begins <= now < ends
    if not is_quiet:
        return None
    day = local.date() + timedelta(days=1 if over_night and now >= begins else 0)
    return instant_for(local_date=day, local_time=ends, zone=zone)
