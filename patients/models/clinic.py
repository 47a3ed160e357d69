from decimal import Decimal
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from patients.vocabulary import Role, WindowAppliesTo

MAX_TABLET_MG = Decimal(1000)


class Clinic(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64)
    country = models.CharField(max_length=2, default="US", help_text="ISO 3166; for holidays")
    phone = models.CharField(max_length=32)
    window_applies_to = models.CharField(
        max_length=16, choices=WindowAppliesTo, default=WindowAppliesTo.TOTAL
    )
    patients_registered = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class StockedTablet(models.Model):
    """A strength the clinic can hand out; what a dose can be made of."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="stocked_tablets")
    drug = models.CharField(max_length=32)
    strength_mg = models.DecimalField(max_digits=7, decimal_places=2)
    scored = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "drug", "strength_mg"], name="stocked_tablet_once"
            ),
            models.CheckConstraint(
                condition=Q(strength_mg__gt=0) & Q(strength_mg__lte=MAX_TABLET_MG),
                name="stocked_tablet_strength_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.drug} {self.strength_mg} mg"


class Membership(models.Model):
    """Who works in a clinic, and as what: one role a clinic."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role)
    is_lead = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "user"], name="membership_once"),
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="membership_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.id}"
