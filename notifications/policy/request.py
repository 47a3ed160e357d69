"""What somebody asks the engine to remind of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from notifications.policy.instants import instant_for
from notifications.policy.words import ASKED_FOR_NOW, Audience, Kind

MIDNIGHT = time(0, 0)


@dataclass(frozen=True)
class ReminderRequest:
    """Somebody, something, a local day and time; *context* is what an opted-in mail may say."""

    kind: Kind
    audience: Audience
    local_date: date
    local_time: time
    time_zone: str
    expires_date: date
    expires_time: time = MIDNIGHT
    context: Mapping[str, object] = field(default_factory=dict)
    reason: str = ""
    revision: int | None = None

    @property
    def due_at(self) -> datetime:
        return instant_for(
            local_date=self.local_date, local_time=self.local_time, zone=self.time_zone
        )

    @property
    def expires_at(self) -> datetime:
        return instant_for(
            local_date=self.expires_date, local_time=self.expires_time, zone=self.time_zone
        )

    @property
    def is_for_now(self) -> bool:
        return self.kind in ASKED_FOR_NOW
