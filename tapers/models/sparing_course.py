from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from tapers.domain.prescription import HEIGHT_CM, MG_OF
from tapers.domain.sparing import Agent, Build, CheckScheme, Frequency, Weekday, WeightBasis
from tapers.domain.sparing import SparingDose as Dose
from tapers.vocabulary import CourseStatus

AGENTS = [agent.value for agent in MG_OF]  # of IVIG only what was given is kept
MAX_MG = Decimal(300)
MAX_FOLIC_MG = Decimal(70)


def _choices(words: Any) -> list[tuple[str, str]]:
    return [(word.value, word.value.replace("_", " ").capitalize()) for word in words]


def _person(**options: Any) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", **options)


class SparingCourse(models.Model):
    """A steroid-sparing drug given to a patient; its doses are in the revisions.

    `starts_on` repeats the first dose of the current revision for lists. `ended_on` is the first
    day without it. A course entered in error stays readable and says nothing any more.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="sparing_courses")
    agent = models.CharField(max_length=16, choices=_choices(MG_OF))
    status = models.CharField(
        max_length=16, choices=CourseStatus.choices, default=CourseStatus.RUNNING.value
    )
    revision = models.PositiveIntegerField(default=1)
    starts_on = models.DateField()
    created_by = _person()
    created_at = models.DateTimeField()
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=500, blank=True, default="")
    ended_by = _person(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "agent"],
                condition=Q(status=CourseStatus.RUNNING.value),
                name="sparing_one_running_a_drug",
            ),
            models.CheckConstraint(
                condition=Q(agent__in=AGENTS, status__in=CourseStatus.values),
                name="sparing_words_are_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=CourseStatus.RUNNING.value,
                    ended_on__isnull=True,
                    ended_by__isnull=True,
                    ended_at__isnull=True,
                    end_reason="",
                )
                | (
                    ~Q(status=CourseStatus.RUNNING.value)
                    & Q(ended_by__isnull=False, ended_at__isnull=False)
                    & ~Q(end_reason="")
                ),
                name="sparing_over_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True)
                | Q(ended_on__gte=models.F("starts_on")) & ~Q(status=CourseStatus.RUNNING.value),
                name="sparing_ends_after_it_starts",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-created_at"], name="sparing_of_patient"),
            models.Index(fields=["status"], name="sparing_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.agent} {self.id}"

    @property
    def drug(self) -> Agent:
        return Agent(self.agent)

    @property
    def is_running(self) -> bool:
        return self.status == CourseStatus.RUNNING


class SparingRevision(models.Model):
    """One numbered version of a course, with all its doses; never changed.

    Null is not recorded. `weight_kg` is the actual weight; the ideal one comes of build and height.
    mg are a week for methotrexate, a day for azathioprine: that the latter is so, somebody
    confirmed (`unit_confirmed_by`, `unit_confirmed_at`), or nobody has yet.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    course = models.ForeignKey(SparingCourse, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    reason = models.CharField(max_length=500, blank=True, default="")
    frequency = models.CharField(max_length=12, choices=_choices(Frequency), blank=True, default="")
    as_written = models.CharField(
        max_length=200, blank=True, default="", help_text="The words of the prescription"
    )
    weekday = models.CharField(max_length=9, choices=_choices(Weekday), blank=True, default="")
    folic_acid_mg_per_week = models.DecimalField(
        max_digits=6, decimal_places=2, null=True, blank=True
    )
    unit_confirmed_by = _person(null=True, blank=True)
    unit_confirmed_at = models.DateTimeField(null=True, blank=True)
    weight_basis = models.CharField(
        max_length=6, choices=_choices(WeightBasis), blank=True, default=""
    )
    weight_kg = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    build = models.CharField(max_length=6, choices=_choices(Build), blank=True, default="")
    height_cm = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    target_mg = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    check_scheme = models.CharField(
        max_length=20, choices=_choices(CheckScheme), blank=True, default=""
    )
    dense_after_increase = models.BooleanField(default=True)
    rulebook_version = models.CharField(max_length=24)
    created_by = _person()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course", "number"], name="sparing_revision_number_once"
            ),
            models.CheckConstraint(
                condition=Q(number=1) | (Q(number__gt=1) & ~Q(reason="")),
                name="sparing_revision_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(unit_confirmed_by__isnull=True, unit_confirmed_at__isnull=True)
                | Q(unit_confirmed_by__isnull=False, unit_confirmed_at__isnull=False),
                name="sparing_unit_confirmed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(folic_acid_mg_per_week__isnull=True)
                | Q(folic_acid_mg_per_week__gte=0, folic_acid_mg_per_week__lte=MAX_FOLIC_MG),
                name="sparing_folic_acid_in_range",
            ),
            models.CheckConstraint(
                condition=Q(frequency__in=["", *(each.value for each in Frequency)])
                & Q(weekday__in=["", *(each.value for each in Weekday)])
                & Q(weight_basis__in=["", *(each.value for each in WeightBasis)])
                & Q(check_scheme__in=["", *(each.value for each in CheckScheme)]),
                name="sparing_revision_words_are_known",
            ),
            models.CheckConstraint(
                condition=Q(build__in=["", *(each.value for each in Build)])
                & (Q(height_cm__isnull=True) | Q(height_cm__range=HEIGHT_CM)),
                name="sparing_revision_height_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"revision {self.number} {self.id}"


class SparingDose(models.Model):
    """From a day on so many mg; belongs to a revision, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    revision = models.ForeignKey(SparingRevision, models.PROTECT, related_name="doses")
    number = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    mg = models.DecimalField(max_digits=6, decimal_places=2)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "number"], name="sparing_dose_number_once"),
            models.UniqueConstraint(fields=["revision", "starts_on"], name="sparing_dose_day_once"),
            models.CheckConstraint(
                condition=Q(mg__gt=0, mg__lte=MAX_MG), name="sparing_dose_mg_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"dose {self.number} {self.id}"

    def to_domain(self) -> Dose:
        return Dose(self.starts_on, self.mg)
