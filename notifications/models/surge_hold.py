import uuid

from django.db import models


class SurgeHold(models.Model):
    """Mail to patients waits: far more fell due at once than ever. An operator lets it go."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    held_at = models.DateTimeField()
    due = models.PositiveIntegerField()
    usual_hour = models.PositiveIntegerField()
    released_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"surge hold {self.id}"
