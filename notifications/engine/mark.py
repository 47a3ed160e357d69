"""The statement before each mail: the one before was accepted, this one is now handed over.

PostgreSQL does it all in one statement, and so in one transaction and one round trip; SQLite in a
transaction of several.
"""

import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from notifications.email import Envelope
from notifications.engine import record
from notifications.engine.claim import lease_end
from notifications.engine.move import SYSTEM, kept_context
from notifications.engine.prepared import fetch_one_prepared
from notifications.engine.recheck import unchanged
from notifications.models import Reminder
from notifications.policy import CALLS_THE_PATIENT, Audience, Reply, Status
from patients.vocabulary import Event

LONGEST_LIST = 2000

# The row is found by its primary key. Without || '' the planner may read the whole partial index of
# open reminders instead, for each mail anew.
# "attempt" is written also when the row is no longer ours: that the server took it stays on record.
# Asked a second time after the answer got lost, every part finds its work done.
ACCEPTED = """
sent AS (
    UPDATE notifications_reminder
    SET status = 'SENT', sent_at = %(accepted_at)s, claim = NULL, outcome_note = '',
        context = %(kept)s::jsonb
    WHERE id = %(last)s AND claim = %(last_claim)s AND status || '' = 'HANDING'
    RETURNING id, clinic_id, patient_id, kind, audience
), attempt AS (
    INSERT INTO notifications_deliveryattempt
        (id, reminder_id, number, recipient, outcome, smtp_code, error, handed_at, ended_at)
    VALUES (%(attempt)s, %(last)s, %(number)s, %(last_to)s, 'ACCEPTED', %(code)s, '',
            %(last_handed_at)s, %(accepted_at)s)
    ON CONFLICT (id) DO NOTHING
), told AS (
    INSERT INTO patients_auditevent
        (id, at, event, patient_id, clinic_id, system, subject_type, subject_id, details)
    SELECT %(event)s, %(accepted_at)s, %(event_name)s, patient_id, clinic_id, %(system)s,
           %(subject_type)s, id::text, jsonb_build_object('kind', kind, 'audience', audience)
    FROM sent
)"""
HANDING = """
handing AS (
    UPDATE notifications_reminder AS mine
    SET status = 'HANDING', handed_at = %(at)s, handed_to = %(to)s, attempts = %(attempts)s,
        next_attempt_at = %(lease_ends_at)s
    WHERE id = %(row)s AND claim = %(claim)s AND withdrawn_at IS NULL
      AND (status || '' = 'CLAIMED' OR (status || '' = 'HANDING' AND handed_at = %(at)s))
      {unchanged}
    RETURNING id
)"""
SAME_PATIENT = """
      AND EXISTS (
        SELECT FROM patients_patient WHERE id = mine.patient_id AND status = %(patient_status)s
          AND email = %(email)s AND email_verified_at IS NOT DISTINCT FROM %(verified_at)s
          AND email_flagged_at IS NOT DISTINCT FROM %(flagged_at)s
          AND reminders_paused_at IS NOT DISTINCT FROM %(paused_at)s)"""
SAME_CONSENT = """
      AND EXISTS (
        SELECT FROM patients_consent WHERE patient_id = mine.patient_id AND channel = 'EMAIL'
          AND withdrawn_at IS NULL AND content = %(consent)s)"""


COUNTS = {
    True: "SELECT EXISTS (SELECT FROM sent), EXISTS (SELECT FROM handing)",
    False: "SELECT false, EXISTS (SELECT FROM handing)",
}


@dataclass(frozen=True)
class Accepted:
    """A mail that the server took, not yet written down."""

    row: Reminder
    reply: Reply
    at: datetime
    attempt_id: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def asks_for_more(self) -> bool:
        """A task is to be opened beside what every accepted mail leaves."""
        return bool(self.reply.refused) or self.row.kind in CALLS_THE_PATIENT


def mark(
    row: Reminder, envelope: Envelope, *, accepted: Accepted | None, at: datetime
) -> tuple[Status | None, bool]:
    """Write *accepted* down and move *row* to HANDING; return what each became.

    False: it was withdrawn, its patient's record has changed since the recheck, or the claim is
    lost. Then nothing may be handed over.
    """
    to = ", ".join(envelope.recipients)[:LONGEST_LIST]
    if connection.vendor == "postgresql" and not (accepted and accepted.asks_for_more):
        status, moved = _mark_in_one_statement(row, to, accepted=accepted, at=at)
    else:
        status, moved = _mark_in_a_transaction(row, to, accepted=accepted, at=at)
    if moved:
        row.handed_at, row.handed_to = at, to
    return status, moved


def record_accepted(accepted: Accepted | None) -> Status | None:
    """Write the last one of a batch down."""
    if accepted is None:
        return None
    return record.accepted(accepted.row, accepted.reply, at=accepted.at)


@transaction.atomic
def _mark_in_a_transaction(
    row: Reminder, to: str, *, accepted: Accepted | None, at: datetime
) -> tuple[Status | None, bool]:
    status = record_accepted(accepted)
    mine = Reminder.objects.filter(
        pk=row.pk, claim=row.claim, status=Status.CLAIMED.value, withdrawn_at__isnull=True
    )
    moved = mine.filter(unchanged(row)).update(
        status=Status.HANDING.value,
        handed_at=at,
        handed_to=to,
        attempts=F("attempts") + 1,
        next_attempt_at=lease_end(at=at),
    )
    return status, bool(moved)


def _mark_in_one_statement(
    row: Reminder, to: str, *, accepted: Accepted | None, at: datetime
) -> tuple[Status | None, bool]:
    parts = [HANDING.format(unchanged=_unchanged(row))]
    given = _given(row, to, at=at)
    if accepted is not None:
        parts.insert(0, ACCEPTED)
        given |= _given_accepted(accepted)
    sql = f"WITH {', '.join(parts)} {COUNTS[accepted is not None]}"
    was_sent, moved = fetch_one_prepared(sql, given)
    return (Status.SENT if was_sent else None), moved


def _unchanged(row: Reminder) -> str:
    """The same condition as `recheck.unchanged`, in SQL."""
    if row.patient is None:
        return ""
    return SAME_PATIENT + (SAME_CONSENT if row.audience == Audience.PATIENT else "")


def _given(row: Reminder, to: str, *, at: datetime) -> dict[str, Any]:
    given = {
        "row": row.pk,
        "claim": row.claim,
        "at": at,
        "to": to,
        "attempts": row.attempts + 1,
        "lease_ends_at": lease_end(at=at),
    }
    if row.patient is None:
        return given
    return given | {
        "patient_status": row.patient.status,
        "email": row.patient.email,
        "verified_at": row.patient.email_verified_at,
        "flagged_at": row.patient.email_flagged_at,
        "paused_at": row.patient.reminders_paused_at,
        "consent": row.standing_consent,  # type: ignore[attr-defined]
    }


def _given_accepted(accepted: Accepted) -> dict[str, Any]:
    row = accepted.row
    return {
        "accepted_at": accepted.at,
        "kept": json.dumps(kept_context(row)),
        "last": row.pk,
        "last_claim": row.claim,
        "attempt": accepted.attempt_id,
        "number": row.attempts,
        "last_to": row.handed_to,
        "code": accepted.reply.code,
        "last_handed_at": row.handed_at or accepted.at,
        "event": uuid.uuid4(),
        "event_name": Event.REMINDER_SENT.value,
        "system": SYSTEM,
        "subject_type": Reminder._meta.label,
    }
