"""Who looks after an alert, and each later look at one that was taken note of."""

from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import transaction

from patients import audit
from patients.access import ROLE_PERMISSIONS, Permission, check
from patients.errors import BadInput
from patients.models import Membership
from patients.vocabulary import Event, Role
from tapers.errors import AlertIsOver, NotAcknowledged
from tapers.models import Alert, AlertCheck
from tapers.services.alerts import check_next_day, locked_alert
from tapers.services.escalation import ask_for_escalation
from tapers.services.revisions import words


@transaction.atomic
def assign_alert(*, actor: User, alert: Alert, owner: Membership | None, at: datetime) -> Alert:
    """Take an alert on, hand it to a colleague, or release it (None).

    Who owns it looks after it; until somebody gave a reason it stays open. The leads are told
    only of what is nobody's: released, it waits anew. What is over needs nobody, unless a day was
    set to look again.
    """
    check(actor, Permission.TAKE_ALERT, alert.patient)
    _refuse_owner(alert, owner)
    alert = locked_alert(alert)
    if alert.closed_at is not None and alert.next_check_on is None:
        raise AlertIsOver
    before = alert.owner_id
    if before == (owner.pk if owner else None):
        return alert  # sent again, or from a page that was old: it is so already
    alert.owner, alert.owner_changed_at = owner, at
    alert.save(update_fields=["owner", "owner_changed_at"])
    ask_for_escalation(alert.patient, at)
    audit.record(
        Event.ALERT_ASSIGNED,
        patient=alert.patient,
        actor=actor,
        at=at,
        subject=alert,
        code=alert.code,
        change=_change(actor, owner),
        before=str(before) if before else None,
        after=str(owner.pk) if owner else None,
    )
    return alert


@transaction.atomic
def check_alert(
    *, actor: User, alert: Alert, note: str, next_check_on: date | None = None, at: datetime
) -> AlertCheck:
    """Write down a later look at an alert; without a next day it is not asked about again."""
    check(actor, Permission.ACKNOWLEDGE_ALERT, alert.patient)
    note = words("note", note)
    check_next_day(alert.patient, next_check_on, at=at)
    alert = locked_alert(alert)
    if alert.acknowledged_at is None:
        raise NotAcknowledged
    alert.next_check_on = next_check_on
    alert.save(update_fields=["next_check_on"])
    looked = AlertCheck.objects.create(
        alert=alert, note=note, next_check_on=next_check_on, checked_by=actor, checked_at=at
    )
    audit.record(
        Event.ALERT_CHECKED,
        patient=alert.patient,
        actor=actor,
        at=at,
        subject=alert,
        code=alert.code,
        next_check_on=next_check_on,
    )
    return looked


def _refuse_owner(alert: Alert, owner: Membership | None) -> None:
    if owner is None:
        return
    belongs = owner.clinic_id == alert.patient.clinic_id and owner.is_active
    if not belongs or Permission.TAKE_ALERT not in ROLE_PERMISSIONS[Role(owner.role)]:
        raise BadInput("owner", "Name a nurse or a prescriber who works in this clinic.")


def _change(actor: User, owner: Membership | None) -> str:
    if owner is None:
        return "RELEASED"
    return "TAKEN" if owner.user_id == actor.pk else "GIVEN"
