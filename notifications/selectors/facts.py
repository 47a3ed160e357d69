"""What the database knows about whether a mail may go; decided by notifications.policy."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from notifications.models import ClinicPolicy, Reminder, SendingPause
from notifications.policy import (
    BY_DEFAULT,
    OPEN,
    Audience,
    ClinicRules,
    ContactFacts,
    Kind,
    ReminderRequest,
    Status,
)
from notifications.policy import Verdict as Verdict
from notifications.policy import may_contact as decide
from patients.models import Consent, Patient, TeamTask
from patients.vocabulary import RED_FLAG_PAUSE, SYMPTOMS_TASK, Channel

TAKES_THE_PLACE = sorted([*(status.value for status in OPEN), Status.SENT.value])


def rows_to_judge(*, due_by: datetime | None = None) -> QuerySet[Reminder]:
    """Return reminders with all that the decision needs, so that a batch costs one query.

    *due_by*: a newer reminder of the same kind that is due by then takes the place of an older one.
    """
    consents = _standing_consents().filter(patient_id=OuterRef("patient_id"))
    return Reminder.objects.select_related("clinic__reminder_policy", "patient", "task").annotate(
        standing_consent=Subquery(consents.values("content")[:1]),
        superseded=Exists(_newer(due_by=due_by)),
        sending_paused=Exists(_pauses()),
        told_to_wait=Exists(_calls_about_symptoms()),
    )


def facts_of(row: Reminder) -> ContactFacts:
    """Return the facts of one of `rows_to_judge`."""
    return _facts(
        patient=row.patient,
        kind=Kind(row.kind),
        audience=Audience(row.audience),
        expires_at=row.expires_at,
        consent=row.standing_consent or "",  # type: ignore[attr-defined]
        withdrawn=row.withdrawn_at is not None,
        superseded=bool(row.superseded),  # type: ignore[attr-defined]
        sending_paused=bool(row.sending_paused),  # type: ignore[attr-defined]
        told_to_wait=bool(row.told_to_wait),  # type: ignore[attr-defined]
        rules=_rules_of(row),
        time_zone=row.patient.time_zone if row.patient else row.clinic.time_zone,
    )


def contact_facts(
    *, patient: Patient, kind: Kind, audience: Audience, expires_at: datetime
) -> ContactFacts:
    """Return the facts for a mail that is not stored yet."""
    content = _standing_consents().filter(patient=patient).values_list("content", flat=True)
    return _facts(
        patient=patient,
        kind=kind,
        audience=audience,
        expires_at=expires_at,
        consent=content.first() or "",
    )


def may_contact(*, patient: Patient, request: ReminderRequest, at: datetime) -> Verdict:
    """Answer whether this mail would go out if it were due now; for previews."""
    facts = contact_facts(
        patient=patient,
        kind=request.kind,
        audience=request.audience,
        expires_at=request.expires_at,
    )
    return decide(facts, at=at)


def _facts(
    *,
    patient: Patient | None,
    kind: Kind,
    audience: Audience,
    expires_at: datetime,
    consent: str,
    **further: Any,
) -> ContactFacts:
    if patient is None:
        return ContactFacts(kind=kind, audience=audience, expires_at=expires_at, **further)
    return ContactFacts(
        kind=kind,
        audience=audience,
        expires_at=expires_at,
        patient_status=patient.status,
        paused=patient.reminders_paused_at is not None,
        red_flag=patient.reminders_paused_reason.startswith(RED_FLAG_PAUSE),
        consent=consent,
        has_address=bool(patient.email),
        address_verified=patient.email_verified_at is not None,
        address_flagged=patient.email_flagged_at is not None,
        **further,
    )


def _rules_of(row: Reminder) -> ClinicRules:
    try:
        return row.clinic.reminder_policy.to_rules()
    except ClinicPolicy.DoesNotExist:
        return BY_DEFAULT


def _pauses() -> QuerySet[SendingPause]:
    return SendingPause.objects.filter(
        Q(kind="") | Q(kind=OuterRef("kind")),
        clinic_id=OuterRef("clinic_id"),
        lifted_at__isnull=True,
    )


def _calls_about_symptoms() -> QuerySet[TeamTask]:
    """The patient is not well, and was told to lower nothing until the team has called."""
    return TeamTask.objects.filter(
        patient_id=OuterRef("patient_id"), key__startswith=SYMPTOMS_TASK, done_at__isnull=True
    )


def _standing_consents() -> QuerySet[Consent]:
    return Consent.objects.filter(channel=Channel.EMAIL, withdrawn_at__isnull=True)


def _newer(*, due_by: datetime | None) -> QuerySet[Reminder]:
    same_reader = Q(patient_id=OuterRef("patient_id")) | Q(
        patient_id__isnull=True, clinic_id=OuterRef("clinic_id"), source=OuterRef("source")
    )
    newer = Reminder.objects.filter(
        same_reader,
        kind=OuterRef("kind"),
        audience=OuterRef("audience"),
        status__in=TAKES_THE_PLACE,
        withdrawn_at__isnull=True,
        due_at__gt=OuterRef("due_at"),
    )
    return newer if due_by is None else newer.filter(due_at__lte=due_by)
