"""The team writes down how a patient says to be; a red flag acts at once."""

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from patients.access import Permission, check
from patients.errors import Refused
from patients.presenters import words
from tapers.domain.symptoms import Advice, advice_for
from tapers.forms.symptoms import SymptomForm
from tapers.presenters.symptoms import symptom_rows
from tapers.selectors import symptom_reports_for
from tapers.services.symptoms import report_symptoms
from tapers.views.about import About, about_patient

if TYPE_CHECKING:
    from tapers.models import SymptomReport

EMERGENCY = (
    "Possible adrenal crisis. Keep the patient on the line and follow your emergency pathway now. "
    "The red flag is recorded and the team is told. No reminder of a reduction is sent until "
    "a prescriber lifts it."
)
RECORDED = "What the patient said is recorded. A task asks the team to call."
SHOWN = 10
KEPT = (
    "Recorded as history, of {day}. Nothing is paused, no task is opened and nobody is mailed at "
    "once. It stands in the course, and the rules that look back so far have read it: what they "
    "say is among the alerts."
)


class ReportSymptoms(View):
    def get(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        check(about.actor, Permission.REPORT_SYMPTOMS, about.patient)
        return _page(request, about, _blank(about))

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
                happened_on=form.cleaned_data["happened_on"],
                form_id=form.cleaned_data["form_id"],
                at=about.at,
            )
        except Refused as refusal:
            form.show(refusal)
            return _page(request, about, form)
        _say(request, report)
        return redirect("patient", patient_id)


def _blank(about: About) -> SymptomForm:
    return SymptomForm(initial={"form_id": uuid4(), "happened_on": about.today})


def _say(request: HttpRequest, report: "SymptomReport") -> None:
    """What happened, as the form said it would."""
    advice = advice_for(report.to_domain(), is_history=report.is_history)
    if advice is Advice.HISTORY:
        messages.success(request, KEPT.format(day=words.day(report.happened_on)))
    elif advice is Advice.EMERGENCY:
        messages.error(request, EMERGENCY)
    else:
        messages.success(request, RECORDED)


def _page(request: HttpRequest, about: About, form: SymptomForm) -> HttpResponse:
    about.saw("symptoms")
    told = symptom_rows(symptom_reports_for(actor=about.actor, patient=about.patient))
    context = about.context | {
        "form": form,
        "phone": about.patient.phone,
        "told": told[:SHOWN],
        "more_told": told[SHOWN:],
    }
    return render(request, "tapers/symptoms.html", context)
