"""The team writes down how a patient says to be; a red flag acts at once."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from patients.access import Permission, check
from patients.errors import Refused
from tapers.domain.symptoms import Advice, advice_for
from tapers.forms.symptoms import SymptomForm
from tapers.services.symptoms import report_symptoms
from tapers.views.about import About, about_patient

EMERGENCY = (
    "Possible adrenal crisis. Keep the patient on the line and follow your emergency pathway now. "
    "The red flag is recorded and the team is told. No reminder of a reduction is sent until "
    "a prescriber lifts it."
)
RECORDED = "What the patient said is recorded. A task asks the team to call."


class ReportSymptoms(View):
    def get(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        check(about.actor, Permission.REPORT_SYMPTOMS, about.patient)
        return _page(request, about, SymptomForm(initial={"form_id": uuid4()}))

    def post(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        check(about.actor, Permission.REPORT_SYMPTOMS, about.patient)
        form = SymptomForm(request.POST)
        if not form.is_valid():
            return _page(request, about, form)
        try:
            report = report_symptoms(
                actor=about.actor,
                patient=about.patient,
                symptoms=form.symptoms,
                note=form.cleaned_data["note"],
                reported_by=form.cleaned_data["reported_by"],
                form_id=form.cleaned_data["form_id"],
                at=about.at,
            )
        except Refused as refusal:
            form.show(refusal)
            return _page(request, about, form)
        if advice_for(report.to_domain()) is Advice.EMERGENCY:
            messages.error(request, EMERGENCY)
        else:
            messages.success(request, RECORDED)
        return redirect("patient", patient_id)


def _page(request: HttpRequest, about: About, form: SymptomForm) -> HttpResponse:
    context = about.context | {"form": form, "phone": about.patient.phone}
    return render(request, "tapers/symptoms.html", context)
