import uuid

from django.db import models
from django.db.models import Q


class DispatchHold(models.Model):
    """Nothing is sent until an operator has said up to when everything was: after a restore."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    held_at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    sent_until = models.DateTimeField(null=True, blank=True)
    assumed_sent = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="dispatch_hold_confirmed_with_instant",
                condition=(
                    Q(confirmed_at__isnull=True, sent_until__isnull=True)
                    | Q(confirmed_at__isnull=False, sent_until__isnull=False)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"dispatch hold {self.id}"
