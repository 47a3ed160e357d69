"""Visits as rows, and the summary of a visit before it is stored."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from patients.instruments.catalogue import MEASURES
from patients.instruments.measure import MeasureDomain
from patients.presenters import words
from patients.presenters.measures import (
    Measured,
    ReadingRow,
    Written,
    name_of,
    reading_row,
    value_of,
)

if TYPE_CHECKING:
    from patients.models import Assessment
    from patients.selectors import MeasurementPoint

FULL = (
    (MeasureDomain.MMT, "strength"),
    (MeasureDomain.FUNCTION, "function"),
    (MeasureDomain.CK, "CK"),
)


@dataclass(frozen=True)
class VisitRow:
    id: UUID
    day: str
    rater: str
    strength: str
    function: str
    ck: str
    ck_detail: str
    others: str
    version: str


@dataclass(frozen=True)
class SummaryRow:
    name: str
    value: str
    detail: str
    remarks: tuple[str, ...]
    last: str


@dataclass(frozen=True)
class VisitFacts:
    day: str
    rater: str
    note: str
    readings: tuple[ReadingRow, ...]
    version: int
    reason: str
    recorded: str
    missing: str


def visit_row(assessment: "Assessment") -> VisitRow:
    measurements = list(assessment.measurements.all())
    by_domain: dict[MeasureDomain, list[Written]] = {}
    for each in measurements:
        if not each.muscle:
            by_domain.setdefault(MEASURES[each.code].domain, []).append(each)
    ck = [reading_row(each) for each in by_domain.get(MeasureDomain.CK, [])]
    rest = len(measurements) - sum(len(by_domain.get(domain, [])) for domain, _ in FULL)
    return VisitRow(
        id=assessment.pk,
        day=words.day(assessment.assessed_on),
        rater=assessment.rater,
        strength=_joined(by_domain.get(MeasureDomain.MMT, [])),
        function=_joined(by_domain.get(MeasureDomain.FUNCTION, [])),
        ck=ck[0].value if ck else "",
        ck_detail=ck[0].detail if ck else "",
        others=words.counted(rest, "other") if rest else "",
        version=f"version {assessment.version}" if assessment.version > 1 else "",
    )


def _joined(readings: Sequence[Measured]) -> str:
    from_catalogue = [(each, MEASURES[each.code]) for each in readings]
    return ", ".join(f"{_short(each)} {value_of(each)}" for each, _ in from_catalogue)


def _short(reading: Measured) -> str:
    return SHORT.get(reading.code, MEASURES[reading.code].name)


SHORT = {
    "MMT8": "MMT8",
    "MMT8_BILATERAL": "MMT8 both sides",
    "MMT24": "MMT24",
    "IBMFRS": "IBMFRS",
    "SIFA": "sIFA",
}


def visit_facts(assessment: "Assessment", *, zone: str) -> VisitFacts:
    measurements = list(assessment.measurements.all())
    by = assessment.recorded_by.get_full_name() or assessment.recorded_by.get_username()
    return VisitFacts(
        day=words.day(assessment.assessed_on),
        rater=assessment.rater,
        note=assessment.note,
        readings=tuple(reading_row(each) for each in measurements),
        version=assessment.version,
        reason=assessment.reason,
        recorded=f"{words.instant(assessment.recorded_at, zone=zone)}, {by}",
        missing=missing_words(measurements),
    )


def missing_words(readings: Iterable[Measured]) -> str:
    """Return which of the three domains a visit lacks; a full one sets the next visit's day."""
    held = {MEASURES[reading.code].domain for reading in readings}
    lacking = [name for domain, name in FULL if domain not in held]
    return " and ".join(lacking)


def last_words(points: Iterable["MeasurementPoint"]) -> dict[tuple[str, str, str], str]:
    """Return the newest value, day and rater of each measure and side; *points*: oldest first."""
    return {
        (point.code, point.side, point.muscle): (
            f"{value_of(point)} on {words.day(point.assessed_on)}, {point.rater}"
        )
        for point in points
    }


def summary_rows(
    readings: Iterable[Written], last: Mapping[tuple[str, str, str], str]
) -> tuple[SummaryRow, ...]:
    rows = []
    for reading in readings:
        row = reading_row(reading)
        before = last.get((reading.code, reading.side or "", reading.muscle or ""), "first time")
        rows.append(SummaryRow(name_of(reading), row.value, row.detail, row.remarks, before))
    return tuple(rows)
