"""When a mail that was put off is tried again, and when it is too late for it."""

from datetime import datetime, timedelta

JITTER = 0.2


def backoff(*, attempts: int, waits: tuple[int, ...], rand: float) -> timedelta:
    """Return how long to wait after the *attempts*-th try; *rand* in [0, 1) spreads it by 20 %."""
    seconds = waits[min(max(attempts, 1), len(waits)) - 1]
    return timedelta(seconds=seconds * (1 - JITTER + 2 * JITTER * rand))


def next_try_at(
    *, attempts: int, waits: tuple[int, ...], limit: int, expires_at: datetime, rand: float,
    at: datetime,
) -> datetime | None:  # fmt: skip
    """Return when to try again; None when it was tried often enough or would come too late."""
    if attempts >= limit:
        return None
    again_at = at + backoff(attempts=attempts, waits=waits, rand=rand)
    return None if is_stale(expires_at=expires_at, at=again_at) else again_at


def is_stale(*, expires_at: datetime, at: datetime) -> bool:
    return at >= expires_at
