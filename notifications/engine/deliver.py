"""Hands a batch over, mail by mail, on one connection. No transaction is open meanwhile."""

import uuid
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.conf import settings

from notifications.email import Envelope, MailServer, Unreachable
from notifications.engine import record
from notifications.engine.breaker import close_breaker, open_breaker
from notifications.engine.claim import renew
from notifications.engine.mark import Accepted, mark, record_accepted
from notifications.engine.persist import persist
from notifications.engine.recheck import recheck_one
from notifications.engine.stopwatch import Stopwatch
from notifications.engine.tally import Tally
from notifications.engine.write import Recipients, envelope_for
from notifications.models import Reminder
from notifications.policy import Meaning, Reply, Status

log = structlog.get_logger(__name__)

ASKS = 3  # after that the lease ends, and somebody else may try
RECORD_OF: dict[Meaning, Callable[..., Status | None]] = {
    Meaning.LATER: record.put_off,
    Meaning.ADDRESS_REFUSED: record.address_refused,
    Meaning.CONTENT_REFUSED: record.content_refused,
    Meaning.UNKNOWN: record.unknown,
}


@dataclass
class Delivery:
    """The hand-over of one batch. Ends early when told to stop or when the server is away."""

    token: uuid.UUID
    rows: list[Reminder]
    watch: Stopwatch
    tally: Tally
    is_over: Callable[[], bool]
    server: MailServer
    _recipients: Recipients = field(default_factory=Recipients)
    _asked: Counter[uuid.UUID] = field(default_factory=Counter)
    _accepted: Accepted | None = None

    def run(self) -> bool:
        """Deliver; return whether the sweep may go on."""
        self._queue = deque(self.rows)
        self._renew_at = self._half_a_lease_from_now()
        goes_on = True
        while goes_on and self._queue:
            goes_on = self._goes_on_after(self._queue.popleft())
        self._note_the_accepted()
        return goes_on

    def _goes_on_after(self, row: Reminder) -> bool:
        if self.is_over():
            return self._stop([row, *self._queue], again_at=self.watch.now())
        self._keep_the_lease()
        envelope = self._write(row)
        if envelope is None:
            return True
        if not self._has_a_line():
            return self._stop_as_unreachable(row)
        if not self._mark(row, envelope):
            self._ask_again(row)
            return True
        reply = self._hand_over(row, envelope)
        if reply.meaning is Meaning.UNREACHABLE:
            return self._stop_as_unreachable(row)
        self._note(row, reply)
        return True

    # Before the hand-over ------------------------------------------------------------------

    def _write(self, row: Reminder) -> Envelope | None:
        """Write the mail; whatever goes wrong in this costs this mail only."""
        at = self.watch.now()
        recipients = self._recipients.of(row)
        if not recipients:
            self.tally.count(record.nobody(row, at=at))
            return None
        try:
            return envelope_for(row, recipients=recipients, at=at)
        except Exception as error:  # any mistake of a template or of what it was given
            name = type(error).__name__
            log.error("a mail could not be written", reminder=str(row.pk), error=name)
            self.tally.count(record.broken(row, error, at=at))
            return None

    def _has_a_line(self) -> bool:
        try:
            is_new = self.server.connect()
        except Unreachable as error:
            log.warning("the mail server does not answer", error=str(error))
            return False
        if is_new:
            close_breaker()
        return True

    def _mark(self, row: Reminder, envelope: Envelope) -> bool:
        """Write that this one is now handed over, and that the one before was accepted.

        Nothing written means that it was withdrawn, that its patient's record has changed since
        the recheck, or that the claim is lost.
        """
        if self._asked[row.pk]:  # out of turn: two rows are only written in the order of ids
            self._note_the_accepted()
        at = self.watch.now()
        accepted = self._accepted
        status, moved = persist(lambda: mark(row, envelope, accepted=accepted, at=at))
        self._accepted = None
        self.tally.count(status)
        return moved

    def _ask_again(self, row: Reminder) -> None:
        self._asked[row.pk] += 1
        fresh = recheck_one(row, at=self.watch.now(), tally=self.tally)
        if fresh is not None and self._asked[row.pk] < ASKS:
            self._queue.append(fresh)

    # The hand-over -------------------------------------------------------------------------

    def _hand_over(self, row: Reminder, envelope: Envelope) -> Reply:
        row.attempts += 1
        try:
            return self.server.hand_over(envelope)
        except Exception as error:  # the text may be out: that has to be written down
            log.error("a hand-over broke", reminder=str(row.pk), error=type(error).__name__)
            self.server.close()
            return Reply(Meaning.UNKNOWN, text=type(error).__name__, line_lost=True)

    def _note(self, row: Reminder, reply: Reply) -> None:
        at = self.watch.now()
        if reply.meaning is Meaning.ACCEPTED:
            self._accepted = Accepted(row, reply, at)
            return
        log.info("a mail was not accepted", reminder=str(row.pk), code=reply.code)
        record_it = RECORD_OF[reply.meaning]
        self.tally.count(persist(lambda: record_it(row, reply, at=at)))
        self.tally.unknown += reply.meaning is Meaning.UNKNOWN

    def _note_the_accepted(self) -> None:
        self.tally.count(persist(lambda: record_accepted(self._accepted)))
        self._accepted = None

    # Stopping ------------------------------------------------------------------------------

    def _stop_as_unreachable(self, row: Reminder) -> bool:
        probe_at = open_breaker(at=self.watch.now())
        self.tally.unreachable = True
        return self._stop([row, *self._queue], again_at=probe_at)

    def _stop(self, rows: list[Reminder], *, again_at: datetime) -> bool:
        """Give the rest back."""
        self._note_the_accepted()
        for row in rows:
            status = record.released(row, again_at=again_at, at=self.watch.now())
            if status is Status.SCHEDULED:
                self.tally.released += 1
            else:
                self.tally.count(status)
        return False

    def _keep_the_lease(self) -> None:
        if self.watch.now() >= self._renew_at:
            renew(token=self.token, at=self.watch.now())
            self._renew_at = self._half_a_lease_from_now()

    def _half_a_lease_from_now(self) -> datetime:
        return self.watch.now() + timedelta(seconds=settings.REMINDER_LEASE_SECONDS / 2)
