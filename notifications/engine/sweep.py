"""One sweep: claim, recheck, deliver, record, batch after batch."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from notifications.email import MailServer
from notifications.engine.breaker import may_try, note_sweep
from notifications.engine.claim import Which, claim
from notifications.engine.deliver import Delivery
from notifications.engine.hold import is_held
from notifications.engine.recheck import recheck
from notifications.engine.stopwatch import Stopwatch
from notifications.engine.surge import holds_patients_mail
from notifications.engine.tally import SweepResult, Tally

log = structlog.get_logger(__name__)


def sweep(
    *, at: datetime, budget: float | None = None, stop: Callable[[], bool] | None = None
) -> SweepResult:
    """Send what is due at *at*, until nothing is or *budget* seconds have passed.

    Any number of workers may sweep at once. *stop* is asked before each mail; the one in hand is
    finished, the others are given back.
    """
    run = _Sweep(watch=Stopwatch(at), budget=budget, stop=stop, tally=Tally())
    run.drain()
    result = run.tally.result()
    if result.claimed:
        log.info("swept", **vars(result))
    return result


@dataclass
class _Sweep:
    watch: Stopwatch
    budget: float | None
    stop: Callable[[], bool] | None
    tally: Tally

    def drain(self) -> None:
        held = is_held(at=self.watch.now())
        state = note_sweep(at=self.watch.now())
        if held:
            return
        if not may_try(state, at=self.watch.now()):
            self._settle_what_came_too_late()
            return
        surge = holds_patients_mail(at=self.watch.now())
        which = Which.NOT_HELD_IN_A_SURGE if surge else Which.ALL
        with MailServer() as server:
            while not self._is_over() and self._deliver_a_batch(server, which):
                note_sweep(at=self.watch.now())
        if surge:
            self._settle_what_came_too_late()

    def _deliver_a_batch(self, server: MailServer, which: Which) -> bool:
        """Take the next batch; return whether to go on."""
        batch = claim(at=self.watch.now(), tally=self.tally, which=which)
        if not batch.size:
            return False
        rows = recheck(token=batch.token, at=self.watch.now(), tally=self.tally)
        return Delivery(
            token=batch.token,
            rows=rows,
            watch=self.watch,
            tally=self.tally,
            is_over=self._is_over,
            server=server,
        ).run()

    def _settle_what_came_too_late(self) -> None:
        """While mail waits, still say so of what has expired meanwhile."""
        while not self._is_over():
            batch = claim(at=self.watch.now(), tally=self.tally, which=Which.EXPIRED)
            if not batch.size:
                return
            recheck(token=batch.token, at=self.watch.now(), tally=self.tally)

    def _is_over(self) -> bool:
        if self.stop is not None and self.stop():
            return True
        # However short the time, one mail is sent: a slow server must not stop all of them.
        begun = self.tally.sent + self.tally.retried + self.tally.gave_up + self.tally.unknown > 0
        return begun and self.budget is not None and self.watch.elapsed_seconds() > self.budget
