from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from patients.vocabulary import TaskKind


class TeamTask(models.Model):
    """What waits for a person of the team; one open task a key, so that nothing doubles.

    Done by nobody means that the patient's own answer settled it; then `done_note` says so.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    clinic = models.ForeignKey("patients.Clinic", models.PROTECT, related_name="tasks")
    patient = models.ForeignKey(
        "patients.Patient", models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    kind = models.CharField(max_length=24, choices=TaskKind)
    text = models.CharField(max_length=500)
    key = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    done_note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "key"],
                condition=Q(done_at__isnull=True),
                name="task_one_open_a_key",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | (Q(done_at__isnull=False) & (Q(done_by__isnull=False) | ~Q(done_note=""))),
                name="task_done_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=TaskKind.values), name="task_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
