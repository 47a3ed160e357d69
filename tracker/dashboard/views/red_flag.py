"""The end of a red flag: a prescriber has assessed the patient and says what was found."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from patients.access import Permission, check
from patients.errors import Refused
from patients.presenters import words
from tapers.forms.changes import ReasonForm
from tapers.selectors import open_red_flag
from tapers.services.symptoms import lift_red_flag
from tapers.views.about import About, about_patient

LIFTED = "The red flag is lifted. Reminders of reductions go on."


class LiftRedFlag(View):
    def get(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        check(about.actor, Permission.LIFT_RED_FLAG, about.patient)
        return _page(request, about, ReasonForm())

    def post(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return _page(request, about, form)
        try:
            lift_red_flag(
                actor=about.actor,
                patient=about.patient,
                reason=form.cleaned_data["reason"],
                at=about.at,
            )
        except Refused as refusal:
            form.show(refusal)
            return _page(request, about, form)
        messages.success(request, LIFTED)
        return redirect("patient", patient_id)


def _page(request: HttpRequest, about: About, form: ReasonForm) -> HttpResponse:
    flag = open_red_flag(patient=about.patient)
    zone = about.patient.clinic.time_zone
    context = about.context | {
        "form": form,
        "symptoms": [each.label for each in sorted(flag.to_domain())] if flag else [],
        "note": flag.note if flag else "",
        "of_a_day": words.day(flag.happened_on) if flag and flag.was_told_later else "",
        "when": words.instant(flag.recorded_at, zone=zone) if flag else "",
        "patient_id": about.patient.pk,
    }
    return render(request, "dashboard/red_flag.html", context)
