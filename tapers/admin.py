"""Tapers can be looked at; whatever changes one goes through the services."""

from django.contrib import admin

from patients.admin import LookOnly
from tapers import models


@admin.register(models.Taper)
class TaperAdmin(LookOnly):
    list_display = ("id", "patient", "status", "drug", "starts_on", "first_zero_on", "revision")
    list_filter = ("status", "drug")
    list_select_related = ("patient",)


@admin.register(models.PlanRevision)
class PlanRevisionAdmin(LookOnly):
    list_display = ("taper", "number", "origin", "created_by", "created_at")
    list_filter = ("origin",)
    list_select_related = ("taper", "created_by")


@admin.register(models.DoseStep)
class DoseStepAdmin(LookOnly):
    list_display = ("revision", "number", "starts_on", "ends_on", "daily_mg")
    list_select_related = ("revision",)


@admin.register(models.StepReport)
class StepReportAdmin(LookOnly):
    list_display = ("taper", "step_number", "outcome", "taken_on", "reported_by", "recorded_at")
    list_filter = ("outcome", "reported_by")
    list_select_related = ("taper",)


@admin.register(models.Alert)
class AlertAdmin(LookOnly):
    list_display = ("code", "severity", "patient", "raised_at", "acknowledged_at", "closed_at")
    list_filter = ("severity", "code")
    list_select_related = ("patient",)


@admin.register(models.SparingCourse)
class SparingCourseAdmin(LookOnly):
    list_display = ("agent", "patient", "status", "starts_on", "ended_on", "revision")
    list_filter = ("agent", "status")
    list_select_related = ("patient",)


@admin.register(models.SparingRevision)
class SparingRevisionAdmin(LookOnly):
    list_display = ("course", "number", "frequency", "created_by", "created_at")
    list_select_related = ("course", "created_by")


@admin.register(models.Infusion)
class InfusionAdmin(LookOnly):
    list_display = ("patient", "infused_on", "product", "g_per_kg", "recorded_at")
    list_select_related = ("patient",)
