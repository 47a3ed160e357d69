from uuid import uuid4

from django.conf import settings
from django.db import models


class RulebookSignature(models.Model):
    """That a prescriber read and signed the rules for a clinic, with the settings of that day.

    `text_sha256` is the digest of the page as it was signed, to tell whether it is still the same.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    clinic = models.ForeignKey("patients.Clinic", models.PROTECT, related_name="signatures")
    rulebook_version = models.CharField(max_length=24)
    text_sha256 = models.CharField(max_length=64)
    protocol_version = models.PositiveIntegerField()
    chosen = models.JSONField(help_text="What the clinic set of the protocol, by name")
    note = models.CharField(max_length=500, blank=True, default="")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["clinic", "-signed_at"], name="signature_of_clinic")]

    def __str__(self) -> str:
        return f"rules {self.rulebook_version} for {self.clinic_id}"
