"""Steps to be taken, and plans that wait for a signature."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.urls import reverse

from patients.access import Permission
from patients.clock import today_in
from patients.presenters import words
from tapers.domain.dose import mg_text
from tracker.dashboard.presenters.worklist.row import (
    DRAFT,
    STEP,
    Item,
    Link,
    Reader,
    alerts_link,
    alerts_text,
    allowed,
    person_of,
    phone_of,
    why_not,
)
from tracker.dashboard.selectors import StepWaiting

if TYPE_CHECKING:
    from tapers.models import Taper

STEPS_BY = "A nurse or a prescriber records steps."


def step_row(waiting: StepWaiting, reader: Reader) -> Item:
    """Its alert is given a reason on the patient page; with the step it closes by itself."""
    patient, due, step = waiting.patient, waiting.due, waiting.due.step
    today = today_in(patient.time_zone, at=reader.at)
    url = reverse("step-report", args=[due.taper_id, step.number])
    dose = f"{mg_text(step.daily_mg)} mg a day" if step.daily_mg else "no steroid"
    return Item(
        key=f"step-{due.taper_id}",
        kind=STEP,
        group="late" if due.days_late else "due",
        icon="late" if due.days_late else "due",
        what=f"Step {step.number}: {dose}",
        since=words.late_by(due.days_late),
        action=allowed(reader, Permission.REPORT_STEP, "Record step", f"{url}?next={reader.here}"),
        links=(_plan_link(due.taper_id), *alerts_link(patient, waiting.alerts)),
        detail=(
            f"Planned for {words.day(step.starts_on)}.",
            f"Takes {mg_text(due.course.daily_mg)} mg a day as far as is known.",
            *(alert.message for alert in waiting.alerts),
            *alerts_text(waiting.alerts),
            phone_of(patient),
        ),
        form=STEP if Permission.REPORT_STEP in reader.may else "",
        post_to=url,
        today=today.isoformat(),
        why_not=why_not(reader, Permission.REPORT_STEP, STEPS_BY),
        order=(-due.days_late, patient.family_name),
        person=person_of(patient, today),
    )


def draft_row(taper: "Taper", reader: Reader) -> Item:
    patient = taper.patient
    signs = Permission.ACTIVATE_TAPER in reader.may
    created = words.from_today(today_in(reader.zone, at=taper.created_at), today=reader.today)
    return Item(
        key=f"draft-{taper.pk}",
        kind=DRAFT,
        group="waiting",
        icon="sign",
        what=f"Plan waits for signature: from {mg_text(taper.start_daily_mg)} mg a day",
        since=f"drafted {created}",
        action=Link(
            "Review and sign" if signs else "Look at it", reverse("taper", args=[taper.pk])
        ),
        detail=(
            f"First reduction {words.day(taper.starts_on)}, first day without steroid "
            f"{words.day(taper.first_zero_on)}.",
        ),
        why_not="" if signs else "A prescriber signs.",
        order=(0, patient.family_name),
        person=person_of(patient, reader.today),
    )


def _plan_link(taper_id: UUID) -> Link:
    return Link("Open the plan", reverse("taper", args=[taper_id]))
