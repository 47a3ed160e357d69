from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from tapers.domain.dose import Drug, TabletStrength
from tapers.domain.plan import WindowAppliesTo
from tapers.domain.states import RUNNING, Status

MAX_DAILY_MG = Decimal(1000)
ENDED = [Status.COMPLETED.value, Status.REVOKED.value, Status.ENTERED_IN_ERROR.value]
IS_HELD = Q(held_on__isnull=False, frozen_on__isnull=False)
IS_NOT_HELD = Q(held_on__isnull=True, frozen_on__isnull=True)
IS_RUNNING = sorted(each.value for each in RUNNING)


def _dose(**options: Any) -> "models.DecimalField[Any, Any]":
    return models.DecimalField(max_digits=9, decimal_places=4, **options)


def _choices(words: Any) -> list[tuple[str, str]]:
    return [(word.value, word.value.replace("_", " ").capitalize()) for word in words]


def _person(**options: Any) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", **options)


class Taper(models.Model):
    """The planned stepwise lowering of a steroid for one patient; its plan is in the revisions.

    `start_daily_mg` is what the plan starts from, the mean of alternate days; `given_daily_mg`
    is what was entered. `starts_on` and `first_zero_on` repeat the current plan for lists.
    `frozen_on` is the day whose dose stays in force during a hold: the day of the hold, or the
    first day of a revision made since. A taper that was on hold when it ended keeps both days.
    One that was entered in error keeps how it had ended, and counts on no day.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="tapers")
    status = models.CharField(max_length=16, choices=_choices(Status), default=Status.DRAFT.value)
    drug = models.CharField(max_length=32, choices=_choices(Drug))
    start_daily_mg = _dose()
    given_daily_mg = _dose()
    alternate_daily_mg = _dose(null=True, blank=True)
    exposure_days = models.PositiveIntegerField(null=True, blank=True)
    tablet_strengths = models.JSONField(default=list, blank=True)
    window_applies_to = models.CharField(max_length=16, choices=_choices(WindowAppliesTo))
    starts_on = models.DateField()
    first_zero_on = models.DateField()
    revision = models.PositiveIntegerField(default=1)
    created_by = _person()
    created_at = models.DateTimeField()
    activated_by = _person(null=True, blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    held_on = models.DateField(null=True, blank=True)
    frozen_on = models.DateField(null=True, blank=True)
    hold_reason = models.CharField(max_length=500, blank=True, default="")
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=500, blank=True, default="")
    ended_by = _person(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    in_error_at = models.DateTimeField(null=True, blank=True)
    in_error_by = _person(null=True, blank=True)
    in_error_reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(status__in=IS_RUNNING),
                name="taper_one_running",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[each.value for each in Status])
                & Q(drug__in=[each.value for each in Drug])
                & Q(window_applies_to__in=[each.value for each in WindowAppliesTo]),
                name="taper_words_are_known",
            ),
            models.CheckConstraint(
                condition=Q(start_daily_mg__gt=0, start_daily_mg__lte=MAX_DAILY_MG)
                & Q(given_daily_mg__gte=0, given_daily_mg__lte=MAX_DAILY_MG)
                & (
                    Q(alternate_daily_mg__isnull=True)
                    | Q(alternate_daily_mg__gte=0, alternate_daily_mg__lte=MAX_DAILY_MG)
                ),
                name="taper_doses_in_range",
            ),
            models.CheckConstraint(
                condition=Q(first_zero_on__gte=F("starts_on")),
                name="taper_does_not_end_before_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(activated_by__isnull=True, activated_at__isnull=True)
                | Q(activated_by__isnull=False, activated_at__isnull=False),
                name="taper_activated_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.DRAFT.value, Status.ENTERED_IN_ERROR.value])
                | Q(activated_at__isnull=False),
                name="taper_runs_only_when_activated",
            ),
            models.CheckConstraint(
                condition=(Q(status=Status.ON_HOLD.value) & IS_HELD)
                | (Q(status__in=[Status.DRAFT.value, Status.ACTIVE.value]) & IS_NOT_HELD)
                | (Q(status__in=ENDED) & (IS_HELD | IS_NOT_HELD)),
                name="taper_is_held_on_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=ENDED)
                | Q(ended_by__isnull=False)
                | Q(status=Status.COMPLETED.value),
                name="taper_ended_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=ENDED,
                    ended_on__isnull=False,
                    ended_at__isnull=False,
                )
                | (
                    ~Q(status__in=ENDED)
                    & Q(ended_on__isnull=True, ended_by__isnull=True, ended_at__isnull=True)
                ),
                name="taper_ended_iff_over",
            ),
            models.CheckConstraint(
                condition=Q(in_error_at__isnull=True, in_error_by__isnull=True, in_error_reason="")
                | (
                    Q(status=Status.ENTERED_IN_ERROR.value)
                    & Q(in_error_at__isnull=False, in_error_by__isnull=False)
                    & ~Q(in_error_reason="")
                ),
                name="taper_in_error_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-created_at"], name="taper_of_patient"),
            models.Index(fields=["status", "-created_at"], name="taper_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.id}"

    @property
    def drug_taken(self) -> Drug:
        return Drug(self.drug)

    @property
    def is_running(self) -> bool:
        return self.status in RUNNING

    @property
    def was_entered_finished(self) -> bool:
        """It was over elsewhere when it was typed in; here nobody was ever reminded of it."""
        return self.ended_at is not None and self.ended_at == self.created_at

    @property
    def strengths(self) -> tuple[TabletStrength, ...]:
        """The tablets the plan was drafted with."""
        return tuple(
            TabletStrength(Decimal(each["strength_mg"]), scored=bool(each["scored"]))
            for each in self.tablet_strengths
        )
