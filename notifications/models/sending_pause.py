import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from notifications.policy import KIND_LABELS, Kind


class SendingPause(models.Model):
    """A clinic lets nothing of a kind, or of any, go out for a while."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey("patients.Clinic", models.PROTECT, related_name="sending_pauses")
    kind = models.CharField(
        max_length=24, blank=True, choices=[(k.value, KIND_LABELS[k]) for k in Kind]
    )
    reason = models.CharField(max_length=300)
    paused_at = models.DateTimeField()
    paused_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "kind"],
                condition=Q(lifted_at__isnull=True),
                name="sending_pause_once",
            ),
            models.CheckConstraint(
                name="sending_pause_lifted_by_somebody",
                condition=(
                    Q(lifted_at__isnull=True, lifted_by__isnull=True)
                    | Q(lifted_at__isnull=False, lifted_by__isnull=False)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"sending pause {self.id}"
