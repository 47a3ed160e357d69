"""What the rulebook says of a plan is stored as alerts; warnings wait for somebody's reason."""

from collections.abc import Mapping
from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import transaction

from patients import audit
from patients.access import Actor, Permission, check, user_of
from patients.clock import today_in
from patients.errors import BadInput
from patients.models import Patient
from patients.selectors.trail import done_by
from patients.vocabulary import Event
from tapers.domain.plan import Plan, days_after
from tapers.domain.rules.rule import Finding, Severity
from tapers.domain.rules.rulebook import VERSION, findings
from tapers.domain.sources import Source
from tapers.errors import AlreadyAcknowledged, NeedsReason
from tapers.models import Alert, PlanRevision, Taper
from tapers.selectors.acceptances import (
    Accepted,
    accepted_on,
    asks_for_a_reason,
    carried_over,
)
from tapers.selectors.facts import context_of_taper
from tapers.services.escalation import ask_for_escalation
from tapers.services.revisions import words
from tapers.vocabulary import Origin

NEXT_CHECK_WITHIN_DAYS = 90


def checked_reasons(reasons: Mapping[str, str]) -> dict[str, str]:
    """Return the reasons by code, trimmed. Raise BadInput for one that says nothing."""
    clean: dict[str, str] = {}
    faults: dict[str, list[str]] = {}
    for code, text in reasons.items():
        field = f"reasons.{code}"
        try:
            clean[code] = words(field, text)
        except BadInput as fault:
            faults[field] = [fault.message]
    if faults:
        raise BadInput.of(faults)
    return clean


def store_findings(
    *,
    actor: Actor,
    taper: Taper,
    plan: Plan,
    revision: PlanRevision,
    reasons: Mapping[str, str] | None = None,
    blocks: bool = False,
    at: datetime,
) -> tuple[Alert, ...]:
    """Store what the rulebook says of the revision, in place of what it said of those before.

    With *blocks*, a warning without its reason raises NeedsReason. What was accepted before on
    this taper is not asked again while it says no more than it did; its reason is carried over.
    """
    accepted = carried_over(
        accepted_on(taper),
        said=_said(taper, plan, revision, {}),
        origin=Origin(revision.origin),
    )
    given = dict(reasons or {})
    known = {code: each.reason for code, each in accepted.items()}
    asked = {each.code: each for each in _said(taper, plan, revision, known)}
    waiting = {code: each for code, each in asked.items() if asks_for_a_reason(each, accepted)}
    missing = tuple(each for code, each in waiting.items() if code not in given)
    if blocks and missing:
        raise NeedsReason(missing)
    _close_open(taper, at=at)
    now_given = {code: given[code] for code in asked if code in given}
    alerts = []
    for finding in _said(taper, plan, revision, known | now_given):
        before = asked.get(finding.code, finding)
        acceptance = _acceptance(
            before, accepted, now_given.get(finding.code, ""), actor=actor, at=at
        )
        alerts.append(_alert(taper, revision, finding, before.severity, acceptance, at=at))
    Alert.objects.bulk_create(alerts)
    for alert in alerts:
        _tell(alert, actor=actor, overridden=alert.code in waiting, at=at)
    ask_for_escalation(taper.patient, at)
    return tuple(alerts)


def close_alerts(taper: Taper, at: datetime) -> None:
    """Nothing waits for a reason any more on a taper that is over."""
    _close_open(taper, at=at)
    ask_for_escalation(taper.patient, at)


@transaction.atomic
def acknowledge_alert(
    *, actor: User, alert: Alert, reason: str, next_check_on: date | None = None, at: datetime
) -> Alert:
    """Take note of an alert with a reason; the same is then not asked again on this taper.

    On *next_check_on*, a day after today and at most 90 days ahead, it is on the worklist again.
    """
    check(actor, Permission.ACKNOWLEDGE_ALERT, alert.patient)
    reason = words("reason", reason)
    check_next_day(alert.patient, next_check_on, at=at)
    alert = locked_alert(alert)
    if not alert.is_open:
        raise AlreadyAcknowledged(_by_whom(alert))
    alert.reason, alert.acknowledged_by, alert.acknowledged_at = reason, actor, at
    alert.next_check_on = next_check_on
    alert.save(update_fields=["reason", "acknowledged_by", "acknowledged_at", "next_check_on"])
    ask_for_escalation(alert.patient, at)
    audit.record(
        Event.ALERT_ACKNOWLEDGED,
        patient=alert.patient,
        actor=actor,
        at=at,
        subject=alert,
        code=alert.code,
        severity=alert.severity,
        revision=alert.revision_number,
    )
    return alert


def _by_whom(alert: Alert) -> str:
    events = (Event.ALERT_ACKNOWLEDGED, Event.RULE_OVERRIDDEN)
    return done_by(patient=alert.patient, subject=alert, events=events)


def locked_alert(alert: Alert) -> Alert:
    """Return the row, locked after its patient, as whoever raises alerts does."""
    Patient.objects.select_for_update(no_key=True).get(pk=alert.patient_id)
    rows = Alert.objects.select_for_update(of=("self",)).select_related("patient__clinic", "taper")
    return rows.get(pk=alert.pk)


def check_next_day(patient: Patient, day: date | None, *, at: datetime) -> None:
    """Raise BadInput unless the day lies after today, and no further than 90 days ahead."""
    if day is None:
        return
    today = today_in(patient.clinic.time_zone, at=at)
    first, last = days_after(today, 1), days_after(today, NEXT_CHECK_WITHIN_DAYS)
    if not first <= day <= last:
        raise BadInput("next_check_on", f"Give a day from {first} to {last}, or none.")


def _said(
    taper: Taper, plan: Plan, revision: PlanRevision, reasons: Mapping[str, str]
) -> tuple[Finding, ...]:
    context = context_of_taper(taper=taper, plan=plan, revision=revision, reasons=reasons)
    return findings(plan=plan, context=context)


def _acceptance(
    finding: Finding, accepted: Mapping[str, Accepted], reason: str, *, actor: Actor, at: datetime
) -> Accepted | None:
    member = user_of(actor)
    if reason and member is not None:
        return Accepted(finding.severity, reason, member, at, finding.message, dict(finding.values))
    held = accepted.get(finding.code)
    return held if held is not None and held.covers(finding) else None


def _alert(
    taper: Taper,
    revision: PlanRevision,
    finding: Finding,
    asked: Severity,
    acceptance: Accepted | None,
    *,
    at: datetime,
) -> Alert:
    most = asked
    if acceptance is not None and acceptance.severity.rank < asked.rank:
        most = acceptance.severity
    return Alert(
        patient=taper.patient,
        taper=taper,
        revision_number=revision.number,
        code=finding.code,
        severity=finding.severity,
        asked_severity=most,
        message=finding.message,
        values=dict(finding.values),
        sources=[stored_source(each) for each in finding.sources],
        rulebook_version=VERSION,
        raised_at=at,
        reason=acceptance.reason if acceptance else "",
        acknowledged_by=acceptance.by if acceptance else None,
        acknowledged_at=acceptance.at if acceptance else None,
    )


def stored_source(source: Source) -> dict[str, str | int | None]:
    return {
        "code": source.code,
        "title": source.title,
        "year": source.year,
        "kind": str(source.kind),
        "mark": str(source.mark),
        "link": source.link,
        "note": source.note,
        "reviewed_by": source.reviewed_by,
        "reviewed_on": source.reviewed_on.isoformat() if source.reviewed_on else None,
    }


def _close_open(taper: Taper, *, at: datetime) -> None:
    """Close what the rulebook said of the plan; what a patient reported stays until it is met."""
    of_plan = Alert.objects.filter(taper=taper, symptom_report__isnull=True)
    of_plan.filter(closed_at__isnull=True).update(closed_at=at)


def _tell(alert: Alert, *, actor: Actor, overridden: bool, at: datetime) -> None:
    """Record who went on despite a warning, and which warnings wait for somebody."""
    if alert.acknowledged_at is None:
        event = Event.ALERT_RAISED if Severity(alert.severity).needs_reason else None
    else:
        event = Event.RULE_OVERRIDDEN if overridden else None
    if event is not None:
        audit.record(
            event,
            patient=alert.patient,
            actor=actor,
            at=at,
            subject=alert,
            code=alert.code,
            severity=alert.asked_severity,
            revision=alert.revision_number,
            rulebook=alert.rulebook_version,
        )
