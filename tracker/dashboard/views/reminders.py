"""The log of reminders, and the trace of one."""

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from notifications.presenters import reminder_rows, trace_of
from notifications.selectors import reminder_for, reminders_for
from notifications.services.retry import retry_now
from notifications.services.testing import send_test
from patients.access import ROLE_PERMISSIONS, Permission, actor_of, can
from patients.audit import record_read
from patients.clock import now
from patients.errors import Conflict, Refused
from patients.links import answer_to
from patients.selectors import answers_to, clinic_for, patient_for
from tapers.views.about import about_patient
from tracker.dashboard.forms import ReminderFilter
from tracker.dashboard.frame import current_membership, working_clinic
from tracker.dashboard.presenters.answer import answer_context

if TYPE_CHECKING:
    from notifications.models import Reminder

PAGE_SIZE = 50
TEST_ASKED = "The test goes out within a minute. Load this page again to see what became of it."
SHOWN_AHEAD = timedelta(days=7)  # what lies further ahead is asked for by a filter


class ReminderLog(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        actor, at = actor_of(request), now()
        membership = current_membership(request)
        form = ReminderFilter(request.GET)
        found: list[Reminder] = []
        page = form.page
        if membership is not None and form.is_valid():
            asked = _asked(form, membership.time_zone)
            if not form.is_filtered:
                asked["due_before"] = at + SHOWN_AHEAD
            rows = reminders_for(actor=actor, **asked)
            rows = rows.filter(clinic_id=membership.id).order_by("-due_at", "-id")
            found = list(rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE + 1])
        shown = found[:PAGE_SIZE]
        patient = form.cleaned_data.get("patient") if form.is_valid() else None
        seen = {row.patient_id: row.patient for row in shown if row.patient is not None}
        record_read(actor=actor, at=at, patients=seen.values(), what="reminders")
        context: dict[str, Any] = {
            "section": "reminders",
            "form": form,
            "rows": reminder_rows(shown),
            "patient": patient_for(actor=actor, id=patient) if patient else None,
            "older": form.link(page + 1) if len(found) > PAGE_SIZE else "",
            "newer": form.link(page - 1) if page > 1 else "",
            "filtered": form.is_filtered,
            "may_test": membership is not None
            and Permission.SEND_TEST in ROLE_PERMISSIONS[membership.role],
        }
        return render(request, "dashboard/reminders.html", context)


class ReminderTrace(View):
    def get(self, request: HttpRequest, reminder_id: UUID) -> HttpResponse:
        actor = actor_of(request)
        reminder = reminder_for(actor=actor, id=reminder_id)
        where = reminder.patient or clinic_for(actor=actor, id=reminder.clinic_id)
        context: dict[str, Any] = {"section": "reminders"}
        if reminder.patient_id is not None:
            about = about_patient(request, reminder.patient_id)
            about.saw("reminder")
            context = about.context | context
            context |= answer_context(
                reminder,
                link=answer_to(reminder_id=reminder.pk),
                events=answers_to(actor=actor, patient=about.patient, reminder_id=reminder.pk),
            )
        context |= {
            "trace": trace_of(reminder),
            "may_retry": can(actor, Permission.RETRY_REMINDER, where),
        }
        return render(request, "dashboard/reminder.html", context)

    def post(self, request: HttpRequest, reminder_id: UUID) -> HttpResponse:
        """Try again."""
        actor = actor_of(request)
        reminder = reminder_for(actor=actor, id=reminder_id)
        try:
            retry_now(actor=actor, reminder=reminder, at=now())
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, "The reminder is scheduled again and goes out shortly.")
        return redirect("reminder", reminder_id)


class SendTest(View):
    """A mail to whoever presses the button, to see whether mail arrives."""

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            reminder = send_test(actor=actor_of(request), clinic=working_clinic(request), at=now())
        except Conflict as refusal:
            messages.error(request, refusal.message)
            return redirect("reminders")
        messages.success(request, TEST_ASKED)
        return redirect("reminder", reminder.pk)


def _asked(form: ReminderFilter, zone: str) -> dict[str, Any]:
    """The filter as the selector takes it; days are the clinic's."""
    asked = form.cleaned_data
    chosen: dict[str, Any] = {name: asked[name] or None for name in ("status", "kind")}
    if asked["patient"]:
        chosen["patient"] = asked["patient"]
    if asked["due_from"]:
        chosen["due_after"] = datetime.combine(asked["due_from"], time(), ZoneInfo(zone))
    if asked["due_to"]:
        end = datetime.combine(asked["due_to"], time(), ZoneInfo(zone)) + timedelta(days=1)
        chosen["due_before"] = end - timedelta(microseconds=1)
    return chosen
