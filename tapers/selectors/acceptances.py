"""Which warnings of a taper somebody went on despite, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User

from tapers.domain.rules.rule import Finding, Severity
from tapers.models import Alert, Taper


@dataclass(frozen=True)
class Accepted:
    """A finding somebody went on despite, with a reason."""

    severity: Severity
    reason: str
    by: User
    at: datetime

    def covers(self, finding: Finding) -> bool:
        """Tell whether it was accepted when it was at least as severe."""
        return self.severity.rank <= finding.severity.rank


def accepted_on(taper: Taper) -> dict[str, Accepted]:
    """Return by code the most severe acceptance on this taper, the latest of equals."""
    accepted: dict[str, Accepted] = {}
    rows = Alert.objects.filter(taper=taper, acknowledged_at__isnull=False)
    for row in rows.select_related("acknowledged_by").order_by("revision_number"):
        if row.acknowledged_by is None or row.acknowledged_at is None:
            continue
        severity = Severity(row.asked_severity)
        held = accepted.get(row.code)
        if held is None or severity.rank <= held.severity.rank:
            accepted[row.code] = Accepted(
                severity, row.reason, row.acknowledged_by, row.acknowledged_at
            )
    return accepted


def asks_for_a_reason(finding: Finding, accepted: Mapping[str, Accepted]) -> bool:
    """A warning asks once a taper, and again when it has become more severe."""
    held = accepted.get(finding.code)
    return finding.needs_reason and (held is None or not held.covers(finding))
