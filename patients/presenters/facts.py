"""What else is known of a patient, in groups of rows; what is not recorded says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from patients.facts import (
    LABELS,
    LASTING,
    Answer,
    CircumstanceCode,
    FactKind,
    MedicineCode,
    Result,
)
from patients.presenters import words

if TYPE_CHECKING:
    from patients.models import KnownFact

NAMES: Mapping[str, str] = {
    FactKind.MEDICINE: "medicine",
    FactKind.TEST: "test",
    FactKind.FALL: "fall",
    FactKind.INFECTION: "infection",
    FactKind.CIRCUMSTANCE: "circumstance",
    FactKind.LOW_DOSE_REASON: "low-dose-reason",
    FactKind.SICK_DAY_PLAN: "sick-day-plan",
}
TITLES: Mapping[str, tuple[str, str, str]] = {  # title, button, what an empty list means
    FactKind.SICK_DAY_PLAN: (
        "Sick-day plan",
        "Record a plan",
        "No sick-day plan is recorded. A clinician writes it; nothing here makes one.",
    ),
    FactKind.MEDICINE: (
        "Other medicines",
        "Add a medicine",
        "Nothing is listed. That is not yet “none”: record the answer below.",
    ),
    FactKind.TEST: ("Tests", "Add a test", "No test is recorded."),
    FactKind.FALL: ("Falls", "Add a fall", "No fall is recorded."),
    FactKind.INFECTION: ("Infections", "Add an infection", "No infection is recorded."),
    FactKind.LOW_DOSE_REASON: (
        "Reason for a low dose",
        "Record a reason",
        "No reason to stay on a low dose is recorded.",
    ),
    FactKind.CIRCUMSTANCE: ("Questions asked", "Record an answer", ""),
}
HURT = {Answer.YES.value: "with injury", Answer.NO.value: "without injury", "": "injury not known"}
CARD = {
    Answer.YES.value: "The steroid card was given.",
    Answer.NO.value: "The steroid card was not given.",
    "": "Whether the steroid card was given is not known.",
}
NOBODY_ASKED = "not asked"


@dataclass(frozen=True)
class FactRow:
    """`id` is None for a question nobody asked."""

    id: UUID | None
    what: str
    when: str
    more: str
    by: str
    may_end: bool


@dataclass(frozen=True)
class FactGroup:
    address: str
    title: str
    button: str
    empty: str
    rows: tuple[FactRow, ...]


@dataclass(frozen=True)
class SickDayPlan:
    text: str
    signed: str
    card: str


def fact_groups(facts: Sequence["KnownFact"], *, zone: str) -> tuple[FactGroup, ...]:
    return tuple(
        FactGroup(f"{NAMES[kind]}-new", *words_of_kind, _rows_of(kind, facts, zone))
        for kind, words_of_kind in TITLES.items()
    )


def sick_day_plan(row: "KnownFact | None") -> SickDayPlan | None:
    if row is None:
        return None
    signed = f"Written by {row.written_by}, {words.day(row.from_on)}."
    return SickDayPlan(row.text, signed, CARD[row.answer])


def headline(row: "KnownFact") -> str:
    """Name one fact in a few words: "Fall, Mon 2 Mar 2026"."""
    return f"{_what(row)}, {_when(row)}"


def _rows_of(kind: str, facts: Sequence["KnownFact"], zone: str) -> tuple[FactRow, ...]:
    rows = [row for row in facts if row.kind == kind]
    if kind != FactKind.CIRCUMSTANCE:
        return tuple(_row(row, zone) for row in rows)
    return tuple(_answered(CircumstanceCode(code), rows, zone) for code in CircumstanceCode)


def _answered(code: CircumstanceCode, rows: Sequence["KnownFact"], zone: str) -> FactRow:
    """The latest answer to a question; facts come newest first."""
    latest = next((row for row in rows if row.code == code), None)
    if latest is None:
        return FactRow(None, f"{code.label}: {NOBODY_ASKED}", "", "", "", may_end=False)
    return _row(latest, zone)


def _row(row: "KnownFact", zone: str) -> FactRow:
    name = row.recorded_by.get_full_name() or row.recorded_by.username
    return FactRow(
        id=row.pk,
        what=_what(row),
        when=_when(row),
        more=" ".join(filter(None, (_more(row), row.note))),
        by=f"{name}, {words.instant(row.recorded_at, zone=zone)}",
        may_end=row.kind in LASTING and row.until_on is None,
    )


def _what(row: "KnownFact") -> str:
    label = LABELS.get(row.kind, {}).get(row.code, "")
    match row.kind:
        case FactKind.MEDICINE:
            return row.text if row.code == MedicineCode.OTHER else _named(label, row.text)
        case FactKind.TEST:
            result = Result(row.answer).label.lower() if row.answer else "result not known"
            return f"{label}: {result}"
        case FactKind.CIRCUMSTANCE:
            return f"{label}: {Answer(row.answer).label.lower()}"
        case FactKind.FALL:
            return f"Fall, {HURT[row.answer]}"
        case FactKind.SICK_DAY_PLAN:
            return f"Plan by {row.written_by}"
    return label or row.text


def _named(label: str, name: str) -> str:
    return f"{label} ({name})" if name else label


def _when(row: "KnownFact") -> str:
    if row.kind not in LASTING:
        return words.day(row.from_on)
    until = f" until {words.day(row.until_on)}" if row.until_on else ""
    return f"since {words.day(row.from_on)}{until}"


def _more(row: "KnownFact") -> str:
    if row.kind != FactKind.SICK_DAY_PLAN:
        return ""
    return f"{row.text} {CARD[row.answer]}"
