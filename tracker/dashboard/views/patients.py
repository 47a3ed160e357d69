"""The list of patients, a new one, changed details."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from notifications.services.contact import change_patient
from patients.access import ROLE_PERMISSIONS, Permission, actor_of, check
from patients.audit import record_read
from patients.clock import now
from patients.errors import Refused
from patients.forms.registration import PatientChangeForm, PatientForm
from patients.selectors import clinic_for, patients_for
from patients.services.patients import check_some_details, register_patient
from tapers.selectors import courses_for
from tapers.selectors.courses import doses_by_exposure
from tapers.views.about import About, about_patient
from tracker.dashboard.forms import PatientFilter
from tracker.dashboard.frame import current_membership
from tracker.dashboard.presenters.patients import patient_rows

PAGE_SIZE = 50


class PatientList(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        actor, at = actor_of(request), now()
        membership = current_membership(request)
        form = PatientFilter(request.GET)
        found, page = [], form.page
        if membership is not None and form.is_valid():
            asked = form.cleaned_data
            rows = patients_for(
                actor=actor, search=asked["search"], status=asked["status"] or None
            ).filter(clinic_id=membership.id)
            found = list(rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE + 1])
        shown = found[:PAGE_SIZE]
        courses = courses_for(patient_ids=[patient.pk for patient in shown], at=at)
        others = [patient for patient in shown if patient.pk not in courses]
        record_read(actor=actor, at=at, patients=shown, what="patients")
        context = {
            "section": "patients",
            "form": form,
            "rows": patient_rows(shown, courses, doses_by_exposure(others, at=at), at=at),
            "older": form.link(page + 1) if len(found) > PAGE_SIZE else "",
            "newer": form.link(page - 1) if page > 1 else "",
            "may_register": membership is not None
            and Permission.EDIT_PATIENT in ROLE_PERMISSIONS[membership.role],
        }
        return render(request, "dashboard/patients.html", context)


class NewPatient(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        membership = current_membership(request)
        clinic = clinic_for(actor=actor_of(request), id=membership.id if membership else None)
        check(actor_of(request), Permission.EDIT_PATIENT, clinic)
        return _new_page(request, PatientForm(initial={"time_zone": clinic.time_zone}))

    def post(self, request: HttpRequest) -> HttpResponse:
        actor = actor_of(request)
        membership = current_membership(request)
        clinic = clinic_for(actor=actor, id=membership.id if membership else None)
        form = PatientForm(request.POST)
        if not form.is_valid():
            form.look_at_the_rest(
                lambda given: check_some_details(clinic=clinic, given=given, at=now())
            )
            return _new_page(request, form)
        try:
            patient = register_patient(actor=actor, clinic=clinic, at=now(), **form.cleaned_data)
        except Refused as refusal:
            form.show(refusal)
            return _new_page(request, form)
        messages.success(request, f"{patient.full_name} is registered as {patient.code}.")
        return redirect("patient", patient.pk)


class EditPatient(View):
    def get(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        check(about.actor, Permission.EDIT_PATIENT, about.patient)
        names = PatientChangeForm.base_fields
        initial = {name: getattr(about.patient, name) for name in names}
        return _edit_page(request, about, PatientChangeForm(initial=initial))

    def post(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        form = PatientChangeForm(request.POST)
        if not form.is_valid():
            patient = about.patient
            form.look_at_the_rest(
                lambda given: check_some_details(
                    clinic=patient.clinic, given=given, besides=patient, at=about.at
                )
            )
            return _edit_page(request, about, form)
        try:
            change_patient(
                actor=about.actor, patient=about.patient, changes=form.cleaned_data, at=about.at
            )
        except Refused as refusal:
            form.show(refusal)
            return _edit_page(request, about, form)
        messages.success(request, "The details are changed.")
        return redirect("patient", patient_id)


def _new_page(request: HttpRequest, form: PatientForm) -> HttpResponse:
    context = {"section": "patients", "form": form}
    return render(request, "dashboard/patient_new.html", context)


def _edit_page(request: HttpRequest, about: About, form: PatientForm) -> HttpResponse:
    return render(request, "dashboard/patient_edit.html", about.context | {"form": form})
