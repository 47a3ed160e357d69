"""Asks once more, for the whole batch in one query, whether each mail may still go."""

import uuid
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from notifications import selectors
from notifications.engine import record
from notifications.engine.tally import Tally
from notifications.models import Reminder
from notifications.policy import Audience, Status, may_contact
from patients.models import Consent, Patient
from patients.vocabulary import Channel

# Making Python values of what no mail needs took a tenth of the time of a sweep.
NEITHER_JUDGED_NOR_SAID = (
    *("key", "generation", "reason", "revision", "local_time", "expires_date", "expires_time"),
    *("due_at", "created_at", "sent_at"),
    *("clinic__country", "clinic__created_at", "clinic__window_applies_to"),
    *("patient__family_name", "patient__birth_date", "patient__sex", "patient__record_number"),
    *("patient__phone", "patient__created_at", "patient__status_changed_at"),
    *("patient__email_flag_reason", "patient__next_assessment_due_on"),
)


def recheck(*, token: uuid.UUID, at: datetime, tally: Tally) -> list[Reminder]:
    """Return what may still be sent, in the order of ids; record why the others may not.

    The order is also that in which rows are locked, by us and by those who replace a schedule.
    """
    rows = _claimed(token, at=at).order_by("id")
    return [row for row in rows if _may_go(row, at=at, tally=tally)]


def recheck_one(row: Reminder, *, at: datetime, tally: Tally) -> Reminder | None:
    """Return a fresh copy if it is still ours and may still go."""
    if row.claim is None:
        return None
    fresh = _claimed(row.claim, at=at).filter(pk=row.pk).first()
    return fresh if fresh is not None and _may_go(fresh, at=at, tally=tally) else None


def unchanged(row: Reminder) -> Q:
    """Return the condition that what decided about *row* is still so.

    It stands in the statement that begins the hand-over: after the answer to a withdrawal, a pause
    or a patient's death no mail begins. It decides nothing itself; a change means to ask again.
    """
    if row.patient is None:
        return Q()
    same_patient = Patient.objects.filter(
        pk=OuterRef("patient_id"),
        status=row.patient.status,
        email=row.patient.email,
        email_verified_at=row.patient.email_verified_at,
        email_flagged_at=row.patient.email_flagged_at,
        reminders_paused_at=row.patient.reminders_paused_at,
    )
    if row.audience != Audience.PATIENT:
        return Q(Exists(same_patient))
    same_consent = Consent.objects.filter(
        patient_id=OuterRef("patient_id"),
        channel=Channel.EMAIL,
        withdrawn_at__isnull=True,
        content=row.standing_consent,  # type: ignore[attr-defined]
    )
    return Q(Exists(same_patient)) & Q(Exists(same_consent))


def _claimed(token: uuid.UUID, *, at: datetime) -> QuerySet[Reminder]:
    rows = selectors.rows_to_judge(due_by=at).filter(claim=token, status=Status.CLAIMED.value)
    return rows.defer(*NEITHER_JUDGED_NOR_SAID)


def _may_go(row: Reminder, *, at: datetime, tally: Tally) -> bool:
    verdict = may_contact(selectors.facts_of(row), at=at)
    if not verdict.allowed:
        tally.count(record.not_sent(row, verdict, at=at))
    return verdict.allowed
