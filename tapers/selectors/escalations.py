"""When an alert on which nobody acts goes to the leads of its clinic; visible beforehand."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from notifications.policy import (
    Audience,
    Kind,
    ReminderRequest,
    TeamMailOn,
    instant_for,
    working_day_from,
)
from notifications.selectors.policy import policy_of
from patients.models import Clinic, Patient
from tapers.domain.protocol import Protocol
from tapers.domain.rules.rule import Severity
from tapers.models import Alert
from tapers.selectors.findings import open_alerts_of
from tapers.selectors.protocols import protocol_of

WARNINGS_AT = time(9)
STANDS = timedelta(days=14)


def escalation_source(patient: Patient) -> str:
    return f"alerts:{patient.pk}"


def waits_since(alert: Alert) -> datetime | None:
    """Return since when nobody acts; None for an alert that somebody took on since it was raised.

    An alert that became worse is raised anew: who had the milder one has not acted on it yet.
    """
    changed_at = alert.owner_changed_at
    if changed_at is None or changed_at < alert.raised_at:
        return alert.raised_at
    return changed_at if alert.owner_id is None else None


def escalates_at(
    alert: Alert, *, clinic: Clinic, protocol: Protocol, mail_on: TeamMailOn
) -> datetime | None:
    """Return when the leads are told; None where it is not open, a note, or somebody's."""
    since = waits_since(alert)
    if since is None or not alert.is_open or not Severity(alert.severity).needs_reason:
        return None
    if alert.severity == Severity.CRITICAL:
        return since + timedelta(hours=protocol.critical_escalates_after_hours)
    day = since.astimezone(ZoneInfo(clinic.time_zone)).date()
    day += timedelta(days=protocol.warning_escalates_after_days)
    return instant_for(
        local_date=_working(day, clinic, mail_on), local_time=WARNINGS_AT, zone=clinic.time_zone
    )


def escalations_of(alerts: Iterable[Alert], *, clinic: Clinic) -> dict[Alert, datetime]:
    """Return when each alert of the clinic that nobody acts on goes to the leads."""
    protocol, mail_on = protocol_of(clinic), policy_of(clinic).team_mail_on
    told = {
        alert: escalates_at(alert, clinic=clinic, protocol=protocol, mail_on=mail_on)
        for alert in alerts
    }
    return {alert: at for alert, at in told.items() if at is not None}


def escalations_by_alert(alerts: Iterable[Alert]) -> dict[UUID, datetime]:
    """The same for alerts of several clinics, by id; two queries a clinic."""
    by_clinic: dict[Clinic, list[Alert]] = {}
    for alert in alerts:
        by_clinic.setdefault(alert.patient.clinic, []).append(alert)
    return {
        alert.pk: at
        for clinic, rows in by_clinic.items()
        for alert, at in escalations_of(rows, clinic=clinic).items()
    }


def escalation_requests_of(
    patients: Collection[Patient],
) -> dict[UUID, tuple[ReminderRequest, ...]]:
    """Return one mail to the leads a day on which an alert of the patient has waited too long."""
    alerts = open_alerts_of(patients)
    told = escalations_by_alert(alerts)
    first: dict[UUID, dict[date, datetime]] = {patient.pk: {} for patient in patients}
    for alert in alerts:
        if (at := told.get(alert.pk)) is not None:
            local = at.astimezone(ZoneInfo(alert.patient.clinic.time_zone))
            days = first[alert.patient_id]
            days[local.date()] = min(local, days.get(local.date(), local))
    return {
        patient.pk: tuple(
            _request(patient.clinic, first[patient.pk][day]) for day in sorted(first[patient.pk])
        )
        for patient in patients
    }


def _request(clinic: Clinic, local: datetime) -> ReminderRequest:
    ends = local + STANDS
    return ReminderRequest(
        kind=Kind.ALERT_ESCALATED,
        audience=Audience.LEADS,
        local_date=local.date(),
        local_time=local.time(),
        time_zone=clinic.time_zone,
        expires_date=ends.date(),
        expires_time=ends.time(),
        reason="An alert was neither taken on nor acknowledged.",
    )


def _working(day: date, clinic: Clinic, mail_on: TeamMailOn) -> date:
    if mail_on is TeamMailOn.WORKING_DAYS:
        return working_day_from(day, country=clinic.country)
    return day
