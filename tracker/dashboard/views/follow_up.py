"""Follow-up of steroid effects: what is due, and to record what was done."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from patients.access import Permission, check
from patients.errors import Refused
from patients.facts import FactKind
from patients.forms.follow_up import FollowUpForm
from patients.selectors.facts import facts_of
from tapers.selectors.side_by_side import side_by_side
from tapers.services.follow_up import record_follow_ups
from tapers.views.about import About, about_patient
from tracker.dashboard.presenters.follow_up import follow_up_page


class FollowUpPage(View):
    def get(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        about.saw("follow-up")
        return _page(request, about, FollowUpForm(initial={"on": about.today}))

    def post(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        check(about.actor, Permission.RECORD_FACT, about.patient)
        form = FollowUpForm(request.POST)
        if not form.is_valid():
            return _page(request, about, form)
        try:
            rows = record_follow_ups(
                actor=about.actor, patient=about.patient, at=about.at, **form.cleaned_data
            )
        except Refused as refusal:
            form.show(refusal)
            return _page(request, about, form)
        said = "It is recorded." if len(rows) == 1 else f"{len(rows)} are recorded."
        messages.success(request, said)
        return redirect("follow-up", patient_id)


def _page(request: HttpRequest, about: About, form: FollowUpForm) -> HttpResponse:
    course = side_by_side(patient=about.patient, at=about.at)
    recorded = facts_of(patient=about.patient, kind=FactKind.FOLLOW_UP)
    context: dict[str, Any] = {"form": form, "page": follow_up_page(course, recorded)}
    return render(request, "dashboard/follow_up.html", about.context | context)
