"""The mails of the coming days, as they would be written; nothing is stored or sent."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.contrib.auth.models import User

from notifications.email import preview_of
from notifications.policy import Audience, Kind, ReminderRequest, kind_label
from notifications.selectors import may_contact, policy_of
from patients.access import Permission, check
from patients.models import Patient
from patients.selectors import standing_consent
from patients.vocabulary import Content
from tapers.domain.course import Report
from tapers.domain.monitoring import assessment_due_on
from tapers.domain.plan import Plan
from tapers.selectors.facts import stocked_strengths
from tapers.selectors.protocols import protocol_of
from tapers.selectors.reminders import (
    Monitoring,
    monitoring_of,
    monitoring_requests,
    step_requests,
)


@dataclass(frozen=True)
class PreviewedMail:
    """A mail that would be due; whether it would go as things stand now, and if not, why."""

    due_at: datetime
    local_date: date
    kind: Kind
    label: str
    audience: Audience
    subject: str
    text: str
    will_send: bool
    why_not: str


def mail_preview(
    *,
    actor: User,
    patient: Patient,
    plan: Plan,
    reports: tuple[Report, ...] = (),
    at: datetime,
    days: int = 30,
) -> tuple[PreviewedMail, ...]:
    """Return what patient and nurses would get in the next *days* if this plan were active."""
    check(actor, Permission.READ_RECORD, patient)
    rules = policy_of(patient.clinic)
    requests = (
        *step_requests(
            patient=patient,
            rules=rules,
            plan=plan,
            reports=reports,
            strengths=stocked_strengths(clinic=patient.clinic, drug=plan.drug),
            revision=None,
        ),
        *monitoring_requests(
            patient=patient, rules=rules, monitoring=_monitoring_with(patient, plan)
        ),
    )
    return previewed_requests(patient=patient, requests=requests, at=at, days=days)


def previewed_requests(
    *, patient: Patient, requests: Iterable[ReminderRequest], at: datetime, days: int = 30
) -> tuple[PreviewedMail, ...]:
    """Return the mails that would come of *requests* in the next *days*, the soonest first."""
    last = at + timedelta(days=days)
    wanted = [request for request in requests if at < request.due_at <= last]
    consent = standing_consent(patient=patient)
    details = consent is not None and consent.content == Content.DETAILS
    return tuple(
        _previewed(patient, request, details=details, at=at)
        for request in sorted(wanted, key=lambda each: (each.due_at, each.audience))
    )


def _monitoring_with(patient: Patient, plan: Plan) -> Monitoring:
    """The monitoring of the patient as it would be with this plan running."""
    present = monitoring_of(patient=patient)
    due_on = assessment_due_on(
        last_full_on=present.last_full_on,
        taper_starts_on=plan.starts_on,
        due_days=protocol_of(patient.clinic).visit_due_days,
    )
    return replace(present, due_on=due_on, reminds=True, until=None)


def _previewed(
    patient: Patient, request: ReminderRequest, *, details: bool, at: datetime
) -> PreviewedMail:
    mail = preview_of(request=request, patient=patient, clinic=patient.clinic, details=details)
    verdict = may_contact(patient=patient, request=request, at=at)
    return PreviewedMail(
        due_at=request.due_at,
        local_date=request.local_date,
        kind=request.kind,
        label=kind_label(request.kind, request.context),
        audience=request.audience,
        subject=mail.subject,
        text=mail.text,
        will_send=verdict.allowed,
        why_not=verdict.reason,
    )
