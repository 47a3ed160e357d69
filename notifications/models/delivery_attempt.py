import uuid

from django.db import models

from notifications.models.reminder import Reminder
from notifications.policy import OUTCOME_LABELS, Outcome


class DeliveryAttempt(models.Model):
    """One try to hand a mail over, written once when its outcome is known."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reminder = models.ForeignKey(Reminder, models.PROTECT, related_name="deliveries")
    number = models.PositiveSmallIntegerField()
    recipient = models.CharField(max_length=2000, blank=True)
    outcome = models.CharField(
        max_length=8, choices=[(o.value, OUTCOME_LABELS[o]) for o in Outcome]
    )
    smtp_code = models.PositiveSmallIntegerField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)
    handed_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"delivery attempt {self.id}"
