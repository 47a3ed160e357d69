"""Visits: enter, look over, store, read, correct."""

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View

from patients.access import Permission, check
from patients.errors import NotFound, Refused, Unlikely
from patients.forms.visit import CorrectionForm, VisitForm
from patients.forms.visit_stored import carried_readings, initial_of
from patients.presenters import words
from patients.presenters.visits import visit_facts
from patients.selectors import assessment_for, draft_of, versions_of
from patients.services.patients import last_day_to_record
from patients.services.visit_drafts import drop_draft, keep_draft
from patients.vocabulary import VisitKind
from tapers.services.assessments import correct_assessment, record_assessment
from tapers.views.about import About, about_patient
from tapers.views.visit_pages import form_page, summary_page, typed

if TYPE_CHECKING:
    from patients.models import Assessment

STORED = {VisitKind.VISIT: "The visit of {} is stored.",
          VisitKind.LABORATORY: "The laboratory results of {} are stored."}  # fmt: skip


class NewVisit(View):
    def get(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about, kind = about_patient(request, patient_id), _kind(request)
        check(about.actor, Permission.RECORD_ASSESSMENT, about.patient)
        about.saw("visit form")
        draft = draft_of(actor=about.actor, patient=about.patient, kind=kind)
        rater = about.actor.get_full_name() or about.actor.get_username()
        initial = {"assessed_on": about.today, "rater": rater} | (draft.typed if draft else {})
        return form_page(request, about, VisitForm(initial=initial), kind=kind, draft=draft)

    def post(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about, kind = about_patient(request, patient_id), _kind(request)
        form = VisitForm(request.POST, days=_days(about))
        if request.POST.get("do") == "discard":
            drop_draft(actor=about.actor, patient=about.patient, kind=kind)
            return redirect(_form_of(patient_id, kind))
        _keep(about, kind, request)
        if not form.is_valid() or request.POST.get("do") == "edit":
            return form_page(request, about, form, kind=kind)
        if request.POST.get("do") != "store":
            return summary_page(request, about, form, kind=kind)
        try:
            assessment = record_assessment(
                actor=about.actor,
                patient=about.patient,
                readings=form.readings,
                at=about.at,
                **_visit(form),
            )
        except Unlikely:
            return summary_page(request, about, form, kind=kind, asked_before=True)
        except Refused as refusal:
            form.show(refusal)
            return form_page(request, about, form, kind=kind)
        drop_draft(actor=about.actor, patient=about.patient, kind=kind)
        messages.success(request, STORED[kind].format(words.day(assessment.assessed_on)))
        return redirect("patient", patient_id)


class KeepVisitDraft(View):
    """The form saves itself while it is filled in; nothing is recorded."""

    def post(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        _keep(about, _kind(request), request)
        kept_at = words.instant(about.at, zone=about.patient.clinic.time_zone)
        return HttpResponse(f"Kept as a draft, {kept_at[-5:]}.")


class VisitPage(View):
    def get(self, request: HttpRequest, patient_id: UUID, visit_id: UUID) -> HttpResponse:
        about, assessment = _visit_of(request, patient_id, visit_id)
        about.saw("visit")
        zone = about.patient.clinic.time_zone
        versions = versions_of(actor=about.actor, assessment=assessment)
        context = about.context | {
            "visit": visit_facts(assessment, zone=zone),
            "visit_id": visit_id,
            "versions": [(row.pk, visit_facts(row, zone=zone)) for row in reversed(versions)],
            "is_newest": versions[-1].pk == assessment.pk,
        }
        return render(request, "tapers/visit.html", context)


class CorrectVisit(View):
    def get(self, request: HttpRequest, patient_id: UUID, visit_id: UUID) -> HttpResponse:
        about, assessment = _visit_of(request, patient_id, visit_id)
        check(about.actor, Permission.RECORD_ASSESSMENT, about.patient)
        initial: dict[str, Any] = {
            "assessed_on": assessment.assessed_on,
            "rater": assessment.rater,
            "note": assessment.note,
        }
        measurements = list(assessment.measurements.all())
        initial |= initial_of(measurements)
        form = CorrectionForm(initial=initial, carried=carried_readings(measurements))
        return form_page(request, about, form, corrects=assessment)

    def post(self, request: HttpRequest, patient_id: UUID, visit_id: UUID) -> HttpResponse:
        about, assessment = _visit_of(request, patient_id, visit_id)
        carried = carried_readings(assessment.measurements.all())
        form = CorrectionForm(request.POST, carried=carried, days=_days(about))
        if not form.is_valid() or request.POST.get("do") == "edit":
            return form_page(request, about, form, corrects=assessment)
        if request.POST.get("do") != "store":
            return summary_page(request, about, form, corrects=assessment)
        try:
            corrected = correct_assessment(
                actor=about.actor,
                assessment=assessment,
                readings=form.readings,
                reason=form.cleaned_data["reason"],
                at=about.at,
                **_visit(form),
            )
        except Unlikely:
            return summary_page(request, about, form, corrects=assessment, asked_before=True)
        except Refused as refusal:
            form.show(refusal)
            return form_page(request, about, form, corrects=assessment)
        messages.success(request, f"Version {corrected.version} of the visit is stored.")
        return redirect("visit", patient_id, corrected.pk)


def _kind(request: HttpRequest) -> VisitKind:
    asked = request.GET.get("kind", VisitKind.VISIT.value)
    if asked not in VisitKind.values:
        raise NotFound("There is no such form.")
    return VisitKind(asked)


def _form_of(patient_id: UUID, kind: VisitKind) -> str:
    return f"{reverse('visit-new', args=[patient_id])}?kind={kind}"


def _keep(about: About, kind: VisitKind, request: HttpRequest) -> None:
    keep_draft(
        actor=about.actor,
        patient=about.patient,
        kind=kind,
        typed=typed(request.POST),
        at=about.at,
    )


def _visit_of(request: HttpRequest, patient_id: UUID, visit_id: UUID) -> tuple[About, "Assessment"]:
    about = about_patient(request, patient_id)
    assessment = assessment_for(actor=about.actor, id=visit_id)
    if assessment.patient_id != patient_id:
        raise NotFound("There is no such visit.")
    return about, assessment


def _days(about: About) -> tuple[date, date]:
    return about.patient.birth_date, last_day_to_record(about.patient, at=about.at)


def _visit(form: VisitForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("assessed_on", "rater", "note")}
