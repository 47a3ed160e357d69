"""Drives a clinic through time: stories act at their instants, reminders go out in between.

A story is a generator. It yields the instant of its next act, is sent that instant when it has
come, acts through the services, and so on until it ends. Stories of many patients run in the one
order of their instants, and the reminder engine runs whenever something falls due between them.
"""

import heapq
import itertools
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from notifications import engine
from notifications import selectors as reminders

Story = Generator[datetime, datetime, None]
MOMENT = timedelta(seconds=1)


@dataclass(order=True)
class _Act:
    at: datetime
    number: int
    story: Story = field(compare=False)


class Replay:
    def __init__(self, *, on_instant: Callable[[datetime], None]) -> None:
        self._acts: list[_Act] = []
        self._numbers = itertools.count()
        self._on_instant = on_instant
        self.sent = 0

    def begin(self, story: Story) -> None:
        """Let *story* run from its first instant on; also while others run."""
        try:
            self._wait(story, until=next(story))
        except StopIteration:
            return

    def run(self, stories: Iterable[Story], *, until: datetime) -> None:
        """Act out *stories*; what lies at or after *until* does not happen any more."""
        for story in stories:
            self.begin(story)
        self._swept_at = min((act.at for act in self._acts), default=until)
        while self._acts and self._acts[0].at < until:
            act = heapq.heappop(self._acts)
            self._send_mail_before(act.at)
            self._on_instant(act.at)
            self._go_on(act)
        self._send_mail_before(until)

    def _go_on(self, act: _Act) -> None:
        try:
            self._wait(act.story, until=act.story.send(act.at))
        except StopIteration:
            return

    def _wait(self, story: Story, *, until: datetime) -> None:
        heapq.heappush(self._acts, _Act(at=until, number=next(self._numbers), story=story))

    def _send_mail_before(self, instant: datetime) -> None:
        """Sweep at each due instant before *instant*; each sweep lies after the one before."""
        at = reminders.next_due_at(at=self._swept_at)
        while at is not None and at < instant:
            self._on_instant(at)
            self.sent += engine.sweep(at=at).sent
            self._swept_at = at + MOMENT
            at = reminders.next_due_at(at=self._swept_at)
