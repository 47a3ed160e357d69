"""Reasons given when a steroid-sparing drug is started or changed, kept with their alerts."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.contrib.auth.models import User

from patients.models import Patient
from tapers.domain.rules.episodes import Decision, Raised, decision_for
from tapers.domain.rules.rule import Finding, Severity
from tapers.domain.rules.rulebook import course_rule_for
from tapers.models import Alert
from tapers.selectors.sparing_previews import CODES
from tapers.services.alerts import acknowledge_alert


def asks_for_a_reason(finding: Finding) -> bool:
    """A warning asks, but for an overdue check: its alert stands until the blood is tested."""
    return finding.needs_reason and finding.code != "LAB_OVERDUE"


def already_accepted(*, patient: Patient, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return those that somebody took note of with a reason, go on since, and are no worse now."""
    rows = Alert.objects.filter(
        patient=patient,
        taper__isnull=True,
        code__in=CODES,
        acknowledged_at__isnull=False,
        closed_at__isnull=True,
    )
    raised = [Raised(row.code, row.episode, Severity(row.severity), row.extent) for row in rows]
    return tuple(
        finding
        for finding in findings
        if decision_for(finding=finding, raised=raised, rule=course_rule_for(finding.code))
        is Decision.KEEP
    )


def keep_reasons(
    *, actor: User, patient: Patient, reasons: Mapping[str, str], at: datetime
) -> tuple[Alert, ...]:
    """Acknowledge each open alert of these drugs for which a reason was given."""
    waiting = Alert.objects.filter(
        patient=patient,
        taper__isnull=True,
        code__in=CODES & reasons.keys(),
        acknowledged_at__isnull=True,
        closed_at__isnull=True,
    )
    return tuple(
        acknowledge_alert(actor=actor, alert=alert, reason=reasons[alert.code], at=at)
        for alert in waiting.order_by("code", "episode")
    )
