from django.db import models
from django.db.models import Q


class CourseEvaluation(models.Model):
    """When the rules were last held against the course of a patient, and whether that failed.

    `evaluated_on` is the clinic's day. A failure stands until the rules have answered again.
    """

    patient = models.OneToOneField(
        "patients.Patient", models.PROTECT, primary_key=True, related_name="course_evaluation"
    )
    evaluated_on = models.DateField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(failed_at__isnull=True, failure="")
                | (Q(failed_at__isnull=False) & ~Q(failure="")),
                name="course_evaluation_failure_has_a_name",
            ),
        ]

    def __str__(self) -> str:
        return f"course of {self.patient_id} on {self.evaluated_on}"
