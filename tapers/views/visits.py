"""Visits: enter, look over, store, read, correct."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views import View

from patients.access import Permission, check
from patients.errors import NotFound, Refused
from patients.forms.visit import CorrectionForm, VisitForm, initial_of
from patients.instruments.catalogue import MEASURES
from patients.presenters import words
from patients.presenters.visits import last_words, missing_words, summary_rows, visit_facts
from patients.selectors import assessment_for, series_of, versions_of
from tapers.services.assessments import correct_assessment, record_assessment
from tapers.views.about import About, about_patient

if TYPE_CHECKING:
    from patients.models import Assessment

NOT_KEPT = {"csrfmiddlewaretoken", "do"}


class NewVisit(View):
    def get(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        check(about.actor, Permission.RECORD_ASSESSMENT, about.patient)
        about.saw("visit form")
        kept = request.session.get(_draft_key(patient_id))
        rater = about.actor.get_full_name() or about.actor.get_username()
        initial = {"assessed_on": about.today, "rater": rater} | (kept or {})
        return _page(request, about, VisitForm(initial=initial), kept=bool(kept))

    def post(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        form = VisitForm(request.POST)
        if request.POST.get("do") == "discard":
            request.session.pop(_draft_key(patient_id), None)
            return redirect("visit-new", patient_id)
        if not form.is_valid() or request.POST.get("do") == "edit":
            return _page(request, about, form)
        if request.POST.get("do") != "store":
            return _summary(request, about, form)
        try:
            assessment = record_assessment(
                actor=about.actor,
                patient=about.patient,
                readings=form.readings,
                at=about.at,
                **_visit(form),
            )
        except Refused as refusal:
            form.show(refusal)
            return _page(request, about, form)
        request.session.pop(_draft_key(patient_id), None)
        messages.success(request, f"The visit of {words.day(assessment.assessed_on)} is stored.")
        return redirect("patient", patient_id)


class KeepVisitDraft(View):
    """The form saves itself into the session while it is filled in; nothing is recorded."""

    def post(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        request.session[_draft_key(patient_id)] = _kept(request.POST)
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
        initial |= initial_of(assessment.measurements.all())
        return _page(request, about, CorrectionForm(initial=initial), visit_id=visit_id)

    def post(self, request: HttpRequest, patient_id: UUID, visit_id: UUID) -> HttpResponse:
        about, assessment = _visit_of(request, patient_id, visit_id)
        form = CorrectionForm(request.POST)
        if not form.is_valid() or request.POST.get("do") == "edit":
            return _page(request, about, form, visit_id=visit_id)
        if request.POST.get("do") != "store":
            return _summary(request, about, form, visit_id=visit_id)
        try:
            corrected = correct_assessment(
                actor=about.actor,
                assessment=assessment,
                readings=form.readings,
                reason=form.cleaned_data["reason"],
                at=about.at,
                **_visit(form),
            )
        except Refused as refusal:
            form.show(refusal)
            return _page(request, about, form, visit_id=visit_id)
        messages.success(request, f"Version {corrected.version} of the visit is stored.")
        return redirect("visit", patient_id, corrected.pk)


def _visit_of(request: HttpRequest, patient_id: UUID, visit_id: UUID) -> tuple[About, "Assessment"]:
    about = about_patient(request, patient_id)
    assessment = assessment_for(actor=about.actor, id=visit_id)
    if assessment.patient_id != patient_id:
        raise NotFound("There is no such visit.")
    return about, assessment


def _visit(form: VisitForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("assessed_on", "rater", "note")}


def _page(
    request: HttpRequest,
    about: About,
    form: VisitForm,
    *,
    visit_id: UUID | None = None,
    kept: bool = False,
) -> HttpResponse:
    last = last_words(series_of(patient=about.patient, codes=MEASURES))
    context = about.context | {
        "form": form,
        "groups": form.groups(last),
        "muscles": form.muscle_rows(),
        "visit_id": visit_id,
        "kept": kept,
    }
    return render(request, "tapers/visit_form.html", context)


def _summary(
    request: HttpRequest, about: About, form: VisitForm, *, visit_id: UUID | None = None
) -> HttpResponse:
    last = last_words(series_of(patient=about.patient, codes=MEASURES))
    context = about.context | {
        "form": form,
        "sent": _kept(request.POST),
        "rows": summary_rows(form.readings, last),
        "missing": missing_words(form.readings),
        "day": words.day(form.cleaned_data["assessed_on"]),
        "rater": form.cleaned_data["rater"],
        "visit_id": visit_id,
    }
    return render(request, "tapers/visit_summary.html", context)


def _draft_key(patient_id: UUID) -> str:
    return f"visit:{patient_id}"


def _kept(posted: QueryDict) -> dict[str, str]:
    """What was typed and is worth keeping: the form's own fields, where they hold something."""
    known = VisitForm().fields.keys() | CorrectionForm().fields.keys()
    return {
        name: str(posted[name])[:1000]
        for name in posted
        if name in known and name not in NOT_KEPT and posted[name]
    }
