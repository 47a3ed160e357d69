"""The page a clinician reads and signs."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from patients.access import Permission, actor_of, can
from patients.clock import now
from patients.errors import Refused
from tapers.domain.rules.rulebook import VERSION
from tapers.forms.signature import SignForm
from tapers.selectors.protocols import protocol_of, version_of
from tapers.selectors.signatures import signatures_for
from tapers.services.signatures import sign_rules
from tracker.dashboard.frame import working_clinic
from tracker.dashboard.presenters import rules as present

SHOWN = 20


class Rules(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return _page(request, _fresh(request))

    def post(self, request: HttpRequest) -> HttpResponse:
        actor, clinic, form = actor_of(request), working_clinic(request), SignForm(request.POST)
        if not form.is_valid():
            return _page(request, form)
        try:
            sign_rules(
                actor=actor,
                clinic=clinic,
                rulebook_version=form.cleaned_data["rulebook_version"],
                protocol_version=form.cleaned_data["protocol_version"],
                note=form.cleaned_data["note"],
                at=now(),
            )
        except Refused as refusal:
            form.show(refusal)
            return _page(request, form)
        messages.success(request, "Your signature is recorded.")
        return redirect("rules")


def _fresh(request: HttpRequest) -> SignForm:
    version = version_of(working_clinic(request))
    return SignForm(initial={"rulebook_version": VERSION, "protocol_version": version})


def _page(request: HttpRequest, form: SignForm) -> HttpResponse:
    actor, clinic = actor_of(request), working_clinic(request)
    protocol = protocol_of(clinic)
    signed = signatures_for(actor=actor, clinic=clinic)[:SHOWN]
    signatures = present.signature_rows(signed, clinic=clinic)
    context: dict[str, Any] = {
        "section": "rules",
        "version": VERSION,
        "protocol_version": version_of(clinic),
        "topics": present.topics(protocol),
        "contradictions": present.contradictions(),
        "settings": present.setting_rows(protocol),
        "signatures": signatures,
        "is_signed": any(row.is_of_today for row in signatures),
        "may_manage": can(actor, Permission.MANAGE_CLINIC, clinic),
        "may_sign": can(actor, Permission.SIGN_RULES, clinic),
        "form": form,
    }
    return render(request, "dashboard/rules.html", context)
