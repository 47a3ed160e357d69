import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Stopwatch:
    """The caller's instant, moved on by the time that has passed here since."""

    started_at: datetime
    _started: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        return self.started_at + timedelta(seconds=time.monotonic() - self._started)

    def elapsed_seconds(self) -> float:
        return time.monotonic() - self._started
