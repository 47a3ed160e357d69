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
    so that a form that is sent twice is one report. What was entered in error stays, with a
    reason, and counts on no day. `paused_before_at` is a pause by hand whose place the red flag
    took: it stands again when every red flag since was entered in error.
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
    paused_before_at = models.DateTimeField(null=True, blank=True)
    paused_before_reason = models.CharField(max_length=300, blank=True, default="", db_default="")
    in_error_at = models.DateTimeField(null=True, blank=True)
    in_error_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    in_error_reason = models.CharField(max_length=500, blank=True, default="", db_default="")

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
                condition=Q(in_error_at__isnull=True, in_error_by__isnull=True, in_error_reason="")
                | (
                    Q(in_error_at__isnull=False, in_error_by__isnull=False) & ~Q(in_error_reason="")
                ),
                name="symptoms_in_error_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(paused_before_at__isnull=True, paused_before_reason="")
                | Q(red_flag=True, paused_before_at__isnull=False),
                name="red_flag_keeps_the_pause_it_replaced",
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

    @property
    def is_open_red_flag(self) -> bool:
        """It holds back reminders of reductions; one of the past never did."""
        return self.is_red_flag_not_lifted and self.in_error_at is None

    @property
    def is_red_flag_not_lifted(self) -> bool:
        """It is open, or was until it was marked as entered in error."""
        return self.red_flag and not self.is_history and self.lifted_at is None

    def to_domain(self) -> frozenset[Symptom]:
        return frozenset(Symptom(word) for word in self.symptoms)
