"""What happened, newest first, as lines."""

from collections.abc import Iterable
from dataclasses import dataclass

from patients.presenters import words
from tapers.selectors import TimelineEntry


@dataclass(frozen=True)
class HistoryRow:
    when: str
    text: str
    by: str


def history_rows(entries: Iterable[TimelineEntry], *, zone: str) -> tuple[HistoryRow, ...]:
    return tuple(
        HistoryRow(
            words.instant(entry.at, zone=zone), words.with_days(entry.text), entry.actor_name
        )
        for entry in entries
    )
