"""Alerts that wait for a reason, and those to be looked at again."""

from dataclasses import replace
from typing import TYPE_CHECKING

from django.urls import reverse

from patients.access import Permission
from patients.clock import today_in
from patients.presenters import words
from patients.selectors import name_of
from tapers.domain.rules.titles import title_of
from tapers.presenters.alerts import cause_of
from tracker.dashboard.presenters.worklist.row import (
    ALERT,
    LOOK,
    Item,
    Link,
    Reader,
    person_of,
    why_not,
)
from tracker.dashboard.selectors import AlertsWaiting

if TYPE_CHECKING:
    from tapers.models import Alert

REASONS_BY = "A prescriber gives the reason."


def alerts_row(waiting: AlertsWaiting, reader: Reader) -> Item:
    first, *others = (_alert_row(alert, reader) for alert in waiting.alerts)
    return replace(first, beside=tuple(others))


def _alert_row(alert: "Alert", reader: Reader) -> Item:
    critical = alert.severity == "CRITICAL"
    patient = alert.patient
    raised = words.from_today(today_in(reader.zone, at=alert.raised_at), today=reader.today)
    gives_reasons = Permission.ACKNOWLEDGE_ALERT in reader.may
    return Item(
        key=f"alert-{alert.pk}",
        kind=ALERT,
        group="critical" if critical else "waiting",
        icon="critical" if critical else "late",
        what=title_of(alert.code),
        since=f"raised {raised}",
        action=Link(
            "Give a reason" if gives_reasons else "Look at it",
            f"{reverse('patient', args=[patient.pk])}#alerts",
        ),
        detail=(alert.message, f"Raised by {cause_of(alert).label}.", _owner(alert)),
        form=ALERT if gives_reasons else "",
        post_to=reverse("alert-acknowledge", args=[alert.pk]),
        why_not=why_not(reader, Permission.ACKNOWLEDGE_ALERT, REASONS_BY),
        order=(0, patient.family_name),
        person=person_of(patient, reader.today),
    )


def _owner(alert: "Alert") -> str:
    if alert.owner is None:
        return "Nobody looks after it yet."
    return f"{name_of(alert.owner.user)} looks after it."


def look_row(alert: "Alert", reader: Reader) -> Item:
    """An alert somebody gave a reason for, whose next look has come."""
    patient = alert.patient
    asked_on = alert.next_check_on or reader.today
    may = Permission.ACKNOWLEDGE_ALERT in reader.may
    where = f"{reverse('patient', args=[patient.pk])}#alerts"
    return Item(
        key=f"look-{alert.pk}",
        kind=ALERT,
        group="due",
        icon="calendar",
        what=f"Look again: {title_of(alert.code)}",
        since=f"asked for {words.from_today(asked_on, today=reader.today)}",
        action=Link("Look again" if may else "Look at it", where),
        detail=(alert.message, f"Reason given: {alert.reason}", _owner(alert)),
        form=LOOK if may else "",
        post_to=reverse("alert-check", args=[alert.pk]),
        why_not="" if may else REASONS_BY,
        order=(0, patient.family_name),
        person=person_of(patient, reader.today),
    )
