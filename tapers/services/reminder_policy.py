"""A clinic changes its rungs: what waits of its running tapers follows at once."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from notifications.models import ClinicPolicy
from notifications.services import policy
from patients.models import Clinic, Patient
from tapers.domain.states import Status
from tapers.models import Taper
from tapers.selectors import plan_of
from tapers.services.schedule import ask_for_monitoring, ask_for_reminders


@transaction.atomic
def change_reminder_policy(
    *, actor: User, clinic: Clinic, changes: Mapping[str, object], at: datetime
) -> ClinicPolicy:
    """Store the policy, and ask again for the reminders of every running taper of the clinic."""
    stored = policy.change_policy(actor=actor, clinic=clinic, changes=changes, at=at)
    running = Taper.objects.select_related("patient__clinic").filter(
        patient__clinic=clinic, status=Status.ACTIVE
    )
    for taper in running.order_by("id"):
        ask_for_reminders(taper, plan_of(taper), at)
    monitored = Patient.objects.select_related("clinic").filter(
        clinic=clinic, next_assessment_due_on__isnull=False
    )
    for patient in monitored.order_by("id"):
        ask_for_monitoring(patient, at)
    return stored
