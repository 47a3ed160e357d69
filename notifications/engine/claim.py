"""Takes hold of due reminders, so that nobody else sends them while we do."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from django.conf import settings
from django.db import connection, transaction

from notifications import selectors
from notifications.engine import record
from notifications.engine.tally import Tally
from notifications.models import Reminder
from notifications.policy import ASKED_FOR_NOW, OPEN, Status

OPEN_STATUSES = sorted(status.value for status in OPEN)

# The list of statuses stands here as in the partial index, or PostgreSQL would not use it.
CLAIM_IN_ONE_STATEMENT = """
WITH due AS (
    SELECT id, status FROM notifications_reminder
    WHERE status IN ('CLAIMED', 'HANDING', 'SCHEDULED') AND next_attempt_at <= %(at)s
      {further}
    ORDER BY next_attempt_at, id LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
UPDATE notifications_reminder AS reminder
SET status = 'CLAIMED', claim = %(token)s, next_attempt_at = %(lease_ends_at)s
FROM due WHERE reminder.id = due.id
RETURNING reminder.id, due.status
"""


class Which(Enum):
    """Which of the due reminders are claimed."""

    ALL = auto()
    EXPIRED = auto()
    NOT_HELD_IN_A_SURGE = auto()


IN_SQL = {
    Which.ALL: "",
    Which.EXPIRED: "AND expires_at <= %(at)s",
    Which.NOT_HELD_IN_A_SURGE: "AND (audience <> 'PATIENT' OR kind = ANY(%(for_now)s))",
}
FOR_NOW = sorted(kind.value for kind in ASKED_FOR_NOW)


@dataclass(frozen=True)
class Batch:
    token: uuid.UUID
    size: int


def claim(*, at: datetime, tally: Tally, which: Which = Which.ALL) -> Batch:
    """Claim the next due reminders. A lapsed lease is just a due row: there is no reaper to stall.

    A row that was being handed over when its lease lapsed gets that try recorded as unknown.
    """
    token = uuid.uuid4()
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            claimed = _claim_in_one_statement(token, at=at, which=which)
        else:
            claimed = _claim_alone(token, at=at, which=which)
        lapsed = [row_id for row_id, was in claimed if was == Status.HANDING]
        given_up = [record.lapsed(row_id, token=token, at=at) for row_id in sorted(lapsed)]
    tally.claimed += len(claimed)
    tally.unknown += len(lapsed)
    for status in given_up:
        tally.count(status)
    return Batch(token=token, size=len(claimed))


def renew(*, token: uuid.UUID, at: datetime) -> None:
    """Keep hold of the rest of a batch that takes long."""
    rows = Reminder.objects.filter(claim=token, status=Status.CLAIMED.value)
    with transaction.atomic():
        free = rows.select_for_update(skip_locked=True).order_by("id").values_list("id", flat=True)
        rows.filter(pk__in=list(free)).update(next_attempt_at=lease_end(at=at))


def lease_end(*, at: datetime) -> datetime:
    return at + timedelta(seconds=settings.REMINDER_LEASE_SECONDS)


def _claim_in_one_statement(
    token: uuid.UUID, *, at: datetime, which: Which
) -> list[tuple[uuid.UUID, str]]:
    sql = CLAIM_IN_ONE_STATEMENT.format(further=IN_SQL[which])
    given = {
        "at": at,
        "limit": settings.REMINDER_BATCH_SIZE,
        "token": token,
        "lease_ends_at": lease_end(at=at),
        "for_now": FOR_NOW,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())


def _claim_alone(token: uuid.UUID, *, at: datetime, which: Which) -> list[tuple[uuid.UUID, str]]:
    """The same for SQLite, where a transaction that writes is alone from its first statement."""
    due = Reminder.objects.filter(status__in=OPEN_STATUSES, next_attempt_at__lte=at)
    if which is Which.EXPIRED:
        due = due.filter(expires_at__lte=at)
    if which is Which.NOT_HELD_IN_A_SURGE:
        due = due.exclude(selectors.MAY_BE_HELD)
    ordered = due.order_by("next_attempt_at", "id").values_list("id", "status")
    claimed = list(ordered[: settings.REMINDER_BATCH_SIZE])
    Reminder.objects.filter(pk__in=[row_id for row_id, _ in claimed]).update(
        status=Status.CLAIMED.value, claim=token, next_attempt_at=lease_end(at=at)
    )
    return claimed
