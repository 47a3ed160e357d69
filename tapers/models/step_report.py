from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from tapers.domain.course import Outcome, Report
from tapers.vocabulary import ReportedBy


class StepReport(models.Model):
    """What was said about a step of a revision: taken on a day, not yet, or a problem.

    Nobody in `recorded_by` means that the patient wrote it. A report of a step taken that was
    wrong stays, taken back with a reason, and counts nowhere.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    taper = models.ForeignKey("tapers.Taper", models.PROTECT, related_name="reports")
    revision_number = models.PositiveIntegerField()
    step_number = models.PositiveSmallIntegerField()
    outcome = models.CharField(
        max_length=8,
        choices=[(each.value, each.value.replace("_", " ").capitalize()) for each in Outcome],
    )
    taken_on = models.DateField(null=True, blank=True)
    reported_on = models.DateField()
    reported_by = models.CharField(max_length=8, choices=ReportedBy)
    note = models.CharField(max_length=500, blank=True, default="")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    taken_back_reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["taper", "step_number"],
                condition=Q(outcome=Outcome.TAKEN.value, taken_back_at__isnull=True),
                name="step_taken_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    taken_back_at__isnull=True, taken_back_by__isnull=True, taken_back_reason=""
                )
                | (
                    Q(taken_back_at__isnull=False, taken_back_by__isnull=False)
                    & Q(outcome=Outcome.TAKEN.value)
                    & ~Q(taken_back_reason="")
                ),
                name="step_report_taken_back_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.TAKEN.value, taken_on__isnull=False)
                | (~Q(outcome=Outcome.TAKEN.value) & Q(taken_on__isnull=True)),
                name="step_report_day_iff_taken",
            ),
            models.CheckConstraint(
                condition=Q(recorded_by__isnull=False) | Q(reported_by=ReportedBy.PATIENT.value),
                name="step_report_has_an_author",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=[each.value for each in Outcome])
                & Q(reported_by__in=ReportedBy.values),
                name="step_report_words_are_known",
            ),
        ]
        indexes = [models.Index(fields=["taper", "recorded_at"], name="step_report_of_taper")]

    def __str__(self) -> str:
        return f"step {self.step_number} {self.outcome} {self.id}"

    def to_domain(self) -> Report:
        return Report(
            step_number=self.step_number,
            outcome=Outcome(self.outcome),
            on=self.taken_on or self.reported_on,
        )
