import uuid

from django.db import models
from django.db.models import Q

from notifications.policy import (
    AUDIENCE_LABELS,
    KIND_LABELS,
    OPEN,
    STATUS_LABELS,
    Audience,
    Kind,
    Status,
)


class Reminder(models.Model):
    """Somebody is to be reminded of something at an instant. One row for each occurrence."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=200)
    source = models.CharField(max_length=80)
    generation = models.PositiveIntegerField()
    # The composite indexes below begin with these two; a second index each would only cost writes.
    clinic = models.ForeignKey(
        "patients.Clinic", models.PROTECT, related_name="reminders", db_index=False
    )
    patient = models.ForeignKey(
        "patients.Patient",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reminders",
        db_index=False,
    )
    audience = models.CharField(
        max_length=12, choices=[(a.value, AUDIENCE_LABELS[a]) for a in Audience]
    )
    kind = models.CharField(max_length=24, choices=[(k.value, KIND_LABELS[k]) for k in Kind])
    context = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    revision = models.PositiveIntegerField(null=True, blank=True)

    # What is truly meant; the two instants are derived from it.
    local_date = models.DateField()
    local_time = models.TimeField()
    time_zone = models.CharField(max_length=64)
    expires_date = models.DateField()
    expires_time = models.TimeField()
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    status = models.CharField(
        max_length=9,
        choices=[(s.value, STATUS_LABELS[s]) for s in Status],
        default=Status.SCHEDULED.value,
    )
    next_attempt_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    errors = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True, blank=True)
    handed_at = models.DateTimeField(null=True, blank=True)
    handed_to = models.CharField(max_length=2000, blank=True)
    unknown_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=200)
    outcome_note = models.CharField(max_length=300, blank=True)
    task = models.ForeignKey(
        "patients.TeamTask", models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="reminder_key_once"),
            models.UniqueConstraint(fields=["message_id"], name="reminder_message_id_once"),
            models.CheckConstraint(
                name="reminder_sent_at_iff_sent",
                condition=(
                    Q(status=Status.SENT.value, sent_at__isnull=False)
                    | (~Q(status=Status.SENT.value) & Q(sent_at__isnull=True))
                ),
            ),
            models.CheckConstraint(
                name="reminder_claim_iff_in_hand",
                condition=(
                    Q(status__in=[Status.CLAIMED.value, Status.HANDING.value], claim__isnull=False)
                    | (
                        ~Q(status__in=[Status.CLAIMED.value, Status.HANDING.value])
                        & Q(claim__isnull=True)
                    )
                ),
            ),
            models.CheckConstraint(
                name="reminder_patient_mail_has_patient",
                condition=~Q(audience=Audience.PATIENT.value) | Q(patient__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                name="reminder_to_do",
                condition=Q(status__in=sorted(status.value for status in OPEN)),
            ),
            models.Index(fields=["source"], name="reminder_source"),
            models.Index(fields=["patient", "kind", "due_at"], name="reminder_patient_kind"),
            models.Index(fields=["clinic", "due_at", "id"], name="reminder_log"),
        ]

    def __str__(self) -> str:
        return f"reminder {self.id}"

    @property
    def may_be_a_repeat(self) -> bool:
        """An earlier try may have arrived: the line dropped before the server's answer."""
        return self.unknown_at is not None
