"""What happened, newest first, as lines."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from patients.presenters import words
from tapers.selectors import TimelineEntry

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class HistoryRow:
    when: str
    text: str
    by: str


def in_words(text: str) -> str:
    """Write the days in a sentence as the pages write them."""
    return ISO_DAY.sub(lambda found: words.day(date.fromisoformat(found[0])), text)


def history_rows(entries: Iterable[TimelineEntry], *, zone: str) -> tuple[HistoryRow, ...]:
    return tuple(
        HistoryRow(words.instant(entry.at, zone=zone), in_words(entry.text), entry.actor_name)
        for entry in entries
    )
