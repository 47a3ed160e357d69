"""What was known and taken before the plan: diagnosis, earlier steroids."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from patients.access import Permission, check
from patients.errors import Refused
from patients.forms.diagnosis import DiagnosisForm
from patients.forms.facts import InErrorForm
from patients.forms.page import PageForm
from patients.selectors import diagnosis_of, exposure_for
from patients.services.diagnosis import record_diagnosis
from tapers.forms.exposure import CorrectExposureForm, ExposureForm
from tapers.selectors.rises import rise_without_reason
from tapers.services.facts import correct_exposure, mark_exposure_in_error, record_exposure
from tapers.views.about import About, about_patient
from tapers.views.known import FactInError
from tracker.dashboard.presenters.patient import exposure_line

ASKED_AGAIN = ("status", "confirmed_on", "biopsy", "biopsy_on", "note")
OF_A_COURSE = (
    "drug", "daily_mg", "alternate_daily_mg", "started_on", "ended_on", "note", "raise_reason",
    "sick_day_dose",
)  # fmt: skip
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
        if rise := _rise_to_ask_about(request, about, form):
            return _page(request, about, form, "exposure", rise=rise)
        try:
            record_exposure(
                actor=about.actor, patient=about.patient, at=about.at, **form.cleaned_data
            )
        except Refused as refusal:
            form.show(refusal)
            return _page(request, about, form, "exposure")
        messages.success(request, "The steroid treatment is recorded.")
        return redirect("patient", patient_id)


class CorrectExposure(View):
    """All of the course as it is right, and why; the version before stays."""

    def get(self, request: HttpRequest, patient_id: UUID, exposure_id: UUID) -> HttpResponse:
        about = _checked(request, patient_id)
        wrong = exposure_for(actor=about.actor, patient=about.patient, id=exposure_id)
        form = CorrectExposureForm(initial={name: getattr(wrong, name) for name in OF_A_COURSE})
        return _page(request, about, form, "exposure", corrects=wrong.pk)

    def post(self, request: HttpRequest, patient_id: UUID, exposure_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        wrong = exposure_for(actor=about.actor, patient=about.patient, id=exposure_id)
        form = CorrectExposureForm(request.POST)
        if not form.is_valid():
            return _page(request, about, form, "exposure", corrects=wrong.pk)
        if rise := _rise_to_ask_about(request, about, form, instead_of=wrong):
            return _page(request, about, form, "exposure", corrects=wrong.pk, rise=rise)
        try:
            correct_exposure(actor=about.actor, exposure=wrong, at=about.at, **form.cleaned_data)
        except Refused as refusal:
            form.show(refusal)
            return _page(request, about, form, "exposure", corrects=wrong.pk)
        messages.success(request, "The correction is stored.")
        return redirect("patient", patient_id)


class ExposureInError(View):
    def get(self, request: HttpRequest, patient_id: UUID, exposure_id: UUID) -> HttpResponse:
        about = _checked(request, patient_id)
        wrong = exposure_for(actor=about.actor, patient=about.patient, id=exposure_id)
        return self._asked(request, about, InErrorForm(), wrong)

    def post(self, request: HttpRequest, patient_id: UUID, exposure_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        wrong = exposure_for(actor=about.actor, patient=about.patient, id=exposure_id)
        form = InErrorForm(request.POST)
        if not form.is_valid():
            return self._asked(request, about, form, wrong)
        try:
            mark_exposure_in_error(
                actor=about.actor,
                exposure=wrong,
                reason=form.cleaned_data["reason"],
                at=about.at,
            )
        except Refused as refusal:
            form.show(refusal)
            return self._asked(request, about, form, wrong)
        messages.success(request, "It is marked as entered in error and counts no more.")
        return redirect("patient", patient_id)

    def _asked(
        self, request: HttpRequest, about: About, form: PageForm, wrong: Any
    ) -> HttpResponse:
        asked = {
            "form": form,
            "title": FactInError.title,
            "button": FactInError.button,
            "says": FactInError.says,
            "fact": exposure_line(wrong),
            "grave": True,
        }
        return render(request, "tapers/fact.html", about.context | asked)


def _checked(request: HttpRequest, patient_id: UUID) -> About:
    about = about_patient(request, patient_id)
    check(about.actor, Permission.EDIT_DIAGNOSIS, about.patient)
    return about


def _rise_to_ask_about(
    request: HttpRequest, about: About, form: PageForm, *, instead_of: Any = None
) -> str:
    """A raised dose asks for its reason once; who sends it again without one records it so."""
    if "asked" in request.POST:
        return ""
    course = {name: form.cleaned_data[name] for name in OF_A_COURSE}
    return rise_without_reason(
        patient=about.patient, course=course, instead_of=instead_of, at=about.at
    )


def _page(
    request: HttpRequest,
    about: About,
    form: PageForm,
    kind: str,
    *,
    corrects: UUID | None = None,
    rise: str = "",
) -> HttpResponse:
    shown = {"form": form, "corrects": corrects, "rise": rise}
    return render(request, f"dashboard/{kind}.html", about.context | shown)
