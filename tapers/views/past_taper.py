from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from patients.access import Permission, check
from patients.errors import Refused
from patients.forms.page import PageForm
from tapers.domain.dose import Drug
from tapers.domain.errors import DomainError
from tapers.forms.past_taper import PastTaperForm
from tapers.services.past_tapers import record_past_taper
from tapers.views.about import About, about_patient

WORDS = {
    "title": "Enter a finished taper",
    "says": "For a patient who comes from elsewhere: the steps as they were really taken. "
    "Nothing is reminded of. Earlier doses, visits, falls, infections and symptoms are entered "
    "with their own days, on the patient’s page.",
    "button": "Store the taper",
}


class NewPastTaper(View):
    """A taper that was finished elsewhere, with its days."""

    def get(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        return _page(request, _checked(request, patient_id), PastTaperForm())

    def post(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = _checked(request, patient_id)
        form = PastTaperForm(request.POST)
        if not form.is_valid():
            return _page(request, about, form)
        given = form.cleaned_data | {"drug": Drug(form.cleaned_data["drug"])}
        try:
            taper = record_past_taper(
                actor=about.actor, patient=about.patient, at=about.at, **given
            )
        except (Refused, DomainError) as refusal:
            form.show(refusal)
            return _page(request, about, form)
        messages.success(request, "The finished taper is stored.")
        return redirect("taper", taper.pk)


def _checked(request: HttpRequest, patient_id: UUID) -> About:
    about = about_patient(request, patient_id)
    check(about.actor, Permission.EDIT_DIAGNOSIS, about.patient)
    return about


def _page(request: HttpRequest, about: About, form: PageForm) -> HttpResponse:
    return render(request, "tapers/fact.html", about.context | WORDS | {"form": form})
