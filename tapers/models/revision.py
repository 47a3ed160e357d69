from decimal import Decimal
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from tapers.domain.plan import DoseStep as PlannedStep
from tapers.vocabulary import Origin

MAX_DAILY_MG = Decimal(1000)


class PlanRevision(models.Model):
    """One numbered version of a taper's plan; never changed. Holds the whole course.

    `revised_from_step` is the first step the prescriber replaced, `edited_from_step` the first
    one written by hand; a regimen is stored where one made the plan. What came before
    `asks_from_step` was settled when the prescriber revised or resumed: nobody is asked about it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    taper = models.ForeignKey("tapers.Taper", models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    origin = models.CharField(max_length=16, choices=Origin)
    reason = models.CharField(max_length=500, blank=True, default="")
    decrement_mg = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    interval_days = models.PositiveSmallIntegerField(null=True, blank=True)
    interval_days_from_10_mg = models.PositiveSmallIntegerField(null=True, blank=True)
    hold_days = models.PositiveSmallIntegerField(null=True, blank=True)
    edited_from_step = models.PositiveSmallIntegerField(null=True, blank=True)
    revised_from_step = models.PositiveSmallIntegerField(null=True, blank=True)
    asks_from_step = models.PositiveSmallIntegerField(default=1)
    rulebook_version = models.CharField(max_length=24)
    equivalence_table_version = models.CharField(max_length=24)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Nobody when the patient reported a late step",
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["taper", "number"], name="revision_number_once"),
            models.CheckConstraint(
                condition=Q(origin__in=Origin.values), name="revision_origin_is_known"
            ),
            models.CheckConstraint(
                condition=Q(number=1, origin=Origin.DRAFTED.value)
                | (Q(number__gt=1) & ~Q(origin=Origin.DRAFTED.value)),
                name="revision_one_is_the_draft",
            ),
            models.CheckConstraint(
                condition=Q(created_by__isnull=False) | Q(origin=Origin.LATE_STEP.value),
                name="revision_has_an_author",
            ),
            models.CheckConstraint(
                condition=~Q(origin=Origin.REVISED.value) | ~Q(reason=""),
                name="revision_by_hand_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"revision {self.number} {self.id}"


class DoseStep(models.Model):
    """One daily dose from a day to before another; belongs to a revision, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    revision = models.ForeignKey(PlanRevision, models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    daily_mg = models.DecimalField(max_digits=9, decimal_places=4)
    wait_days = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "number"], name="dose_step_number_once"),
            models.UniqueConstraint(fields=["revision", "starts_on"], name="dose_step_day_once"),
            models.CheckConstraint(
                condition=Q(daily_mg__gte=0, daily_mg__lte=MAX_DAILY_MG),
                name="dose_step_mg_in_range",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="dose_step_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=False) | Q(daily_mg=0),
                name="dose_step_without_end_is_zero",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="dose_step_number_from_1"),
        ]

    def __str__(self) -> str:
        return f"step {self.number} {self.id}"

    def to_domain(self) -> PlannedStep:
        return PlannedStep(
            number=self.number,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            daily_mg=self.daily_mg,
            wait_days=self.wait_days,
        )
