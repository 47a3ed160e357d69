"""All rules, their version, and what they say of a plan and of the course of a patient.

To add a rule: write it in the file of its topic, add it to that file's RULES (asked of a plan) or
COURSE_RULES (asked of the course), raise VERSION, and write a scenario that fires it and one just
short of it. A new topic is a new file named here.
"""

from datetime import date
from decimal import Decimal

from tapers.domain.context import ClinicalContext
from tapers.domain.dose import Drug
from tapers.domain.plan import Plan
from tapers.domain.protocol import LIMITS, Protocol
from tapers.domain.record import CourseFacts
from tapers.domain.rules import (
    adrenal,
    azathioprine,
    ck,
    course,
    decline,
    dosing,
    methotrexate,
    reports,
    screening,
    sparing,
    steps,
)
from tapers.domain.rules import plan as whole_plan
from tapers.domain.rules.contradictions import CONTRADICTIONS
from tapers.domain.rules.rule import (
    Case,
    CourseCase,
    CourseRule,
    Finding,
    Rule,
    Said,
    Severity,
    Statement,
)
from tapers.domain.rules.titles import title_of
from tapers.domain.schedule import Conforming
from tapers.domain.sources import Source

VERSION = "2026.5"
TOPICS: tuple[tuple[str, tuple[Statement, ...]], ...] = (
    ("The plan as a whole", whole_plan.RULES),
    ("Steps written by hand", steps.RULES),
    ("Adrenal safety", adrenal.RULES),
    ("The course of the patient", (*course.RULES, *course.COURSE_RULES)),
    ("The dose that is taken", dosing.COURSE_RULES),
    ("What patients report", reports.COURSE_RULES),
    ("Strength and function", decline.COURSE_RULES),
    ("Creatine kinase", ck.COURSE_RULES),
    ("Steroid-sparing drugs", sparing.COURSE_RULES),
    ("Tests before a steroid-sparing drug", screening.COURSE_RULES),
    ("Methotrexate", methotrexate.COURSE_RULES),
    ("Azathioprine", azathioprine.COURSE_RULES),
)
STATEMENTS: tuple[Statement, ...] = tuple(rule for _, rules in TOPICS for rule in rules)
RULES: tuple[Rule, ...] = tuple(each for each in STATEMENTS if isinstance(each, Rule))
COURSE_RULES: tuple[CourseRule, ...] = tuple(
    each for each in STATEMENTS if isinstance(each, CourseRule)
)
# These come before all others, in this order; the rest by severity, then by code.
FIRST = (
    {"ADRENAL_RED"},
    {"ABRUPT_STOP"},
    {"MTX_DAILY", "AZA_ALLOPURINOL"},
    {"CK_URGENT"},
)


def rank_of(*, code: str, severity: Severity) -> tuple[int, int, str]:
    """Return the key by which findings and alerts are sorted, the most pressing first."""
    place = next((place for place, codes in enumerate(FIRST) if code in codes), len(FIRST))
    return place, severity.rank, code


def topic_of(code: str) -> str:
    """Return the title under which findings of that code are shown together."""
    return next(title for title, rules in TOPICS if code in {rule.code for rule in rules})


def course_findings(*, facts: CourseFacts, as_of: date) -> tuple[Finding, ...]:
    """Return what the rules say of the course as known on *as_of*, the most pressing first.

    Of one code and episode there is one finding, the most severe.
    """
    case = CourseCase(facts.known_by(as_of), as_of)
    found = _sorted([_finding(rule, said) for rule in COURSE_RULES for said in rule.check(case)])
    first: dict[tuple[str, str], Finding] = {}
    for finding in found:
        first.setdefault((finding.code, finding.episode), finding)
    return tuple(first.values())


def undecided_episodes(*, facts: CourseFacts, as_of: date) -> frozenset[tuple[str, str]]:
    """Return codes and episodes of which the rules can tell nothing on *as_of*, either way."""
    case = CourseCase(facts.known_by(as_of), as_of)
    return frozenset(
        (rule.code, episode)
        for rule in COURSE_RULES
        if rule.undecided is not None
        for episode in rule.undecided(case)
    )


def findings(*, plan: Plan, context: ClinicalContext) -> tuple[Finding, ...]:
    """Return what the rules say of the plan, the most severe first, then by code."""
    case = Case(
        drug=plan.drug,
        daily_mg=plan.start_daily_mg,
        starts_on=plan.starts_on,
        context=context,
        made=plan,
    )
    return _ask(case, RULES)


def findings_without_plan(
    *,
    drug: Drug,
    daily_mg: Decimal,
    starts_on: date,
    conforming: Conforming,
    context: ClinicalContext,
) -> tuple[Finding, ...]:
    """Return what the rules say of a start dose for which no plan was made, and why."""
    case = Case(
        drug=drug,
        daily_mg=daily_mg,
        starts_on=starts_on,
        context=context,
        known_conforming=conforming,
    )
    return _ask(case, tuple(rule for rule in RULES if not rule.needs_plan))


def _ask(case: Case, rules: tuple[Rule, ...]) -> tuple[Finding, ...]:
    return _sorted(
        [_finding(rule, said) for rule in rules if (said := rule.check(case)) is not None]
    )


def _finding(rule: Statement, said: Said) -> Finding:
    return Finding(
        code=rule.code,
        severity=said.severity or rule.severity,
        message=said.message,
        sources=rule.sources,
        values=said.values,
        episode=said.episode,
        extent=said.extent,
    )


def _sorted(found: list[Finding]) -> tuple[Finding, ...]:
    ranked = sorted(
        found, key=lambda each: (rank_of(code=each.code, severity=each.severity), each.episode)
    )
    return tuple(ranked)


def rule_for(code: str) -> Statement:
    """Return the rule of that code. Raise KeyError."""
    return {rule.code: rule for rule in STATEMENTS}[code]


def course_rule_for(code: str) -> CourseRule:
    """Return the rule of the course of that code. Raise KeyError."""
    return {rule.code: rule for rule in COURSE_RULES}[code]


def markdown() -> str:
    """Render the rules as the page a clinician reads and signs (docs/clinical-rules.md)."""
    cited = {source.code: source for rule in STATEMENTS for source in rule.sources}
    cited |= {source.code: source for each in CONTRADICTIONS for source in each.sources}
    parts = [*_heading(), *_topics(), *_contradictions(), *_settings(), *_source_table(cited)]
    return "\n".join(parts) + "\n"


def _heading() -> list[str]:
    return [
        "# Clinical rules",
        "",
        "This page is generated from `tapers/domain/rules`; change the rules, not the page.",
        f"Rulebook version {VERSION}.",
        "",
        "Not a guideline and not approved by a clinician. Rules are shown to the prescriber with",
        "their sources and never change a dose. A note is only shown; a warning or a critical",
        "finding wants one reason before a plan is activated, which is stored with it. There is",
        "one open alert for each patient, code and episode; it is raised again only when worse.",
        "",
        f"First of all come {_first_codes()}; the rest follow by severity.",
        "",
    ]


def _first_codes() -> str:
    return ", then ".join(" and ".join(sorted(codes)) for codes in FIRST)


def _contradictions() -> list[str]:
    lines = ["## Where the sources contradict each other", ""]
    for each in CONTRADICTIONS:
        cited = ", ".join(source.code for source in each.sources)
        lines += [
            f"### {each.title}",
            "",
            each.says,
            "",
            f"- Here: {each.default}",
            f"- Sources: {cited}",
            "",
        ]
    return lines


def _settings() -> list[str]:
    standard = Protocol()
    lines = [
        "## What a clinic may set",
        "",
        "| Setting | Standard | From | To | Unit |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {getattr(standard, name)} | {low} | {high} | {unit} |"
        for name, (low, high, unit) in LIMITS.items()
    ]
    return [*lines, f"| window_applies_to | {standard.window_applies_to} | | | |", ""]


def _topics() -> list[str]:
    lines: list[str] = []
    for title, rules in TOPICS:
        lines += [f"## {title}", ""]
        for rule in rules:
            lines += _rule_lines(rule)
    return lines


_SEVERITY_WORDS = {
    Severity.INFO: "note",
    Severity.WARNING: "warning",
    Severity.CRITICAL: "critical",
}


def _rule_lines(rule: Statement) -> list[str]:
    cited = ", ".join(source.code for source in rule.sources)
    return [
        f"### {rule.code}",
        "",
        f"**{title_of(rule.code)}.** {rule.says}",
        "",
        f"- Severity: {_SEVERITY_WORDS[rule.severity]}",
        f"- Why: {rule.because}",
        f"- Sources: {cited}",
        "",
    ]


def _source_table(cited: dict[str, Source]) -> list[str]:
    lines = [
        "## Sources",
        "",
        "| Code | Source | Kind | How it was read | Reviewed by a clinician |",
        "|---|---|---|---|---|",
    ]
    for code in sorted(cited):
        source = cited[code]
        title = f"[{source.title}]({source.link})" if source.link else source.title
        note = f" {source.note}" if source.note else ""
        year = f", {source.year}" if source.year else ""
        reviewed = (
            f"{source.reviewed_by}, {source.reviewed_on}" if source.is_reviewed else "not yet"
        )
        lines.append(
            f"| {code} | {title}{year}.{note} | {source.kind.lower()} | {source.mark.lower()} "
            f"| {reviewed} |"
        )
    lines += [
        "",
        "Seed: the taper brief this product was ordered with. Found: read in a stored copy, mostly",
        "an abstract or the first pages. Known: cited from memory. Proposal: a decision of this",
        "product without literature behind the exact number.",
        "",
        "Signed: ______________________  Date: ______________",
    ]
    return lines
