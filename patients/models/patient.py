from datetime import date
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from patients.vocabulary import Language, PatientStatus, Sex

FIRST_BIRTH_DATE = date(1900, 1, 1)


class Patient(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    clinic = models.ForeignKey("patients.Clinic", models.PROTECT, related_name="patients")
    code = models.CharField(max_length=16, help_text="The pseudonym used in e-mails and logs")
    record_number = models.CharField(max_length=40)
    given_name = models.CharField(max_length=60)
    family_name = models.CharField(max_length=60)
    birth_date = models.DateField()
    sex = models.CharField(max_length=8, choices=Sex)
    email = models.CharField(max_length=254, blank=True, default="")
    phone = models.CharField(max_length=32, blank=True, default="")
    language = models.CharField(max_length=8, choices=Language, default=Language.EN)
    time_zone = models.CharField(max_length=64)
    status = models.CharField(max_length=16, choices=PatientStatus, default=PatientStatus.ACTIVE)
    status_changed_at = models.DateTimeField()
    email_verified_at = models.DateTimeField(null=True, blank=True)
    email_flagged_at = models.DateTimeField(null=True, blank=True)
    email_flag_reason = models.CharField(max_length=300, blank=True, default="")
    reminders_paused_at = models.DateTimeField(null=True, blank=True)
    reminders_paused_reason = models.CharField(max_length=300, blank=True, default="")
    links_revoked_at = models.DateTimeField(null=True, blank=True)
    next_assessment_due_on = models.DateField(null=True, blank=True)
    latest_assessment = models.ForeignKey(
        "patients.Assessment", models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "record_number"], name="patient_record_number_once"
            ),
            models.UniqueConstraint(fields=["clinic", "code"], name="patient_code_once"),
            models.CheckConstraint(
                condition=Q(birth_date__gte=FIRST_BIRTH_DATE),
                name="patient_birth_date_from_1900",
            ),
            models.CheckConstraint(
                condition=Q(status__in=PatientStatus.values),
                name="patient_status_is_known",
            ),
            models.CheckConstraint(condition=Q(sex__in=Sex.values), name="patient_sex_is_known"),
            models.CheckConstraint(
                condition=~Q(record_number="") & ~Q(given_name="") & ~Q(family_name=""),
                name="patient_has_a_name_and_number",
            ),
            models.CheckConstraint(
                condition=Q(email_flagged_at__isnull=True, email_flag_reason="")
                | (Q(email_flagged_at__isnull=False) & ~Q(email_flag_reason="")),
                name="patient_email_flag_has_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(reminders_paused_at__isnull=True, reminders_paused_reason="")
                | (Q(reminders_paused_at__isnull=False) & ~Q(reminders_paused_reason="")),
                name="patient_pause_has_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(email_verified_at__isnull=True) | ~Q(email=""),
                name="patient_verified_email_exists",
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "family_name", "given_name", "id"],
                name="patient_list_order",
            ),
            models.Index(
                fields=["clinic", "next_assessment_due_on"],
                name="patient_next_visit",
                condition=Q(next_assessment_due_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}"
