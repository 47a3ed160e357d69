"""What was told of how a patient is or was, for a reader."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from patients.presenters import words

if TYPE_CHECKING:
    from tapers.models import SymptomReport


@dataclass(frozen=True)
class SymptomRow:
    """The day of the symptoms, what they were, and how they were told."""

    day: str
    said: str
    note: str
    told: str


def symptom_rows(reports: Iterable["SymptomReport"]) -> tuple[SymptomRow, ...]:
    """Return one row a report, the latest symptoms first."""
    newest_first = sorted(
        reports, key=lambda each: (each.happened_on, each.recorded_at), reverse=True
    )
    return tuple(_row(report) for report in newest_first)


def _row(report: "SymptomReport") -> SymptomRow:
    labels = [each.label for each in sorted(report.to_domain())]
    return SymptomRow(
        day=words.day(report.happened_on),
        said=", ".join([labels[0], *(each[0].lower() + each[1:] for each in labels[1:])])
        if labels
        else "In the patient’s own words",
        note=report.note,
        told=_told(report),
    )


def _told(report: "SymptomReport") -> str:
    """How it was told, where that was not on the day itself."""
    if not report.was_told_later:
        return ""
    kept = ", history" if report.is_history else ""
    return f"told on {words.day(report.reported_on)}{kept}"
