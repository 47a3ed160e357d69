"""Clinics and people are set up here; what is clinical can be looked at only."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest

from patients import models
from patients.access import actor_of
from patients.clock import now
from patients.errors import BadInput
from patients.selectors import strengths_for
from patients.services import clinics


class LookOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Changes go through services, which check, decide and record; the admin does none of it."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class SetUp(admin.ModelAdmin):  # type: ignore[type-arg]
    """A clinic's own arrangements: an administrator changes them, through the services."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ClinicForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = models.Clinic
        fields = ("name", "time_zone", "country", "phone", "window_applies_to")

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        try:
            return clinics.validate_clinic(values)
        except BadInput as refused:
            raise ValidationError(refused.fields) from None


@admin.register(models.Clinic)
class ClinicAdmin(SetUp):
    form = ClinicForm
    list_display = ("name", "time_zone", "country", "phone", "window_applies_to")
    search_fields = ("name",)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """Once the clinic is there, the window is part of its versioned protocol."""
        return ["window_applies_to"] if obj else []

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        values = dict(form.cleaned_data)
        if change and isinstance(obj, models.Clinic):
            clinics.change_clinic(actor=actor_of(request), clinic=obj, changes=values, at=now())
        else:
            _stored(obj, clinics.create_clinic(actor=actor_of(request), **values, at=now()))


@admin.register(models.Membership)
class MembershipAdmin(SetUp):
    list_display = ("user", "clinic", "role", "is_lead", "is_active")
    list_filter = ("clinic", "role", "is_active")
    list_select_related = ("user", "clinic")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return ["clinic", "user"] if obj else ["is_active"]

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        values = dict(form.cleaned_data)
        if change and isinstance(obj, models.Membership):
            clinics.change_member(actor=actor_of(request), membership=obj, **values, at=now())
        else:
            _stored(obj, clinics.add_member(actor=actor_of(request), **values, at=now()))


class StockedTabletForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = models.StockedTablet
        fields = ("clinic", "drug", "strength_mg", "scored")

    def clean_drug(self) -> str:
        try:
            return clinics.validate_drug(self.cleaned_data["drug"])
        except BadInput as refused:
            raise ValidationError(refused.message) from None


@admin.register(models.StockedTablet)
class StockedTabletAdmin(SetUp):
    """One strength a row; each change says anew which strengths of the drug are stocked."""

    form = StockedTabletForm
    list_display = ("clinic", "drug", "strength_mg", "scored")
    list_filter = ("clinic", "drug")
    list_select_related = ("clinic",)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return ["clinic", "drug", "strength_mg"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        _stored(obj, self._restock(request, obj, keep=True)[obj.strength_mg])

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._restock(request, obj, keep=False)

    def _restock(
        self, request: HttpRequest, tablet: models.StockedTablet, *, keep: bool
    ) -> dict[Decimal, models.StockedTablet]:
        strengths = dict(strengths_for(clinic=tablet.clinic, drug=tablet.drug))
        strengths.pop(tablet.strength_mg, None)
        if keep:
            strengths[tablet.strength_mg] = tablet.scored
        stocked = clinics.stock_tablets(
            actor=actor_of(request),
            clinic=tablet.clinic,
            drug=tablet.drug,
            strengths=tuple(strengths.items()),
            at=now(),
        )
        return {row.strength_mg: row for row in stocked}


@admin.register(models.Patient)
class PatientAdmin(LookOnly):
    """By pseudonym only: names are read on the patient's page, where reading is recorded."""

    list_display = ("code", "clinic", "status", "email_verified_at", "next_assessment_due_on")
    list_filter = ("clinic", "status")
    list_select_related = ("clinic",)
    search_fields = ("code",)
    fields = (
        "code",
        "clinic",
        "status",
        "status_changed_at",
        "time_zone",
        "language",
        "email_verified_at",
        "email_flagged_at",
        "reminders_paused_at",
        "next_assessment_due_on",
        "created_at",
    )


@admin.register(models.Consent)
class ConsentAdmin(LookOnly):
    list_display = ("patient", "channel", "content", "given_on", "withdrawn_on")
    list_select_related = ("patient",)


@admin.register(models.TeamTask)
class TeamTaskAdmin(LookOnly):
    list_display = ("kind", "clinic", "patient", "created_at", "done_at")
    list_filter = ("clinic", "kind")
    list_select_related = ("clinic", "patient")


@admin.register(models.AuditEvent)
class AuditEventAdmin(LookOnly):
    list_display = ("at", "event", "clinic", "patient", "actor", "system", "subject_type")
    list_filter = ("event", "clinic")
    list_select_related = ("clinic", "patient", "actor")
    date_hierarchy = "at"


def _stored(obj: Model, row: Model) -> None:
    """Let the admin's own object stand for the row the service stored."""
    obj.pk = row.pk
    obj._state.adding = False
