"""What was known and taken before the plan: diagnosis, earlier steroids."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from patients.access import Permission, check
from patients.errors import Refused
from patients.forms.diagnosis import DiagnosisForm
from patients.forms.page import PageForm
from patients.selectors import diagnosis_of
from patients.services.diagnosis import record_diagnosis
from patients.services.exposure import record_exposure
from tapers.forms.exposure import ExposureForm
from tapers.views.about import About, about_patient

ASKED_AGAIN = ("status", "confirmed_on", "biopsy", "biopsy_on", "note")
SEEN = ("rimmed_vacuoles", "endomysial_inflammation", "mitochondrial_changes")


class NewDiagnosis(View):
    def get(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = _checked(request, patient_id)
        known = diagnosis_of(patient=about.patient)
        initial = {name: getattr(known, name) for name in ASKED_AGAIN} if known else {}
        words = {True: "yes", False: "no", None: ""}
        initial |= {name: words[getattr(known, name)] for name in SEEN} if known else {}
        return _page(request, about, DiagnosisForm(initial=initial), "diagnosis")

    def post(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        form = DiagnosisForm(request.POST)
        if not form.is_valid():
            return _page(request, about, form, "diagnosis")
        try:
            record_diagnosis(
                actor=about.actor, patient=about.patient, at=about.at, **form.cleaned_data
            )
        except Refused as refusal:
            form.show(refusal)
            return _page(request, about, form, "diagnosis")
        messages.success(request, "The diagnosis is recorded.")
        return redirect("patient", patient_id)


class NewExposure(View):
    def get(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        return _page(request, _checked(request, patient_id), ExposureForm(), "exposure")

    def post(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        form = ExposureForm(request.POST)
        if not form.is_valid():
            return _page(request, about, form, "exposure")
        try:
            record_exposure(
                actor=about.actor, patient=about.patient, at=about.at, **form.cleaned_data
            )
        except Refused as refusal:
            form.show(refusal)
            return _page(request, about, form, "exposure")
        messages.success(request, "The steroid treatment is recorded.")
        return redirect("patient", patient_id)


def _checked(request: HttpRequest, patient_id: UUID) -> About:
    about = about_patient(request, patient_id)
    check(about.actor, Permission.EDIT_DIAGNOSIS, about.patient)
    return about


def _page(request: HttpRequest, about: About, form: PageForm, kind: str) -> HttpResponse:
    return render(request, f"dashboard/{kind}.html", about.context | {"form": form})
