"""Where the demo keeps what it makes: all of it below DATA_DIR."""

from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings


def folder() -> Path:
    return Path(settings.DATA_DIR)


def mails() -> Path:
    return folder() / "mailbox"


def logs() -> Path:
    return folder() / "log"


def seeded() -> Path:
    """The file that exists once the clinics are complete; it names the zone they are in."""
    return folder() / "seeded"


def home_zone() -> ZoneInfo:
    file = seeded()
    return ZoneInfo(file.read_text(encoding="ascii").strip() if file.exists() else "UTC")


def all_made() -> list[Path]:
    """Everything an earlier demo left, except the key that log-ins are signed with."""
    names = ("taperline.sqlite3*", "mailbox", "queue", "log", "clock*", "beat*", "seeded")
    return [path for name in names for path in folder().glob(name)]
