"""The team writes down how a patient says to be; a red flag acts at once."""

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View

from patients.access import Permission, check
from patients.errors import Refused
from patients.forms.page import PageForm
from patients.presenters import words
from tapers.domain.symptoms import Advice, advice_for
from tapers.forms.changes import ReasonForm
from tapers.forms.symptoms import SymptomForm
from tapers.presenters.symptoms import symptom_row, symptom_rows, what_followed, what_will_follow
from tapers.selectors import open_red_flag, symptom_report_for, symptom_reports_for
from tapers.selectors.symptoms import red_flag_mail_was_sent
from tapers.services.symptoms import report_symptoms
from tapers.services.symptoms_in_error import mark_symptoms_in_error
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


class SymptomsInError(View):
    """Symptoms that were never so, or another patient's."""

    def get(self, request: HttpRequest, patient_id: UUID, symptom_report_id: UUID) -> HttpResponse:
        about, report = _report(request, patient_id, symptom_report_id)
        return _in_error_page(request, about, report, ReasonForm())

    def post(self, request: HttpRequest, patient_id: UUID, symptom_report_id: UUID) -> HttpResponse:
        about, report = _report(request, patient_id, symptom_report_id)
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return _in_error_page(request, about, report, form)
        reason = form.cleaned_data["reason"]
        try:
            marked = mark_symptoms_in_error(
                actor=about.actor, report=report, reason=reason, at=about.at
            )
        except Refused as refusal:
            form.show(refusal)
            _, report = _report(request, patient_id, symptom_report_id)
            return _in_error_page(request, about, report, form)
        followed = what_followed(
            marked,
            another_flag=open_red_flag(patient=about.patient) is not None,
            mail_sent=red_flag_mail_was_sent(marked),
        )
        messages.success(request, followed)
        return redirect(reverse("symptoms", args=[patient_id]) + "#told")


def _report(
    request: HttpRequest, patient_id: UUID, report_id: UUID
) -> "tuple[About, SymptomReport]":
    about = about_patient(request, patient_id)
    check(about.actor, Permission.MARK_SYMPTOMS_IN_ERROR, about.patient)
    report = symptom_report_for(actor=about.actor, patient=about.patient, id=report_id)
    if report.is_open_red_flag:
        check(about.actor, Permission.LIFT_RED_FLAG, about.patient)
    return about, report


def _in_error_page(
    request: HttpRequest, about: About, report: "SymptomReport", form: PageForm
) -> HttpResponse:
    about.saw("symptoms")
    context = about.context | {
        "form": form,
        "row": symptom_row(report, zone=about.patient.clinic.time_zone),
        "says": what_will_follow(report, mail_sent=red_flag_mail_was_sent(report)),
    }
    return render(request, "tapers/symptoms_in_error.html", context)


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
    reports = symptom_reports_for(actor=about.actor, patient=about.patient)
    told = symptom_rows(reports, zone=about.patient.clinic.time_zone)
    context = about.context | {
        "form": form,
        "phone": about.patient.phone,
        "told": told[:SHOWN],
        "more_told": told[SHOWN:],
    }
    return render(request, "tapers/symptoms.html", context)
