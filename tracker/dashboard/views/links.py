"""The links in a patient's mails: called back when they may be in the wrong hands."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from patients.access import Permission, check
from patients.services.links import revoke_links
from tapers.views.about import about_patient

REVOKED = "No link that was sent so far opens the patient's page any more."


class RevokeLinks(View):
    def get(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        check(about.actor, Permission.EDIT_PATIENT, about.patient)
        return render(request, "dashboard/links_revoke.html", about.context)

    def post(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        revoke_links(actor=about.actor, patient=about.patient, at=about.at)
        messages.success(request, REVOKED)
        return redirect("patient", patient_id)
