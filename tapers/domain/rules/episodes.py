"""When a finding becomes an alert: one open alert a patient, code and episode; again if worse.

An episode is over when its rule falls silent. The same finding after that is a new episode, also
where somebody had taken note of the one before.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tapers.domain.rules.rule import CourseRule, Finding, Severity


class Decision(StrEnum):
    """RAISE a first alert, RAISE_AGAIN in place of the one that stands, or KEEP it as it is."""

    RAISE = "RAISE"
    RAISE_AGAIN = "RAISE_AGAIN"
    KEEP = "KEEP"


@dataclass(frozen=True)
class Raised:
    """An alert as it was raised, open or taken note of."""

    code: str
    episode: str
    severity: Severity
    extent: Decimal | None = None


def decision_for(*, finding: Finding, raised: Iterable[Raised], rule: CourseRule) -> Decision:
    """Return what becomes of the finding, next to what was raised before."""
    same = [
        each for each in raised if each.code == finding.code and each.episode == finding.episode
    ]
    if not same:
        return Decision.RAISE
    worse = all(is_worse(finding=finding, than=each, rule=rule) for each in same)
    return Decision.RAISE_AGAIN if worse else Decision.KEEP


def is_worse(*, finding: Finding, than: Raised, rule: CourseRule) -> bool:
    """Tell whether it is more severe, or at the same severity has grown by the rule's step."""
    if finding.severity is not than.severity:
        return finding.severity.rank < than.severity.rank
    if rule.worsens_by is None or finding.extent is None or than.extent is None:
        return False
    return finding.extent - than.extent >= rule.worsens_by


def no_longer_said(
    *,
    raised: Iterable[Raised],
    findings: Sequence[Finding],
    undecided: Collection[tuple[str, str]] = (),
) -> tuple[Raised, ...]:
    """Return the alerts whose rule says nothing of their episode any more.

    Of the *undecided*, by code and episode, the facts tell neither that they go on nor that they
    are over: these stand.
    """
    standing = {(finding.code, finding.episode) for finding in findings} | set(undecided)
    return tuple(each for each in raised if (each.code, each.episode) not in standing)
