"""What was told of how a patient is or was, for a reader."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from patients.presenters import words
from patients.selectors import name_of

if TYPE_CHECKING:
    from tapers.models import SymptomReport


IN_ERROR = (
    "It stays readable, struck out and with your reason, and counts on no day: course, rules, "
    "alerts and the patient’s page read as if it had not been said. This cannot be undone; what is "
    "right can be recorded anew."
)
IN_ERROR_RED_FLAG = (
    "Its red flag ends: the task to call is closed with your reason, a mail to the team that has "
    "not gone out is cancelled, and reminders of reductions go on, unless another red flag is open "
    "or they were paused by hand before."
)
IN_ERROR_BY_PATIENT = (
    "The patient wrote this, and was told what to do. Nobody tells the patient that it no longer "
    "counts: speak with the patient."
)
MAIL_WAS_SENT = (
    "The mail about the red flag has been sent. No mail takes it back: tell whoever may be acting "
    "on it."
)
MARKED = "The symptoms are marked as entered in error. They count on no day."
ANOTHER_FLAG = "Another red flag is open: reminders of reductions stay paused."
PAUSED_BY_HAND = "The pause by hand of before stands again: nothing goes out to the patient."
GO_ON = "The red flag is over. Reminders of reductions go on."


@dataclass(frozen=True)
class SymptomRow:
    """The day of the symptoms, what they were, and how they were told.

    `in_error`: when and by whom it was marked as entered in error, and why; "" where it counts.
    """

    id: UUID
    day: str
    said: str
    note: str
    told: str
    in_error: str
    is_open_red_flag: bool


def symptom_rows(reports: Iterable["SymptomReport"], *, zone: str) -> tuple[SymptomRow, ...]:
    """Return one row a report, the latest symptoms first."""
    newest_first = sorted(
        reports, key=lambda each: (each.happened_on, each.recorded_at), reverse=True
    )
    return tuple(symptom_row(report, zone=zone) for report in newest_first)


def symptom_row(report: "SymptomReport", *, zone: str) -> SymptomRow:
    labels = [each.label for each in sorted(report.to_domain())]
    return SymptomRow(
        id=report.pk,
        day=words.day(report.happened_on),
        said=", ".join([labels[0], *(each[0].lower() + each[1:] for each in labels[1:])])
        if labels
        else "In the patient’s own words",
        note=report.note,
        told=_told(report),
        in_error=_in_error(report, zone),
        is_open_red_flag=report.is_open_red_flag,
    )


def what_will_follow(report: "SymptomReport", *, mail_sent: bool) -> tuple[str, ...]:
    """Say before it is marked as entered in error what that does, and what it cannot take back."""
    said = {
        IN_ERROR: True,
        IN_ERROR_RED_FLAG: report.is_open_red_flag,
        MAIL_WAS_SENT: mail_sent,
        IN_ERROR_BY_PATIENT: report.recorded_by_id is None,
    }
    return tuple(line for line, so in said.items() if so)


def what_followed(report: "SymptomReport", *, another_flag: bool, mail_sent: bool) -> str:
    """Say what became of the pause, the mail and the word to the patient."""
    held_back = report.is_red_flag_not_lifted
    by_hand = report.paused_before_at is not None
    said = {
        MARKED: True,
        ANOTHER_FLAG: held_back and another_flag,
        PAUSED_BY_HAND: held_back and not another_flag and by_hand,
        GO_ON: held_back and not another_flag and not by_hand,
        MAIL_WAS_SENT: mail_sent,
        IN_ERROR_BY_PATIENT: report.recorded_by_id is None,
    }
    return " ".join(line for line, so in said.items() if so)


def _told(report: "SymptomReport") -> str:
    """How it was told, where that was not on the day itself."""
    if not report.was_told_later:
        return ""
    kept = ", history" if report.is_history else ""
    return f"told on {words.day(report.reported_on)}{kept}"


def _in_error(report: "SymptomReport", zone: str) -> str:
    if report.in_error_at is None or report.in_error_by is None:
        return ""
    when = words.instant(report.in_error_at, zone=zone)
    by = name_of(report.in_error_by)
    return f"Marked as entered in error {when}, {by}: {report.in_error_reason}"
