"""Findings of the rulebook for a reader: severity in a word, the sentence, its sources."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from patients.presenters import words
from tapers.domain.rules.rule import Finding, Severity
from tapers.domain.rules.titles import title_of
from tapers.domain.sources import Mark, Source

KIND_WORDS = {
    "GUIDELINE": "guideline",
    "TRIAL": "trial",
    "REVIEW": "review",
    "LABEL": "drug label",
    "BRIEF": "taper brief, an educational text",
    "PROPOSAL": "proposal of this software",
}
WEIGHT_WORDS = {
    Mark.SEED: "Seed: the text this software was ordered with.",
    Mark.FOUND: "Found: read in a stored copy, mostly an abstract or the first pages.",
    Mark.KNOWN: "Known: cited from memory, not read again.",
    Mark.PROPOSAL: "Proposal: decided for this software.",
}


@dataclass(frozen=True)
class Tone:
    """How severe, as a word, a colour and an icon together."""

    word: str
    state: str
    icon: str


TONES = {
    Severity.INFO: Tone("Note", "info", "info"),
    Severity.WARNING: Tone("Warning", "due", "late"),
    Severity.CRITICAL: Tone("Critical", "critical", "critical"),
}


@dataclass(frozen=True)
class SourceLine:
    """What a source is, how it was read, what is to be known of it, and who reviewed it."""

    title: str
    about: str
    link: str
    weight: str
    note: str
    review: str


@dataclass(frozen=True)
class FindingRow:
    code: str
    title: str
    tone: Tone
    message: str
    sources: tuple[SourceLine, ...]
    needs_reason: bool
    reason: str = ""
    given_by: str = ""
    typed: str = ""


def finding_rows(findings: Iterable[Finding]) -> tuple[FindingRow, ...]:
    return tuple(finding_row(finding) for finding in findings)


def with_typed(rows: Iterable[FindingRow], typed: Mapping[str, str]) -> tuple[FindingRow, ...]:
    """Put back what somebody typed as reasons, so that nothing typed is lost."""
    return tuple(replace(row, typed=typed.get(row.code, "")) for row in asked_once(rows))


def asked_once(rows: Iterable[FindingRow]) -> tuple[FindingRow, ...]:
    """Ask for the reason of a rule below the last of its findings: one reason answers them all.

    Two fields of one name would each hold a part, and only the second would be kept.
    """
    listed = tuple(rows)
    last = {row.code: at for at, row in enumerate(listed) if row.needs_reason}
    return tuple(
        replace(row, needs_reason=row.needs_reason and last[row.code] == at)
        for at, row in enumerate(listed)
    )


def finding_row(finding: Finding) -> FindingRow:
    return FindingRow(
        code=finding.code,
        title=title_of(finding.code),
        tone=TONES[finding.severity],
        message=finding.message,
        sources=tuple(source_line(source) for source in finding.sources),
        needs_reason=finding.severity is not Severity.INFO,
    )


def source_line(source: Source) -> SourceLine:
    kind = KIND_WORDS.get(str(source.kind), str(source.kind).lower())
    return SourceLine(
        title=source.title,
        about=f"{kind}, {source.year}" if source.year else kind,
        link=source.link or "",
        weight=WEIGHT_WORDS[source.mark],
        note=source.note,
        review=_review(source),
    )


def _review(source: Source) -> str:
    if source.reviewed_by and source.reviewed_on:
        return f"Reviewed by {source.reviewed_by}, {words.day(source.reviewed_on)}."
    return "Not yet reviewed by a clinician."
