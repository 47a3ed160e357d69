"""The clinical rules and the clinic's protocol, as a clinician reads and signs them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from patients.presenters import words
from patients.selectors import name_of
from tapers.domain.plan import WindowAppliesTo
from tapers.domain.protocol import LIMITS, Protocol
from tapers.domain.rules.contradictions import CONTRADICTIONS
from tapers.domain.rules.rule import Statement
from tapers.domain.rules.rulebook import TOPICS
from tapers.domain.rules.titles import title_of
from tapers.domain.settings import SETTINGS, Setting, settings_of_rule
from tapers.presenters.findings import TONES, SourceLine, Tone, source_line
from tapers.selectors.signatures import is_of_today

if TYPE_CHECKING:
    from patients.models import Clinic
    from tapers.models import ClinicProtocol, RulebookSignature

WINDOW_WORDS = {
    WindowAppliesTo.TOTAL: "to the end of the taper",
    WindowAppliesTo.TO_10_MG: "to the first day at 10 mg",
}


@dataclass(frozen=True)
class SettingRow:
    """`changed`: not the rulebook's own value."""

    name: str
    label: str
    says: str
    value: str
    standard: str
    limits: str
    changed: bool
    source: SourceLine


@dataclass(frozen=True)
class RuleRow:
    code: str
    title: str
    tone: Tone
    says: str
    because: str
    sources: tuple[SourceLine, ...]
    settings: tuple[SettingRow, ...]


@dataclass(frozen=True)
class Topic:
    title: str
    rules: tuple[RuleRow, ...]


@dataclass(frozen=True)
class ContradictionRow:
    title: str
    says: str
    default: str
    sources: tuple[SourceLine, ...]


@dataclass(frozen=True)
class SignatureRow:
    by: str
    when: str
    rulebook: str
    protocol: int
    note: str
    is_of_today: bool


@dataclass(frozen=True)
class Difference:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class VersionRow:
    version: int
    by: str
    when: str
    reason: str
    differences: tuple[Difference, ...]


def topics(protocol: Protocol) -> tuple[Topic, ...]:
    return tuple(
        Topic(title, tuple(_rule(rule, protocol) for rule in rules)) for title, rules in TOPICS
    )


def contradictions() -> tuple[ContradictionRow, ...]:
    return tuple(
        ContradictionRow(
            each.title, each.says, each.default, tuple(source_line(one) for one in each.sources)
        )
        for each in CONTRADICTIONS
    )


def setting_rows(protocol: Protocol) -> tuple[SettingRow, ...]:
    return tuple(_setting(each, protocol) for each in SETTINGS)


def signature_rows(
    signatures: Iterable["RulebookSignature"], *, clinic: "Clinic"
) -> tuple[SignatureRow, ...]:
    return tuple(
        SignatureRow(
            by=name_of(each.signed_by),
            when=words.instant(each.signed_at, zone=clinic.time_zone),
            rulebook=each.rulebook_version,
            protocol=each.protocol_version,
            note=each.note,
            is_of_today=is_of_today(each, clinic=clinic),
        )
        for each in signatures
    )


def differences(before: Protocol, after: Protocol) -> tuple[Difference, ...]:
    return tuple(
        Difference(each.label, _written(each, before), _written(each, after))
        for each in SETTINGS
        if getattr(before, each.name) != getattr(after, each.name)
    )


def version_rows(versions: list["ClinicProtocol"], *, zone: str) -> tuple[VersionRow, ...]:
    """Every change, newest first; version 1 is what was in force before the first."""
    return tuple(
        VersionRow(
            version=row.version,
            by=name_of(row.changed_by) if row.changed_by else "",
            when=words.instant(row.changed_at, zone=zone),
            reason=row.reason,
            differences=differences(before.to_protocol(), row.to_protocol()),
        )
        for row, before in zip(versions, versions[1:], strict=False)
    )


def _rule(rule: Statement, protocol: Protocol) -> RuleRow:
    return RuleRow(
        code=rule.code,
        title=title_of(rule.code),
        tone=TONES[rule.severity],
        says=rule.says,
        because=rule.because,
        sources=tuple(source_line(source) for source in rule.sources),
        settings=tuple(_setting(each, protocol) for each in settings_of_rule(rule.code)),
    )


def _setting(setting: Setting, protocol: Protocol) -> SettingRow:
    standard = Protocol()
    return SettingRow(
        name=setting.name,
        label=setting.label,
        says=setting.says,
        value=_written(setting, protocol),
        standard=_written(setting, standard),
        limits=limits_of(setting.name),
        changed=getattr(protocol, setting.name) != getattr(standard, setting.name),
        source=source_line(setting.source),
    )


def limits_of(name: str) -> str:
    if name not in LIMITS:
        return ""
    low, high, unit = LIMITS[name]
    return f"{words.number(low)} to {words.number(high)} {unit}"


def _written(setting: Setting, protocol: Protocol) -> str:
    value = getattr(protocol, setting.name)
    if isinstance(value, WindowAppliesTo):
        return WINDOW_WORDS[value]
    return f"{value} {LIMITS[setting.name][2]}"
