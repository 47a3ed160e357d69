from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from tapers.domain.plan import WindowAppliesTo
from tapers.domain.protocol import LIMITS, Protocol

WINDOWS = [(each.value, each.value) for each in WindowAppliesTo]
STANDARD = Protocol()


def _number(name: str) -> Any:
    return models.DecimalField(max_digits=6, decimal_places=2, default=getattr(STANDARD, name))


def _whole(name: str) -> Any:
    return models.PositiveSmallIntegerField(default=getattr(STANDARD, name))


def _within_limits() -> Q:
    limits = Q()
    for name, (low, high, _) in LIMITS.items():
        limits &= Q(**{f"{name}__gte": low, f"{name}__lte": high})
    return limits


class ClinicProtocol(models.Model):
    """One version of what a clinic set of the protocol; the latest is in force.

    Version 1 holds what was in force before the first change, since the clinic was created.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    clinic = models.ForeignKey("patients.Clinic", models.PROTECT, related_name="protocols")
    version = models.PositiveIntegerField()
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True, default="")
    window_applies_to = models.CharField(
        max_length=16, choices=WINDOWS, default=STANDARD.window_applies_to.value
    )
    target_mg = _number("target_mg")
    visit_due_days = _whole("visit_due_days")
    visit_overdue_after_days = _whole("visit_overdue_after_days")
    mmt_drop_percent_same_rater = _number("mmt_drop_percent_same_rater")
    mmt_drop_percent_other_rater = _number("mmt_drop_percent_other_rater")
    ibmfrs_note_points = _number("ibmfrs_note_points")
    ibmfrs_warning_points = _number("ibmfrs_warning_points")
    ck_rise_percent = _number("ck_rise_percent")
    lab_overdue_days = _whole("lab_overdue_days")
    critical_escalates_after_hours = _whole("critical_escalates_after_hours")
    warning_escalates_after_days = _whole("warning_escalates_after_days")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "version"], name="protocol_version_once"),
            models.CheckConstraint(
                condition=Q(version=1, changed_by__isnull=True, reason="")
                | (Q(version__gt=1, changed_by__isnull=False) & ~Q(reason="")),
                name="protocol_changed_by_somebody_with_a_reason",
            ),
            models.CheckConstraint(condition=_within_limits(), name="protocol_within_limits"),
            models.CheckConstraint(
                condition=Q(window_applies_to__in=[value for value, _ in WINDOWS]),
                name="protocol_window_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"protocol {self.version} of {self.clinic_id}"

    def to_protocol(self) -> Protocol:
        return Protocol(**{field.name: self._value(field.name) for field in fields(Protocol)})

    def _value(self, name: str) -> Any:
        value = getattr(self, name)
        if name == "window_applies_to":
            return WindowAppliesTo(value)
        return Decimal(f"{value.normalize():f}") if isinstance(value, Decimal) else value


def columns_of(protocol: Protocol) -> Mapping[str, Any]:
    """Return the values of a version's columns."""
    return {field.name: getattr(protocol, field.name) for field in fields(Protocol)}
