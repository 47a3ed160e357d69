from decimal import Decimal

import pytest

from tapers.domain.rules.episodes import Decision, Raised, decision_for, no_longer_said
from tapers.domain.rules.rule import Finding, Severity
from tapers.domain.rules.rulebook import (
    COURSE_RULES,
    course_rule_for,
    rank_of,
    topic_of,
)

INFO, WARNING, CRITICAL = Severity.INFO, Severity.WARNING, Severity.CRITICAL


def finding(
    code: str = "MMT_DROP",
    episode: str = "MMT8 since 2026-03-02",
    severity: Severity = WARNING,
    extent: str | None = "8.75",
) -> Finding:
    return Finding(
        code, severity, "…", (), episode=episode, extent=Decimal(extent) if extent else None
    )


def raised(severity: Severity = WARNING, extent: str | None = "8.75", **other: str) -> Raised:
    given = {"code": "MMT_DROP", "episode": "MMT8 since 2026-03-02", **other}
    return Raised(severity=severity, extent=Decimal(extent) if extent else None, **given)


@pytest.mark.parametrize(
    ("standing", "decision"),
    [
        ([], Decision.RAISE),
        ([raised(episode="MMT8 since 2025-01-01")], Decision.RAISE),
        ([raised(code="IBMFRS_DROP")], Decision.RAISE),
        ([raised()], Decision.KEEP),
        ([raised(extent="1.26")], Decision.KEEP),
        ([raised(extent="1.25")], Decision.RAISE_AGAIN),
        ([raised(severity=INFO)], Decision.RAISE_AGAIN),
        ([raised(severity=CRITICAL, extent="0")], Decision.KEEP),
        ([raised(extent="1.25"), raised()], Decision.KEEP),
        ([raised(extent=None)], Decision.KEEP),
    ],
)
def test_one_alert_an_episode_and_again_only_when_worse(
    standing: list[Raised], decision: Decision
) -> None:
    rule = course_rule_for("MMT_DROP")

    assert decision_for(finding=finding(), raised=standing, rule=rule) is decision


def test_a_rule_without_a_step_is_raised_again_by_severity_alone() -> None:
    rule = course_rule_for("DOSE_GT10")
    grown = finding("DOSE_GT10", "2026-05-01", WARNING, "40")
    standing = [raised(code="DOSE_GT10", episode="2026-05-01", extent="15")]

    assert decision_for(finding=grown, raised=standing, rule=rule) is Decision.KEEP


def test_what_no_rule_says_any_more_is_over() -> None:
    standing = [raised(), raised(episode="MMT8 since 2025-01-01")]

    assert no_longer_said(raised=standing, findings=[finding()]) == (standing[1],)


def test_the_most_pressing_codes_come_before_all_others() -> None:
    ranked = sorted(
        [("PLAN_LONG", WARNING), ("CK_URGENT", CRITICAL), ("MTX_DAILY", CRITICAL),
         ("MTX_TMP_SMX", CRITICAL), ("ABRUPT_STOP", CRITICAL), ("ADRENAL_RED", CRITICAL),
         ("AZA_ALLOPURINOL", CRITICAL), ("ALT_DAY", INFO)],
        key=lambda each: rank_of(code=each[0], severity=each[1]),
    )  # fmt: skip

    assert [code for code, _ in ranked] == [
        "ADRENAL_RED", "ABRUPT_STOP", "AZA_ALLOPURINOL", "MTX_DAILY", "CK_URGENT",
        "MTX_TMP_SMX", "PLAN_LONG", "ALT_DAY",
    ]  # fmt: skip


def test_related_findings_are_shown_under_one_title() -> None:
    assert topic_of("MMT_DROP") == topic_of("RATE_NOTE") == topic_of("STEROID_MYOPATHY_PATTERN")
    assert {topic_of(rule.code) for rule in COURSE_RULES}
