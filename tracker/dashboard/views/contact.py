"""Whether and how a patient may be written to."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from notifications.services.contact import (
    give_mail_consent,
    resend_verification,
    withdraw_mail_consent,
)
from patients.access import Permission, check
from patients.errors import Conflict, Refused
from patients.forms.consent import ConsentForm, WithdrawalForm
from patients.presenters import words
from patients.presenters.consent import TEXT, TEXT_VERSION
from patients.selectors import standing_consent
from patients.services.patients import pause_reminders, unpause_reminders
from patients.vocabulary import Channel, Content
from tapers.views.about import About, about_patient

GIVEN = "Consent is recorded."
PAUSED = "Reminders to the patient are paused."
UNPAUSED = "Reminders to the patient go out again."
MAILED = "Consent is recorded. A mail asks the patient to confirm the address."


class Consent(View):
    def get(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        check(about.actor, Permission.EDIT_CONSENT, about.patient)
        return consent_page(request, about, ConsentForm(initial={"given_on": about.today}))

    def post(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        form = ConsentForm(request.POST)
        if not form.is_valid():
            return consent_page(request, about, form)
        try:
            give_mail_consent(
                actor=about.actor,
                patient=about.patient,
                channel=Channel.EMAIL,
                content=form.cleaned_data["content"],
                given_on=form.cleaned_data["given_on"],
                text_version=TEXT_VERSION,
                at=about.at,
            )
        except Refused as refusal:
            form.show(refusal)
            return consent_page(request, about, form)
        asks = about.patient.email and about.patient.email_verified_at is None
        messages.success(request, MAILED if asks else GIVEN)
        return redirect("patient", patient_id)


class WithdrawConsent(View):
    def get(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        return redirect("consent", about_patient(request, patient_id).patient.pk)

    def post(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        withdrawal = WithdrawalForm(request.POST)
        fresh = ConsentForm(initial={"given_on": about.today})
        if not withdrawal.is_valid():
            return consent_page(request, about, fresh, withdrawal)
        try:
            withdraw_mail_consent(
                actor=about.actor,
                patient=about.patient,
                channel=Channel.EMAIL,
                on=withdrawal.cleaned_data["on"],
                at=about.at,
            )
        except Refused as refusal:
            withdrawal.show(refusal)
            return consent_page(request, about, fresh, withdrawal)
        messages.success(request, "The withdrawal is recorded. No more mail goes to the patient.")
        return redirect("patient", patient_id)


class SendVerification(View):
    def post(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        try:
            resend_verification(actor=about.actor, patient=about.patient, at=about.at)
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, "A new link is on its way. The one before no longer works.")
        return redirect("patient", patient_id)


class PauseReminders(View):
    """Pause with a reason, or let the reminders go out again: as the form says that was pressed.

    What is the case decides nothing: from a page that is old it would do the opposite.
    """

    def post(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        try:
            if "reason" in request.POST:
                reason = request.POST["reason"]
                pause_reminders(
                    actor=about.actor, patient=about.patient, reason=reason, at=about.at
                )
            else:
                unpause_reminders(actor=about.actor, patient=about.patient, at=about.at)
        except Conflict as refusal:
            messages.warning(request, words.with_days(refusal.message))
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, PAUSED if "reason" in request.POST else UNPAUSED)
        return redirect("patient", patient_id)


def consent_page(
    request: HttpRequest,
    about: About,
    form: ConsentForm,
    withdrawal: WithdrawalForm | None = None,
) -> HttpResponse:
    standing = standing_consent(patient=about.patient)
    context = about.context | {
        "form": form,
        "withdrawal": withdrawal or WithdrawalForm(initial={"on": about.today}),
        "text": TEXT,
        "version": TEXT_VERSION,
        "standing": _standing_words(standing.given_on, standing.content) if standing else "",
        "email": about.patient.email,
    }
    return render(request, "dashboard/consent.html", context)


def _standing_words(given_on: date, content: str) -> str:
    level = Content(content).label
    return f"Consent of {words.day(given_on)} stands: {level.lower()}."
