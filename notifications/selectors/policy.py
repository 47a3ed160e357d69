"""What a clinic has decided of its reminders."""

from django.contrib.auth.models import User
from django.db.models import QuerySet

from notifications.models import ClinicPolicy, SendingPause
from notifications.policy import BY_DEFAULT, ClinicRules
from patients.access import visible_clinics
from patients.models import Clinic


def policy_of(clinic: Clinic) -> ClinicRules:
    """Return the clinic's rules; the defaults where it changed none."""
    row = ClinicPolicy.objects.filter(clinic=clinic).first()
    return row.to_rules() if row is not None else BY_DEFAULT


def pauses_for(*, actor: User, clinic: Clinic | None = None) -> QuerySet[SendingPause]:
    """Return the pauses that hold now, of the clinics *actor* belongs to."""
    held = SendingPause.objects.filter(
        clinic_id__in=visible_clinics(actor=actor).values("id"), lifted_at__isnull=True
    )
    held = held if clinic is None else held.filter(clinic=clinic)
    return held.select_related("clinic", "paused_by").order_by("paused_at", "id")
