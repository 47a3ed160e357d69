"""The first page of the day: what waits for the team."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from notifications.selectors import pauses_for
from patients.access import actor_of, permissions_of
from patients.audit import record_read
from patients.clock import now
from patients.errors import Refused
from patients.selectors import clinic_for, task_for
from patients.services.tasks import finish_task
from tapers.forms.changes import TaskForm
from tapers.views.reports import way_back
from tracker.dashboard.frame import current_membership
from tracker.dashboard.presenters.policy import pause_rows
from tracker.dashboard.presenters.worklist.page import TYPES, worklist_page
from tracker.dashboard.presenters.worklist.row import Reader
from tracker.dashboard.selectors import coming_up, waiting_for


class Worklist(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        actor, at = actor_of(request), now()
        membership = current_membership(request)
        if membership is None:
            return render(
                request, "dashboard/no_clinic.html", {"section": "worklist", "waiting": 0}
            )
        clinic = clinic_for(actor=actor, id=membership.id)
        waiting = waiting_for(actor=actor, clinic=clinic, at=at)
        reader = Reader(
            may=permissions_of(actor, clinic),
            at=at,
            zone=clinic.time_zone,
            here=request.get_full_path(),
        )
        chosen = request.GET.get("type", "")
        page = worklist_page(
            waiting,
            reader=reader,
            chosen=chosen if chosen in dict(TYPES) else "",
            next_up=None if waiting.count else coming_up(actor=actor, clinic=clinic, at=at),
        )
        record_read(actor=actor, at=at, patients=waiting.patients, what="worklist")
        context = {
            "section": "worklist",
            "page": page,
            "waiting": page.count,
            "here": reader.here,
            "pauses": pause_rows(pauses_for(actor=actor, clinic=clinic), zone=clinic.time_zone),
        }
        return render(request, "dashboard/worklist.html", context)


class WorklistCount(View):
    """The number beside "Worklist", asked for by pages after they are shown."""

    def get(self, request: HttpRequest) -> HttpResponse:
        actor = actor_of(request)
        membership = current_membership(request)
        if membership is None:
            return HttpResponse("0")
        clinic = clinic_for(actor=actor, id=membership.id)
        return HttpResponse(str(waiting_for(actor=actor, clinic=clinic, at=now()).count))


class FinishTask(View):
    def post(self, request: HttpRequest, task_id: UUID) -> HttpResponse:
        actor = actor_of(request)
        task = task_for(actor=actor, id=task_id)
        form = TaskForm(request.POST)
        note = form.cleaned_data["note"] if form.is_valid() else ""
        try:
            finish_task(actor=actor, task=task, note=note, at=now())
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, "The task is done.")
        back = way_back(request)
        return redirect(back) if back else redirect("worklist")
