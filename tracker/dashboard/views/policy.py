"""How a clinic reminds: read by its members, changed and paused by a lead."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from notifications.forms.policy import PauseForm, PolicyForm
from notifications.selectors import (
    all_pauses_for,
    held_by_a_pause,
    pause_for,
    pauses_for,
    policy_changes_for,
    policy_of,
)
from notifications.services.policy import lift_pause, pause_sending
from patients.access import Permission, actor_of, can, check
from patients.clock import now, today_in
from patients.errors import Refused
from tapers.services.reminder_policy import change_reminder_policy
from tracker.dashboard.frame import working_clinic
from tracker.dashboard.presenters import policy as present

SHOWN = 20
AHEAD = timedelta(days=7)
PAUSED = "Sending is paused. The worklist says so until the pause is lifted."
LIFTED = "The pause is lifted. What waits goes out within a minute."


class ReminderSettings(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return _settings_page(request, PolicyForm.of(policy_of(working_clinic(request))))

    def post(self, request: HttpRequest) -> HttpResponse:
        clinic, form = working_clinic(request), PolicyForm(request.POST)
        check(actor_of(request), Permission.MANAGE_CLINIC, clinic)
        if not form.is_valid():
            return _settings_page(request, form)
        try:
            change_reminder_policy(
                actor=actor_of(request), clinic=clinic, changes=form.cleaned_data, at=now()
            )
        except Refused as refusal:
            form.show(refusal)
            return _settings_page(request, form)
        messages.success(request, "The settings hold from now on; waiting reminders follow them.")
        return redirect("clinic-reminders")


class PauseSending(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return _pause_page(request, PauseForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        clinic, form = working_clinic(request), PauseForm(request.POST)
        if not form.is_valid():
            return _pause_page(request, form)
        try:
            pause_sending(
                actor=actor_of(request),
                clinic=clinic,
                kind=form.cleaned_data["kind"],
                reason=form.cleaned_data["reason"],
                at=now(),
            )
        except Refused as refusal:
            form.show(refusal)
            return _pause_page(request, form)
        messages.success(request, PAUSED)
        return redirect("clinic-reminders")


class LiftPause(View):
    def get(self, request: HttpRequest, pause_id: UUID) -> HttpResponse:
        actor, at = actor_of(request), now()
        pause = pause_for(actor=actor, id=pause_id)
        check(actor, Permission.MANAGE_CLINIC, pause.clinic)
        count = held_by_a_pause(clinic=pause.clinic, kind=pause.kind, at=at)
        context = {
            "section": "reminders",
            "pause": present.pause_row(pause, zone=pause.clinic.time_zone),
            "waits": present.held_words(count),
        }
        return render(request, "dashboard/pause_lift.html", context)

    def post(self, request: HttpRequest, pause_id: UUID) -> HttpResponse:
        actor = actor_of(request)
        pause = pause_for(actor=actor, id=pause_id)
        try:
            lift_pause(actor=actor, pause=pause, at=now())
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, LIFTED)
        return redirect("clinic-reminders")


def _settings_page(request: HttpRequest, form: PolicyForm) -> HttpResponse:
    actor, clinic = actor_of(request), working_clinic(request)
    zone = clinic.time_zone
    lifted = all_pauses_for(actor=actor, clinic=clinic).filter(lifted_at__isnull=False)
    context: dict[str, Any] = {
        "section": "reminders",
        "form": form,
        "may_manage": can(actor, Permission.MANAGE_CLINIC, clinic),
        "facts": present.policy_facts(policy_of(clinic)),
        "pauses": present.pause_rows(pauses_for(actor=actor, clinic=clinic), zone=zone),
        "lifted": present.pause_rows(lifted[:SHOWN], zone=zone),
        "changes": present.change_rows(
            policy_changes_for(actor=actor, clinic=clinic)[:SHOWN], zone=zone
        ),
        "holidays": present.holiday_lines(clinic, today=today_in(zone, at=now())),
        "country": clinic.country,
        "never_paused": present.NEVER_PAUSED_WORDS,
    }
    return render(request, "dashboard/clinic_reminders.html", context)


def _pause_page(request: HttpRequest, form: PauseForm) -> HttpResponse:
    actor, clinic, at = actor_of(request), working_clinic(request), now()
    check(actor, Permission.MANAGE_CLINIC, clinic)
    count = held_by_a_pause(clinic=clinic, kind="", at=at + AHEAD)
    context = {
        "section": "reminders",
        "form": form,
        "waits": present.held_words(count, ahead=AHEAD),
        "never_paused": present.NEVER_PAUSED_WORDS,
    }
    return render(request, "dashboard/pause_new.html", context)
