from decimal import Decimal
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from patients.models.fact import Versioned, versions_of

MAX_DAILY_MG = Decimal(1000)


class SteroidExposure(Versioned):
    """A course of a glucocorticoid before the plan; an unknown start stays unknown.

    `first_recorded_at` is when its first version was, where this is a later one. `sick_day_dose`
    is one taken for a while because of an illness, by the sick-day plan. `raise_reason` is why it
    is higher than the one before; what stands in `note` is not taken for it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="exposures")
    drug = models.CharField(max_length=32)
    daily_mg = models.DecimalField(max_digits=8, decimal_places=3)
    alternate_daily_mg = models.DecimalField(
        max_digits=8,
        decimal_places=3,
        null=True,
        blank=True,
        help_text="Of every other day",
    )
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True, help_text="First day without it")
    note = models.CharField(max_length=1000, blank=True, default="")
    raise_reason = models.CharField(max_length=500, blank=True, default="", db_default="")
    sick_day_dose = models.BooleanField(default=False, db_default=False)
    first_recorded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            *versions_of("exposure"),
            models.CheckConstraint(
                condition=Q(daily_mg__gte=0) & Q(daily_mg__lte=MAX_DAILY_MG),
                name="exposure_daily_mg_in_range",
            ),
            models.CheckConstraint(
                condition=Q(alternate_daily_mg__isnull=True)
                | (Q(alternate_daily_mg__gte=0) & Q(alternate_daily_mg__lte=MAX_DAILY_MG)),
                name="exposure_alternate_mg_in_range",
            ),
            models.CheckConstraint(
                condition=Q(started_on__isnull=True)
                | Q(ended_on__isnull=True)
                | Q(ended_on__gt=F("started_on")),
                name="exposure_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.drug} {self.id}"
