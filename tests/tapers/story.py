"""One story for all tests of tapers: 40 mg, down 10 mg and then 2.5 mg every week.

40 | 30 from 4 May | 20 from 11 May | 10 from 18 May | 7.5 from 25 May | 5 from 1 June |
2.5 from 8 June | 0 from 15 June
"""

from datetime import UTC, date, datetime
from decimal import Decimal

from django.contrib.auth.models import User

from notifications.models import Reminder
from tapers.domain.dose import Drug
from tapers.models import Taper
from tapers.proposal import Proposal
from tapers.selectors import plan_of
from tapers.services.plans import report_step
from tests.factories_tapers import FAST, STARTS_ON

REASONS = {
    "ADRENAL_RISK": "Sick-day card handed out",
    "ASSESS_BASELINE": "Visit is booked for Thursday",
    "PLAN_LONG": "Agreed with the endocrinologist",
    "STEP_FAST": "Agreed with the endocrinologist",
    "STEP_LARGE": "Agreed with the endocrinologist",
}
FORTY_MG = Proposal(drug=Drug.PREDNISONE, daily_mg=Decimal(40), starts_on=STARTS_ON, regimen=FAST)


def may(day: int) -> date:
    return date(2026, 5, day)


def june(day: int) -> date:
    return date(2026, 6, day)


def july(day: int) -> date:
    return date(2026, 7, day)


def morning_of(day: date) -> datetime:
    """Ten in the morning in Chicago."""
    return datetime(day.year, day.month, day.day, 15, tzinfo=UTC)


def steps_of(taper: Taper) -> list[tuple[date, Decimal]]:
    return [(step.starts_on, step.daily_mg) for step in plan_of(taper).steps]


def doses(*pairs: tuple[date, str]) -> list[tuple[date, Decimal]]:
    return [(day, Decimal(mg)) for day, mg in pairs]


def taken_before(
    number: int, *, actor: User, taper: Taper, from_step: int = 1, at: datetime | None = None
) -> None:
    """Report each step before *number* as taken on its planned day, on that day or at *at*."""
    for step in plan_of(taper).steps[from_step - 1 : number - 1]:
        report_step(
            actor=actor,
            taper=taper,
            step_number=step.number,
            outcome="TAKEN",
            taken_on=step.starts_on,
            reported_by="STAFF",
            at=at or morning_of(step.starts_on),
        )


def waiting_steps(taper: Taper, *, from_on: date = date.min) -> list[tuple[date, int]]:
    """The mails of the step days that wait, from a day on: day and number of the step.

    No engine runs in these tests, so mails of days that went by wait too unless left out.
    """
    rows = Reminder.objects.filter(
        source=f"taper:{taper.pk}", kind="STEP_DAY", status="SCHEDULED", withdrawn_at=None
    )
    return sorted(
        (row.local_date, row.context["step_number"]) for row in rows if row.local_date >= from_on
    )
