from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from tapers.domain.rules.rule import Severity

SEVERITIES = [each.value for each in Severity]
SEVERITY_CHOICES = [(each.value, each.value.capitalize()) for each in Severity]


class Alert(models.Model):
    """What the rulebook said of a revision, of a report, or of the course; kept as it was said.

    Without a taper it is about the course of the patient: one open a code and `episode`, raised
    again when it worsens (`extent`). `closed_at` is when it no longer applied, taken note of or
    not; the same after that is a new alert. `assessment`, `step_report` or `symptom_report` is what
    brought it up; none of them: it was due.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="alerts")
    taper = models.ForeignKey(
        "tapers.Taper", models.PROTECT, null=True, blank=True, related_name="alerts"
    )
    symptom_report = models.ForeignKey(
        "tapers.SymptomReport", models.PROTECT, null=True, blank=True, related_name="alerts"
    )
    step_report = models.ForeignKey(
        "tapers.StepReport", models.PROTECT, null=True, blank=True, related_name="alerts"
    )
    assessment = models.ForeignKey(
        "patients.Assessment", models.PROTECT, null=True, blank=True, related_name="alerts"
    )
    revision_number = models.PositiveIntegerField(null=True, blank=True)
    code = models.CharField(max_length=40)
    severity = models.CharField(max_length=8, choices=SEVERITY_CHOICES)
    asked_severity = models.CharField(
        max_length=8,
        choices=SEVERITY_CHOICES,
        help_text="How severe it was before a reason was given",
    )
    episode = models.CharField(max_length=200, blank=True, default="")
    extent = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    message = models.TextField()
    values = models.JSONField(default=dict, blank=True)
    sources = models.JSONField(default=list, blank=True)
    rulebook_version = models.CharField(max_length=24)
    raised_at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True, default="")
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    owner = models.ForeignKey(
        "patients.Membership", models.PROTECT, null=True, blank=True, related_name="+"
    )
    owner_changed_at = models.DateTimeField(null=True, blank=True)
    next_check_on = models.DateField(
        null=True, blank=True, help_text="When to look again; it is then on the worklist"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["taper", "revision_number", "code"],
                condition=Q(symptom_report__isnull=True),
                name="alert_of_plan_once_a_revision",
            ),
            models.UniqueConstraint(
                fields=["patient", "code"],
                condition=Q(
                    taper__isnull=False,
                    symptom_report__isnull=False,
                    acknowledged_at__isnull=True,
                    closed_at__isnull=True,
                ),
                name="alert_of_symptoms_one_open",
            ),
            models.UniqueConstraint(
                fields=["patient", "code", "episode"],
                condition=Q(
                    taper__isnull=True, acknowledged_at__isnull=True, closed_at__isnull=True
                ),
                name="alert_of_course_one_open",
            ),
            models.CheckConstraint(
                condition=Q(taper__isnull=True, revision_number__isnull=True)
                | Q(taper__isnull=False, revision_number__isnull=False),
                name="alert_revision_is_of_a_taper",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_by__isnull=True, acknowledged_at__isnull=True, reason="")
                | (Q(acknowledged_by__isnull=False, acknowledged_at__isnull=False) & ~Q(reason="")),
                name="alert_acknowledged_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(owner__isnull=True) | Q(owner_changed_at__isnull=False),
                name="alert_owner_since_an_instant",
            ),
            models.CheckConstraint(
                condition=Q(next_check_on__isnull=True) | Q(acknowledged_at__isnull=False),
                name="alert_checked_again_once_acknowledged",
            ),
            models.CheckConstraint(
                condition=Q(severity__in=SEVERITIES, asked_severity__in=SEVERITIES),
                name="alert_severity_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-raised_at"], name="alert_of_patient"),
            models.Index(
                fields=["patient"],
                condition=Q(acknowledged_at__isnull=True, closed_at__isnull=True),
                name="alert_open",
            ),
            models.Index(
                fields=["next_check_on"],
                condition=Q(next_check_on__isnull=False),
                name="alert_next_check",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.id}"

    @property
    def is_open(self) -> bool:
        """Nobody has taken note of it, and it still applies."""
        return self.acknowledged_at is None and self.closed_at is None


class AlertCheck(models.Model):
    """A later look at an alert that somebody had taken note of; kept as it was written."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    alert = models.ForeignKey(Alert, models.PROTECT, related_name="checks")
    note = models.CharField(max_length=500)
    next_check_on = models.DateField(null=True, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(note=""), name="alert_check_says_something"),
        ]

    def __str__(self) -> str:
        return f"check of {self.alert_id}"
