"""Notices that the database is older than what was sent from it, and sends nothing then.

Every sweep counts one up in the database and then in a file beside it. The file is read before the
database is asked, so a file that is ahead means that the database went back: it was restored.
"""

from datetime import datetime
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

WENT_BACK = "The database is older than the mails sent from it: it was restored from a backup."


def is_held(*, at: datetime) -> bool:
    """Count this sweep, and answer whether nothing may be sent now."""
    marked = _marked()
    known = SweepState.objects.filter(pk=1).update(sweeps=F("sweeps") + 1)
    counted = SweepState.objects.values_list("sweeps", flat=True).get(pk=1) if known else 0
    if known and counted <= marked:
        _hold(at=at)
    _mark(counted)
    return DispatchHold.objects.filter(confirmed_at__isnull=True).exists()


@transaction.atomic
def _hold(*, at: datetime) -> None:
    SweepState.objects.select_for_update(no_key=True).get(pk=1)  # of two workers, one holds
    if DispatchHold.objects.filter(confirmed_at__isnull=True).exists():
        return
    hold = DispatchHold.objects.create(held_at=at, reason=WENT_BACK)
    audit.record(Event.DISPATCH_HELD, system=SYSTEM, at=at, subject=hold)
    log.error("dispatch is held", reason=WENT_BACK)


def _marked() -> int:
    """Return how far the file has counted; a database never swept yet has nothing to compare."""
    try:
        return int(Path(settings.DISPATCH_MARKER).read_text())
    except (OSError, ValueError):
        return 0


def _mark(counted: int) -> None:
    marker = Path(settings.DISPATCH_MARKER)
    fresh = marker.with_suffix(".new")
    try:
        fresh.write_text(str(counted))
        fresh.replace(marker)
    except OSError as error:
        log.warning("the dispatch marker cannot be written", error=type(error).__name__)
