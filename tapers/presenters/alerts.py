"""An alert for a reader: what was found, what brought it up, whose it is and what comes next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.urls import reverse

from patients.clock import today_in
from patients.presenters import words
from patients.selectors import name_of
from tapers.presenters.findings import FindingRow, finding_row
from tapers.presenters.values import value_rows
from tapers.selectors.findings import finding_of

if TYPE_CHECKING:
    from patients.models import Membership
    from tapers.models import Alert, SymptomReport


@dataclass(frozen=True)
class Cause:
    """What brought an alert up, and the page that tells more; an empty href has none."""

    label: str
    href: str = ""


@dataclass(frozen=True)
class Look:
    """A later look at an alert."""

    when: str
    by: str
    note: str


@dataclass(frozen=True)
class Colleague:
    id: UUID
    name: str


@dataclass(frozen=True)
class AlertRow:
    """`mine`: the reader looks after it. `tells_leads`: when they are told if nobody acts.

    `over`: since when it is no longer so, of what somebody took note of.
    """

    id: UUID
    finding: FindingRow
    raised: str
    cause: Cause
    values: tuple[tuple[str, str], ...]
    rulebook: str
    owner: str
    mine: bool
    tells_leads: str
    reason: str
    reason_by: str
    over: str
    next_check: str
    looks: tuple[Look, ...]


def alert_rows(
    alerts: Iterable["Alert"],
    *,
    reader: "Membership | None",
    escalations: Mapping[UUID, datetime],
    at: datetime,
) -> tuple[AlertRow, ...]:
    return tuple(
        _row(alert, reader=reader, escalates_at=escalations.get(alert.pk), at=at)
        for alert in alerts
    )


def colleagues_of(members: Iterable["Membership"]) -> tuple[Colleague, ...]:
    return tuple(Colleague(each.pk, name_of(each.user)) for each in members)


def cause_of(alert: "Alert") -> Cause:
    """The visit, step, report or plan; without any it fell due by the calendar."""
    if alert.assessment is not None:
        href = reverse("visit", args=[alert.patient_id, alert.assessment.pk])
        return Cause(f"the visit of {words.day(alert.assessment.assessed_on)}", href)
    if alert.step_report is not None:
        report = alert.step_report
        return Cause(
            f"what was said of step {report.step_number} on {words.day(report.reported_on)}",
            reverse("taper", args=[report.taper_id]),
        )
    if alert.symptom_report is not None:
        return Cause(_symptoms_told(alert.symptom_report))
    if alert.taper_id is not None:
        href = reverse("taper", args=[alert.taper_id])
        return Cause(f"revision {alert.revision_number} of the plan", href)
    return Cause("the calendar: it fell due")


def _symptoms_told(report: "SymptomReport") -> str:
    told = f"reported on {words.day(report.reported_on)}"
    of_a_day = f"of {words.day(report.happened_on)}, " if report.was_told_later else ""
    in_error = ", marked as entered in error" if report.in_error_at else ""
    return f"symptoms {of_a_day}{told}{in_error}"


def _row(
    alert: "Alert", *, reader: "Membership | None", escalates_at: datetime | None, at: datetime
) -> AlertRow:
    zone = alert.patient.clinic.time_zone
    today = today_in(zone, at=at)
    raised_on = today_in(zone, at=alert.raised_at)
    return AlertRow(
        id=alert.pk,
        finding=finding_row(finding_of(alert)),
        raised=f"{words.day(raised_on)}, {words.from_today(raised_on, today=today)}",
        cause=cause_of(alert),
        values=value_rows(alert.code, alert.values),
        rulebook=alert.rulebook_version,
        owner=name_of(alert.owner.user) if alert.owner else "",
        mine=reader is not None and alert.owner_id == reader.pk,
        tells_leads=_leads(escalates_at, zone=zone, at=at),
        reason=alert.reason,
        reason_by=_by(alert, zone),
        over=_over(alert, zone),
        next_check=words.day(alert.next_check_on) if alert.next_check_on else "",
        looks=tuple(
            Look(words.instant(each.checked_at, zone=zone), name_of(each.checked_by), each.note)
            for each in sorted(alert.checks.all(), key=lambda check: check.checked_at)
        ),
    )


def _by(alert: "Alert", zone: str) -> str:
    if alert.acknowledged_by is None or alert.acknowledged_at is None:
        return ""
    return f"{name_of(alert.acknowledged_by)}, {words.instant(alert.acknowledged_at, zone=zone)}"


def _over(alert: "Alert", zone: str) -> str:
    if alert.taper_id is not None or alert.acknowledged_at is None or alert.closed_at is None:
        return ""
    since = words.instant(alert.closed_at, zone=zone)
    return f"No rule says this since {since}. The same again would be a new alert."


def _leads(escalates_at: datetime | None, *, zone: str, at: datetime) -> str:
    if escalates_at is None:
        return ""
    when = words.instant(escalates_at, zone=zone)
    if escalates_at <= at:
        return f"Nobody has acted; the leads were to be told on {when}."
    return f"If nobody acts, the leads are told on {when}."
