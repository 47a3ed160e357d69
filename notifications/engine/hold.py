"""Notices that the database is older than what was sent from it, and sends nothing then.

Every sweep counts one up in the database and then in a file beside it. The file is read before the
database is asked, so a file that is ahead means that the database went back: it was restored. Where
there is no file, as on a new machine, a database that nobody has swept for a while may be a backup;
one that is swept at this moment has another worker.
"""

from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F

from notifications.engine.move import SYSTEM
from notifications.models import DispatchHold, SweepState
from patients import audit
from patients.vocabulary import Event

log = structlog.get_logger(__name__)

IN_USE_WITHIN = timedelta(minutes=15)
WENT_BACK = "The database is older than the mails sent from it: it was restored from a backup."
NO_MARKER = (
    "There is no marker beside this database, and nobody has swept it lately: it may be a backup "
    "that was restored here, older than the mails sent from it."
)


def is_held(*, at: datetime) -> bool:
    """Count this sweep, and answer whether nothing may be sent now."""
    marked = _marked()
    known = SweepState.objects.filter(pk=1).update(sweeps=F("sweeps") + 1)
    if not known:  # never swept: nothing was sent from it
        _mark(0)
        return _holds()
    state = SweepState.objects.get(pk=1)
    if why := _why_it_may_be_a_backup(state, marked=marked, at=at):
        _hold(why, at=at)
    _note_marker(state, written=_mark(state.sweeps), at=at)
    return _holds()


def _why_it_may_be_a_backup(state: SweepState, *, marked: int | None, at: datetime) -> str:
    """Return a sentence, or "" where nothing speaks for it."""
    if marked is not None:
        return WENT_BACK if state.sweeps <= marked else ""
    in_use = state.last_sweep_at is None or at - state.last_sweep_at < IN_USE_WITHIN
    return "" if in_use else NO_MARKER


def _holds() -> bool:
    return DispatchHold.objects.filter(confirmed_at__isnull=True).exists()


@transaction.atomic
def _hold(why: str, *, at: datetime) -> None:
    SweepState.objects.select_for_update(no_key=True).get(pk=1)  # of two workers, one holds
    if DispatchHold.objects.filter(confirmed_at__isnull=True).exists():
        return
    hold = DispatchHold.objects.create(held_at=at, reason=why)
    audit.record(Event.DISPATCH_HELD, system=SYSTEM, at=at, subject=hold)
    log.error("dispatch is held", reason=why)


def _marked() -> int | None:
    """Return how far the file has counted; None where there is none that can be read."""
    try:
        return int(Path(settings.DISPATCH_MARKER).read_text())
    except (OSError, ValueError):
        return None


def _mark(counted: int) -> bool:
    """Write how far was counted; return whether that could be done."""
    marker = Path(settings.DISPATCH_MARKER)
    fresh = marker.with_suffix(".new")
    try:
        fresh.write_text(str(counted))
        fresh.replace(marker)
    except OSError as error:
        log.warning("the dispatch marker cannot be written", error=type(error).__name__)
        return False
    return True


def _note_marker(state: SweepState, *, written: bool, at: datetime) -> None:
    """Keep since when the marker cannot be written; /readyz asks for it."""
    if written == (state.marker_lost_at is None):
        return
    SweepState.objects.filter(pk=1).update(marker_lost_at=None if written else at)
