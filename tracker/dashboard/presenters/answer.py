"""What a patient did with the link in one mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notifications.policy import Audience, Kind, Status
from patients.presenters import words
from tapers.selectors.timeline import entry_of

if TYPE_CHECKING:
    from notifications.models import Reminder
    from patients.models import AuditEvent, PatientLink


@dataclass(frozen=True)
class AnswerLine:
    when: str
    text: str


def answer_context(
    reminder: "Reminder", *, link: "PatientLink | None", events: "Iterable[AuditEvent]"
) -> dict[str, Any]:
    """Return the lines, and how often the birth date was wrong since somebody was let in."""
    zone = reminder.time_zone
    tries = link.failed_tries if link else 0
    return {
        "has_link": _has_link(reminder),
        "answers": tuple(_line(event, zone=zone) for event in events),
        "wrong_tries": f"{words.counted(tries, 'wrong birth date')} given" if tries else "",
    }


def _has_link(reminder: "Reminder") -> bool:
    """Only what was sent to a patient can be opened; a link to confirm an address is another."""
    return (
        reminder.audience == Audience.PATIENT
        and reminder.status == Status.SENT
        and reminder.kind != Kind.ADDRESS_VERIFICATION
    )


def _line(event: "AuditEvent", *, zone: str) -> AnswerLine:
    entry = entry_of(event, zone=zone)
    return AnswerLine(words.instant(entry.at, zone=zone), words.with_days(entry.text))
