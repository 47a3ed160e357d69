"""A clinic changes its rungs: what waits of its patients follows at once."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from notifications.models import ClinicPolicy
from notifications.services import policy
from patients.models import Clinic
from tapers.services.schedule import follow_the_clinic


@transaction.atomic
def change_reminder_policy(
    *, actor: User, clinic: Clinic, changes: Mapping[str, object], at: datetime
) -> ClinicPolicy:
    """Store the policy, and ask again for the reminders of all patients of the clinic."""
    stored = policy.change_policy(actor=actor, clinic=clinic, changes=changes, at=at)
    follow_the_clinic(clinic, at)
    return stored
