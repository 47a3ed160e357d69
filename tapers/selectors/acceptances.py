"""Which warnings of a taper somebody went on despite, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User

from tapers.domain.rules.rule import Finding, Severity
from tapers.models import Alert, Taper
from tapers.vocabulary import Origin

NOT_OF_THE_STEPS = {"ADRENAL_RISK", "ASSESS_BASELINE", "DRUG_LONG_ACTING"}
NOBODY_IS_ASKED = {Origin.LATE_STEP, Origin.RESUMED}


@dataclass(frozen=True)
class Accepted:
    """A finding somebody went on despite, with a reason, and what it said to them then."""

    severity: Severity
    reason: str
    by: User
    at: datetime
    message: str
    values: Mapping[str, str]

    def covers(self, finding: Finding) -> bool:
        """Tell whether it was accepted when it was at least as severe."""
        return self.severity.rank <= finding.severity.rank

    def still_says(self, finding: Finding) -> bool:
        """Tell whether the finding is the one accepted, or a shorter plan than that."""
        if finding.code == "PLAN_LONG" and {"days"} <= self.values.keys() & finding.values.keys():
            return int(finding.values["days"]) <= int(self.values["days"])
        return (self.values, self.message) == (dict(finding.values), finding.message)

    def is_of(self, row: Alert) -> bool:
        """Tell whether the row carries this very reason over, rather than one given for it."""
        return (self.reason, self.by, self.at) == (
            row.reason,
            row.acknowledged_by,
            row.acknowledged_at,
        )


def accepted_on(taper: Taper) -> dict[str, Accepted]:
    """Return by code the most severe acceptance on this taper, the latest of equals."""
    accepted: dict[str, Accepted] = {}
    rows = Alert.objects.filter(taper=taper, acknowledged_at__isnull=False)
    for row in rows.select_related("acknowledged_by").order_by("revision_number"):
        if row.acknowledged_by is None or row.acknowledged_at is None:
            continue
        severity = Severity(row.asked_severity)
        held = accepted.get(row.code)
        if held is None or (severity.rank <= held.severity.rank and not held.is_of(row)):
            accepted[row.code] = Accepted(
                severity,
                row.reason,
                row.acknowledged_by,
                row.acknowledged_at,
                row.message,
                row.values,
            )
    return accepted


def carried_over(
    accepted: Mapping[str, Accepted], *, said: Iterable[Finding], origin: Origin
) -> dict[str, Accepted]:
    """Return the acceptances that hold for a new revision, of which *said* is said.

    A reason given for one plan is none for a worse one. *said* is what the rulebook says while it
    knows of no reason: some findings are milder once a reason is known.
    """
    return {
        each.code: held
        for each in said
        if (held := accepted.get(each.code)) is not None
        and held.covers(each)
        and (origin in NOBODY_IS_ASKED or each.code in NOT_OF_THE_STEPS or held.still_says(each))
    }


def asks_for_a_reason(finding: Finding, accepted: Mapping[str, Accepted]) -> bool:
    """A warning asks, unless a reason was carried over that holds for it."""
    held = accepted.get(finding.code)
    return finding.needs_reason and (held is None or not held.covers(finding))
