from hashlib import sha256
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from patients.vocabulary import Channel, Content


class Consent(models.Model):
    """That the patient may be written to, how, and how much may be said.

    Who recorded or withdrew it is a member of the team, or nobody: then the patient did it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="consents")
    channel = models.CharField(max_length=16, choices=Channel)
    content = models.CharField(max_length=16, choices=Content)
    given_on = models.DateField()
    text_version = models.CharField(max_length=40)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField()
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "channel"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_one_standing",
            ),
            models.CheckConstraint(
                condition=Q(
                    withdrawn_on__isnull=True,
                    withdrawn_at__isnull=True,
                    withdrawn_by__isnull=True,
                )
                | Q(withdrawn_on__isnull=False, withdrawn_at__isnull=False),
                name="consent_withdrawal_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values) & Q(content__in=Content.values),
                name="consent_words_are_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.content} {self.id}"

    @property
    def is_standing(self) -> bool:
        return self.withdrawn_at is None


class AddressVerification(models.Model):
    """A mailed token; only its digest is kept, so that the table opens nothing."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    patient = models.ForeignKey(
        "patients.Patient", models.PROTECT, related_name="address_verifications"
    )
    email = models.CharField(max_length=254)
    token_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.id)

    @staticmethod
    def digest_of(token: str) -> str:
        return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
