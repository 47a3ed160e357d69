from typing import Any, NoReturn
from uuid import uuid4

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from patients.vocabulary import Event


class AuditEventIsFinal(TypeError):
    """An audit event is written once; neither changed nor deleted (a trigger says so too)."""


class AuditEvent(models.Model):
    """One thing that happened; `details` hold codes, numbers and before/after, no free text."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    at = models.DateTimeField()
    event = models.CharField(max_length=32, choices=Event)
    patient = models.ForeignKey(
        "patients.Patient", models.PROTECT, null=True, blank=True, related_name="+"
    )
    clinic = models.ForeignKey(
        "patients.Clinic", models.PROTECT, null=True, blank=True, related_name="+"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    system = models.CharField(max_length=40, blank=True, default="")
    subject_type = models.CharField(max_length=60, blank=True, default="")
    subject_id = models.CharField(max_length=64, blank=True, default="")
    details = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(actor__isnull=False) & Q(system=""))
                | (Q(actor__isnull=True) & ~Q(system="")),
                name="audit_event_has_one_author",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-at", "-id"], name="audit_event_history"),
            models.Index(fields=["clinic", "-at"], name="audit_event_of_clinic"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AuditEventIsFinal("An audit event is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AuditEventIsFinal("An audit event is never deleted.")
