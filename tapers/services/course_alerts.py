"""What the rulebook says of the course of a patient is stored as alerts, one an episode."""

import logging
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from patients import audit
from patients.access import Actor
from patients.clock import today_in
from patients.models import Assessment, Patient
from patients.vocabulary import Event
from tapers.domain.rules.episodes import Decision, Raised, decision_for, no_longer_said
from tapers.domain.rules.rule import Finding, Severity
from tapers.domain.rules.rulebook import VERSION, course_findings, course_rule_for
from tapers.models import Alert, StepReport, SymptomReport
from tapers.selectors.record import course_facts
from tapers.services.alerts import stored_source

Cause = Assessment | StepReport | SymptomReport
BY_RULEBOOK = "rulebook"
TOLD_AT_ONCE = ("ADRENAL_RED", "ADRENAL_MINOR")  # raised by the report itself during a taper
DIGITS = Decimal("0.0001")
log = logging.getLogger(__name__)


def evaluate_course(
    *, patient: Patient, actor: Actor | None = None, cause: Cause | None = None, at: datetime
) -> tuple[Alert, ...]:
    """Ask every rule of the course as of today, and raise what is new or has become worse.

    Nothing is stopped by it: a rule that fails is logged, and what the caller stored stays. What
    a rule no longer says is closed, except what is critical: that waits for a person.
    """
    try:
        with transaction.atomic():
            return _evaluate(patient, actor, cause, at=at)
    except Exception:
        log.exception("The rules of the course failed for patient %s.", patient.pk)
        return ()


def _evaluate(
    patient: Patient, actor: Actor | None, cause: Cause | None, *, at: datetime
) -> tuple[Alert, ...]:
    locked = Patient.objects.select_for_update(of=("self",), no_key=True)
    patient = locked.select_related("clinic").get(pk=patient.pk)
    today = today_in(patient.time_zone, at=at)
    found = _not_told_yet(
        patient, course_findings(facts=course_facts(patient=patient, as_of=today), as_of=today)
    )
    standing = _standing(patient)
    raised = [_raised(row) for row in standing]
    decided = [
        (finding, decision_for(finding=finding, raised=raised, rule=course_rule_for(finding.code)))
        for finding in found
    ]
    new = [finding for finding, decision in decided if decision is not Decision.KEEP]
    _close(standing, raised, found, new, at=at)
    alerts = Alert.objects.bulk_create(_alert(patient, each, cause, at=at) for each in new)
    for alert in alerts:
        _tell(alert, actor, at=at)
    return tuple(alerts)


def _raised(alert: Alert) -> Raised:
    return Raised(alert.code, alert.episode, Severity(alert.severity), alert.extent)


def _standing(patient: Patient) -> list[Alert]:
    """Alerts of the course that are open, or that somebody took note of."""
    rows = Alert.objects.filter(patient=patient, taper__isnull=True)
    return [row for row in rows if row.acknowledged_at is not None or row.closed_at is None]


def _not_told_yet(patient: Patient, found: Iterable[Finding]) -> list[Finding]:
    """Leave out what the report itself raised: while that is open, and of its day or before."""
    told: dict[str, date] = {}
    rows = Alert.objects.filter(patient=patient, taper__isnull=False, code__in=TOLD_AT_ONCE)
    for row in rows:
        is_open = row.acknowledged_at is None and row.closed_at is None
        day = date.max if is_open else today_in(patient.time_zone, at=row.raised_at)
        told[row.code] = max(day, told.get(row.code, day))
    return [
        finding
        for finding in found
        if finding.code not in told or str(told[finding.code]) < finding.values["reported_on"]
    ]


def _close(
    standing: list[Alert],
    raised: list[Raised],
    found: list[Finding],
    new: list[Finding],
    *,
    at: datetime,
) -> None:
    """Close what is raised again, and what no rule says any more."""
    replaced = {(each.code, each.episode) for each in new}
    silent = no_longer_said(raised=raised, findings=found)
    over = {(each.code, each.episode) for each in silent if each.severity is not Severity.CRITICAL}
    ids = [
        row.pk
        for row in standing
        if row.closed_at is None
        and row.acknowledged_at is None
        and (row.code, row.episode) in replaced | over
    ]
    Alert.objects.filter(pk__in=ids).update(closed_at=at)


def _alert(patient: Patient, finding: Finding, cause: Cause | None, *, at: datetime) -> Alert:
    return Alert(
        patient=patient,
        assessment=cause if isinstance(cause, Assessment) else None,
        step_report=cause if isinstance(cause, StepReport) else None,
        symptom_report=cause if isinstance(cause, SymptomReport) else None,
        code=finding.code,
        severity=finding.severity,
        asked_severity=finding.severity,
        episode=finding.episode,
        extent=None if finding.extent is None else finding.extent.quantize(DIGITS),
        message=finding.message,
        values=dict(finding.values),
        sources=[stored_source(each) for each in finding.sources],
        rulebook_version=VERSION,
        raised_at=at,
    )


def _tell(alert: Alert, actor: Actor | None, *, at: datetime) -> None:
    if not Severity(alert.severity).needs_reason:
        return
    audit.record(
        Event.ALERT_RAISED,
        patient=alert.patient,
        actor=actor,
        system="" if actor is not None else BY_RULEBOOK,
        at=at,
        subject=alert,
        code=alert.code,
        severity=alert.severity,
        episode=alert.episode,
        rulebook=alert.rulebook_version,
    )
