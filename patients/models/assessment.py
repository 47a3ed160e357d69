from decimal import Decimal
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from patients.instruments.mmt import Muscle, Scale, Side
from patients.instruments.reading import Reading, State

MAX_VALUE = Decimal(1_000_000)
UNABLE = "UNABLE"
MAX_HOURS_SINCE_DOSE = 1000
WITH_LOWER_LIMIT = ("WHITE_CELLS", "NEUTROPHILS", "PLATELETS")


class Assessment(models.Model):
    """The dated record of one visit; corrected by a new version, never edited."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="assessments")
    assessed_on = models.DateField()
    rater = models.CharField(max_length=80)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    reason = models.CharField(max_length=300, blank=True, default="")
    version = models.PositiveSmallIntegerField(default=1)
    note = models.CharField(max_length=1000, blank=True, default="")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, reason="", version=1)
                | (Q(corrects__isnull=False, version__gt=1) & ~Q(reason="")),
                name="assessment_correction_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["patient", "-assessed_on", "-recorded_at"],
                name="assessment_newest",
            )
        ]

    def __str__(self) -> str:
        return f"{self.assessed_on} v{self.version} {self.id}"


class Measurement(models.Model):
    """One reading of a visit: a number, a raw grade, or the state that it could not be done.

    A raw grade that is a whole number stands in `value` too. `original_unit` is the unit as it was
    written, where that was another one; `given_value` and `given_upper_limit` are then what was
    written in it, where `value` and `upper_limit` were converted. What a morning cortisol is read
    by is None where it was not noted. `confirmed` says that the value was unlikely and that the
    person who recorded it said it is right.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="measurements")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40)
    value = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    grade = models.CharField(max_length=8, blank=True, default="")
    unit = models.CharField(max_length=24, blank=True, default="")
    original_unit = models.CharField(max_length=24, blank=True, default="")
    upper_limit = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    lower_limit = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    given_value = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    given_upper_limit = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    hours_since_dose = models.PositiveSmallIntegerField(null=True, blank=True)
    takes_oral_oestrogen = models.BooleanField(null=True, blank=True)
    confirmed = models.BooleanField(default=False)
    scale = models.CharField(max_length=24, blank=True, default="")
    side = models.CharField(max_length=16, blank=True, default="")
    muscle = models.CharField(max_length=40, blank=True, default="")
    state = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "position"], name="measurement_position_once"
            ),
            models.UniqueConstraint(
                fields=["assessment", "code", "muscle", "side", "scale"],
                name="measurement_once_a_visit",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True, grade="", state=UNABLE)
                | (Q(state="") & (Q(value__isnull=False) | ~Q(grade=""))),
                name="measurement_is_a_finding",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True)
                | (Q(value__gte=-MAX_VALUE) & Q(value__lte=MAX_VALUE)),
                name="measurement_value_in_range",
            ),
            models.CheckConstraint(
                condition=Q(upper_limit__isnull=True)
                | (Q(upper_limit__gt=0) & Q(upper_limit__lte=MAX_VALUE)),
                name="measurement_upper_limit_in_range",
            ),
            models.CheckConstraint(
                condition=Q(lower_limit__isnull=True)
                | (Q(lower_limit__gt=0) & Q(lower_limit__lte=MAX_VALUE)),
                name="measurement_lower_limit_in_range",
            ),
            models.CheckConstraint(
                condition=Q(hours_since_dose__isnull=True)
                | Q(hours_since_dose__lte=MAX_HOURS_SINCE_DOSE),
                name="measurement_hours_since_dose_in_range",
            ),
            models.CheckConstraint(
                condition=~Q(code__in=WITH_LOWER_LIMIT) | Q(lower_limit__isnull=False),
                name="measurement_of_cells_has_a_lower_limit",
            ),
            models.CheckConstraint(
                condition=Q(given_value__isnull=True, given_upper_limit__isnull=True)
                | (Q(given_value__isnull=False, value__isnull=False) & ~Q(original_unit="")),
                name="measurement_converted_from_a_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.id}"

    def to_domain(self) -> Reading:
        return Reading(
            code=self.code,
            value=self.value,
            grade=self.grade or None,
            unit=self.unit,
            upper_limit=self.upper_limit,
            scale=Scale(self.scale) if self.scale else None,
            side=Side(self.side) if self.side else None,
            muscle=Muscle(self.muscle) if self.muscle else None,
            state=State(self.state) if self.state else None,
            lower_limit=self.lower_limit,
            hours_since_dose=self.hours_since_dose,
            takes_oral_oestrogen=self.takes_oral_oestrogen,
            given_unit=self.original_unit or self.unit,
            given_value=self.given_value,
            given_upper_limit=self.given_upper_limit,
            confirmed=self.confirmed,
        )
