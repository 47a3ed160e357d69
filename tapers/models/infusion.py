from decimal import Decimal
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from patients.instruments.reading import Reading
from tapers.domain.sparing import Infusion as Given

MAX_G_PER_KG = Decimal(5)


class Infusion(models.Model):
    """IVIG as it was given, with what was known before it. Nothing is planned from it.

    Null is not recorded: of the thrombosis risk, too.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="infusions")
    infused_on = models.DateField()
    product = models.CharField(max_length=80)
    g_per_kg = models.DecimalField(max_digits=4, decimal_places=2)
    symptoms = models.CharField(max_length=500, blank=True, default="")
    creatinine_umol_per_l = models.DecimalField(
        max_digits=6, decimal_places=1, null=True, blank=True
    )
    iga_g_per_l = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    thrombosis_risk = models.BooleanField(null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    discarded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    discarded_at = models.DateTimeField(null=True, blank=True)
    discard_reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(g_per_kg__gt=0, g_per_kg__lte=MAX_G_PER_KG),
                name="infusion_dose_in_range",
            ),
            models.CheckConstraint(
                condition=Q(discarded_by__isnull=True, discarded_at__isnull=True, discard_reason="")
                | (
                    Q(discarded_by__isnull=False, discarded_at__isnull=False)
                    & ~Q(discard_reason="")
                ),
                name="infusion_discarded_with_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["patient", "-infused_on"], name="infusion_of_patient")]

    def __str__(self) -> str:
        return f"{self.infused_on} {self.id}"

    def to_domain(self) -> Given:
        return Given(
            self.infused_on,
            self.product,
            self.g_per_kg,
            self.symptoms,
            creatinine=self._creatinine(),
        )

    def _creatinine(self) -> Reading | None:
        """As it was noted: an infusion takes values beyond what a visit takes."""
        value = self.creatinine_umol_per_l
        if value is None:
            return None
        return Reading(code="CREATININE", value=value, grade=None, unit="umol/L")
