"""A change that is sent again is not made again: what was answered first is kept for a day.

Everything here belongs into the transaction of the change. What is rolled back leaves no answer,
what is committed leaves one, wherever the process dies.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.contrib.auth.models import User
from django.db import connection, transaction

from patients.access import standing_of
from patients.errors import KeyReused, NotPermitted, StillInFlight
from patients.models import KeptAnswer

KEPT_FOR = timedelta(hours=24)
OTHER_STANDING = (
    "What you may see and do has changed since this was first sent; its answer is not shown again."
)


@dataclass(frozen=True)
class Sending:
    """Who sends what to where, and by which key it is known when it comes again."""

    actor: User
    method: str
    path: str
    key: str
    content: str = ""

    @property
    def digest(self) -> str:
        return _digest(json.dumps([self.actor.pk, self.method, self.path, self.key]))

    @cached_property
    def standing(self) -> str:
        """What the actor may see and do, as it was before the change was tried."""
        return standing_of(self.actor)

    @property
    def content_digest(self) -> str:
        return _digest(self.content)


def answer_kept(*, sending: Sending, waits: bool) -> KeptAnswer | None:
    """Hold the key until the transaction ends; return the first answer, None for a first sending.

    While another transaction holds the key, wait for it or raise StillInFlight. On SQLite a
    transaction that has begun is the only one, so there is always waiting. Raise NotPermitted
    where the person's roles are no longer those of the first sending, KeyReused for other content.
    """
    _hold(sending, waits=waits)
    kept = KeptAnswer.objects.filter(sending=sending.digest).first()
    standing = sending.standing
    if kept is None:
        return None
    if kept.standing != standing:
        raise NotPermitted(OTHER_STANDING)
    if kept.content != sending.content_digest:
        raise KeyReused
    return kept


def keep_answer(*, sending: Sending, status: int, body: str, at: datetime) -> None:
    KeptAnswer.objects.create(
        sending=sending.digest,
        person=sending.actor,
        content=sending.content_digest,
        standing=sending.standing,
        status=status,
        body=body,
        kept_at=at,
    )


@transaction.atomic
def forget_answers(*, at: datetime) -> int:
    """Remove what was kept for its time; return how many. Its keys are free again."""
    forgotten, _ = KeptAnswer.objects.filter(kept_at__lte=at - KEPT_FOR).delete()
    return forgotten


def _hold(sending: Sending, *, waits: bool) -> None:
    """Nothing to release: PostgreSQL lets go when the transaction ends, however it ends."""
    if connection.vendor != "postgresql":
        return
    number = int.from_bytes(bytes.fromhex(sending.digest)[:8], "big", signed=True)
    with connection.cursor() as cursor:
        if waits:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
            return
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        [is_ours] = cursor.fetchone()
    if not is_ours:
        raise StillInFlight


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
