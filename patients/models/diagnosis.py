from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from patients.vocabulary import Biopsy, DiagnosisKind, DiagnosisStatus


class Diagnosis(models.Model):
    """What was known of the diagnosis on a day; the newest row holds, none is changed."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="diagnoses")
    kind = models.CharField(max_length=8, choices=DiagnosisKind, default=DiagnosisKind.IBM)
    status = models.CharField(max_length=16, choices=DiagnosisStatus)
    confirmed_on = models.DateField(null=True, blank=True)
    biopsy = models.CharField(max_length=16, choices=Biopsy)
    biopsy_on = models.DateField(null=True, blank=True)
    rimmed_vacuoles = models.BooleanField(null=True, blank=True)
    endomysial_inflammation = models.BooleanField(null=True, blank=True)
    mitochondrial_changes = models.BooleanField(null=True, blank=True)
    note = models.CharField(max_length=1000, blank=True, default="")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=DiagnosisStatus.values) & Q(biopsy__in=Biopsy.values),
                name="diagnosis_words_are_known",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_on__isnull=True) | Q(status=DiagnosisStatus.CONFIRMED),
                name="diagnosis_day_only_when_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(biopsy=Biopsy.DONE)
                | Q(
                    biopsy_on__isnull=True,
                    rimmed_vacuoles__isnull=True,
                    endomysial_inflammation__isnull=True,
                    mitochondrial_changes__isnull=True,
                ),
                name="diagnosis_biopsy_facts_need_a_biopsy",
            ),
        ]
        indexes = [models.Index(fields=["patient", "-recorded_at"], name="diagnosis_newest")]
        verbose_name_plural = "diagnoses"

    def __str__(self) -> str:
        return f"{self.kind} {self.status} {self.id}"
