from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from tapers.domain.symptoms import Symptom
from tapers.vocabulary import ReportedBy


class SymptomReport(models.Model):
    """What was said of how the patient is, or was. A red flag is open until a prescriber lifts it.

    `happened_on` is the day of the symptoms, `reported_on` the day they were told. What was told
    too late to act on is history: it is of no taper that runs, and its red flag was never open.
    Nobody in `recorded_by` means that the patient wrote it. `form_id` names the filled-in form,
    so that a form that is sent twice is one report.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    patient = models.ForeignKey(
        "patients.Patient", models.PROTECT, related_name="symptom_reports", db_index=False
    )
    taper = models.ForeignKey(
        "tapers.Taper", models.PROTECT, null=True, blank=True, related_name="symptom_reports"
    )
    symptoms = models.JSONField(default=list, blank=True)
    note = models.CharField(max_length=500, blank=True, default="")
    red_flag = models.BooleanField()
    happened_on = models.DateField()
    reported_on = models.DateField()
    is_history = models.BooleanField()
    reported_by = models.CharField(max_length=8, choices=ReportedBy)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField()
    form_id = models.UUIDField(null=True, blank=True, unique=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    lift_reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reported_by=ReportedBy.PATIENT.value)
                | Q(reported_by=ReportedBy.STAFF.value, recorded_by__isnull=False),
                name="symptom_report_has_an_author",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lift_reason="")
                | (
                    Q(red_flag=True, lifted_at__isnull=False, lifted_by__isnull=False)
                    & ~Q(lift_reason="")
                ),
                name="red_flag_lifted_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(is_history=False)
                | Q(happened_on__lt=F("reported_on"), lifted_at__isnull=True),
                name="symptom_history_is_past",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-recorded_at"], name="symptom_report_of_patient"),
            models.Index(
                fields=["patient"],
                condition=Q(red_flag=True, lifted_at__isnull=True),
                name="red_flag_open",
            ),
        ]

    def __str__(self) -> str:
        return f"symptoms {self.id}"

    @property
    def was_told_later(self) -> bool:
        return self.happened_on < self.reported_on

    def to_domain(self) -> frozenset[Symptom]:
        return frozenset(Symptom(word) for word in self.symptoms)
