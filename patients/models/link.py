from uuid import uuid4

from django.db import models


class PatientLink(models.Model):
    """What became of the link in one mail: tried, opened. Made at the first try, not before.

    The link itself is signed and stored nowhere. Whether the patient's links are locked is told
    by the open task LINK_LOCKED; `locked_at` is the last time this one brought it about.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="links")
    reminder_id = models.UUIDField(unique=True)
    failed_tries = models.PositiveSmallIntegerField(default=0)
    locked_at = models.DateTimeField(null=True, blank=True)
    first_opened_at = models.DateTimeField(null=True, blank=True)
    last_opened_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"link {self.id}"
