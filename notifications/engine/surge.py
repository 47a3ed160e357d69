"""Holds the mail to patients back when far more is due at once than ever, and tells the team."""

from datetime import datetime

import structlog
from django.conf import settings
from django.db import transaction

from notifications import selectors
from notifications.engine.move import SYSTEM
from notifications.models import SurgeHold, SweepState
from notifications.policy import is_surge
from patients import audit
from patients.models import Clinic
from patients.services.tasks import open_task
from patients.vocabulary import Event, TaskKind

log = structlog.get_logger(__name__)

TELL_THE_TEAM = (
    "{due} reminders to patients are due at once; a usual busy hour has {usual}. None is sent "
    "until the operator has looked why. Call whoever must not miss one."
)


def holds_patients_mail(*, at: datetime) -> bool:
    """Answer whether mail to patients waits for an operator, or has to from now on."""
    if selectors.surge_hold() is not None:
        return True
    rows = settings.REMINDER_SURGE_ROWS
    due = selectors.due_at_once(at=at)
    if due[: rows + 1].count() <= rows:
        return False
    number, usual = due.count(), selectors.usual_hour_before(at=at)
    if usual is None or not is_surge(due=number, usual=usual, rows=rows):
        return False
    _hold(due=number, usual=usual, at=at)
    return True


@transaction.atomic
def _hold(*, due: int, usual: int, at: datetime) -> None:
    SweepState.objects.select_for_update(no_key=True).get(pk=1)  # of two workers, one holds
    if selectors.surge_hold() is not None:
        return
    hold = SurgeHold.objects.create(held_at=at, due=due, usual_hour=usual)
    audit.record(Event.SURGE_HELD, system=SYSTEM, at=at, subject=hold, due=due, usual=usual)
    log.error("mail to patients is held", due=due, usual_hour=usual)
    concerned = selectors.due_at_once(at=at).values("clinic_id")
    for clinic in Clinic.objects.filter(id__in=concerned):
        open_task(
            clinic=clinic,
            kind=TaskKind.OTHER,
            key="surge",
            text=TELL_THE_TEAM.format(due=due, usual=usual),
            at=at,
            system=SYSTEM,
        )
