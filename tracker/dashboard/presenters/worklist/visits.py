"""Visits that are due: one row a patient, however much is to be measured."""

from datetime import date

from django.urls import reverse

from patients.access import Permission
from patients.instruments.measure import MeasureDomain
from patients.presenters import words
from tapers.domain.monitoring import MonitoringState
from tapers.selectors import VisitDue
from tracker.dashboard.presenters.worklist.row import (
    VISIT,
    VISITS_BY,
    Item,
    Reader,
    alerts_link,
    alerts_text,
    allowed,
    person_of,
    phone_of,
    why_not,
)
from tracker.dashboard.selectors import VisitWaiting

DOMAINS = {
    MeasureDomain.MMT: "strength",
    MeasureDomain.FUNCTION: "function",
    MeasureDomain.CK: "CK",
}


def visit_row(waiting: VisitWaiting, reader: Reader) -> Item:
    """The alerts of the domains stay one each; they are given a reason on the patient page."""
    patient, due = waiting.patient, waiting.due
    overdue = due is None or due.state is MonitoringState.OVERDUE
    return Item(
        key=f"visit-{patient.pk}",
        kind=VISIT,
        group="late" if overdue else "due",
        icon="late" if overdue else "calendar",
        what=_what(waiting, overdue=overdue),
        since=_since(waiting, reader.today),
        action=allowed(
            reader,
            Permission.RECORD_ASSESSMENT,
            "Record visit",
            reverse("visit-new", args=[patient.pk]),
        ),
        links=alerts_link(patient, waiting.alerts),
        detail=_detail(waiting),
        why_not=why_not(reader, Permission.RECORD_ASSESSMENT, VISITS_BY),
        order=(-due.days if due else 0, patient.family_name),
        person=person_of(patient, reader.today),
    )


def _what(waiting: VisitWaiting, *, overdue: bool) -> str:
    """Return "Visit overdue: strength, function and CK, last done Thu 3 Sep 2026"."""
    word = "Visit overdue" if overdue else "Visit due"
    by_day: dict[date | None, list[str]] = {}
    for domain, last_on in _domains(waiting):
        by_day.setdefault(last_on, []).append(DOMAINS[domain])
    said = "; ".join(f"{words.joined(names)}, {_done(on)}" for on, names in by_day.items())
    return f"{word}: {said}" if said else word


def _domains(waiting: VisitWaiting) -> tuple[tuple[MeasureDomain, date | None], ...]:
    if waiting.due is not None:
        return waiting.due.domains
    told = {alert.values["domain"]: alert.values["last_on"] for alert in waiting.alerts}
    return tuple((domain, _day(told[domain])) for domain in DOMAINS if domain in told)


def _day(text: str) -> date | None:
    return None if text == "not recorded" else date.fromisoformat(text)


def _done(on: date | None) -> str:
    return f"last done {words.day(on)}" if on else "not recorded yet"


def _since(waiting: VisitWaiting, today: date) -> str:
    due = waiting.due
    if due is None:
        return "overdue"
    if due.state is MonitoringState.OVERDUE:
        return f"overdue by {words.counted((today - due.overdue_on).days + 1, 'day')}"
    return f"due {words.from_today(due.due_on, today=today)}"


def _detail(waiting: VisitWaiting) -> tuple[str, ...]:
    lines = ["Strength, function and CK make a full visit."]
    if (due := waiting.due) is not None:
        lines.insert(0, _days(due))
    return (*lines, *alerts_text(waiting.alerts), phone_of(waiting.patient))


def _days(due: VisitDue) -> str:
    return f"Due since {words.day(due.due_on)}, overdue from {words.day(due.overdue_on)}."
