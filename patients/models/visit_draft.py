from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from patients.vocabulary import VisitKind


class VisitDraft(models.Model):
    """What somebody typed into the visit form and has not recorded; outlives the session."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="visit_drafts")
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=VisitKind)
    typed = models.JSONField(default=dict)
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "kept_by", "kind"], name="visit_draft_once"),
            models.CheckConstraint(
                condition=Q(kind__in=VisitKind.values), name="visit_draft_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
