"""Where the demo's clinics stand: wherever on Earth it is late morning now.

A reminder of the day is due at 08:00 where the patient lives. So that the first ones go out while
somebody looks, at any hour, the clinics move with the Sun.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LATE_MORNING = 11 * 60
AFTERNOON = 15 * 60


@dataclass(frozen=True)
class Home:
    zone: ZoneInfo
    country: str
    phone: str


HOMES = tuple(
    Home(zone=ZoneInfo(zone), country=country, phone=phone)
    for zone, country, phone in (
        ("Pacific/Auckland", "NZ", "+64 9 555 0142"),
        ("Australia/Sydney", "AU", "+61 2 5550 0142"),
        ("Asia/Tokyo", "JP", "+81 3 5550 0142"),
        ("Asia/Singapore", "SG", "+65 5550 0142"),
        ("Asia/Kolkata", "IN", "+91 22 5550 0142"),
        ("Asia/Dubai", "AE", "+971 4 555 0142"),
        ("Europe/Athens", "GR", "+30 21 5550 0142"),
        ("Europe/London", "GB", "+44 20 5550 0142"),
        ("Atlantic/Azores", "PT", "+351 296 555 142"),
        ("America/Sao_Paulo", "BR", "+55 11 5550 0142"),
        ("America/New_York", "US", "+1 212 555 0142"),
        ("America/Denver", "US", "+1 303 555 0142"),
        ("America/Los_Angeles", "US", "+1 213 555 0142"),
        ("Pacific/Honolulu", "US", "+1 808 555 0142"),
    )
)


def home_at(instant: datetime) -> Home:
    """Return the place where it is nearest to late morning."""
    return min(HOMES, key=lambda home: _minutes_from(LATE_MORNING, home.zone, instant))


def elsewhere_at(instant: datetime) -> ZoneInfo:
    """Return another zone where it is the same day, and afternoon."""
    home = home_at(instant)
    same_day = [
        other.zone
        for other in HOMES
        if other != home and _day(other.zone, instant) == _day(home.zone, instant)
    ]
    return min(same_day, key=lambda zone: _minutes_from(AFTERNOON, zone, instant))


@dataclass(frozen=True)
class Calendar:
    """Counts days from the day on which the demo is made."""

    zone: ZoneInfo
    today: date

    def day(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def at(self, days: int, clock: str) -> datetime:
        return datetime.combine(self.day(days), time.fromisoformat(clock), self.zone)


def _minutes_from(wanted: int, zone: ZoneInfo, instant: datetime) -> int:
    local = instant.astimezone(zone)
    return abs(local.hour * 60 + local.minute - wanted)


def _day(zone: ZoneInfo, instant: datetime) -> date:
    return instant.astimezone(zone).date()
