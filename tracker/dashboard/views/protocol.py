"""What the clinic set of the protocol: read by its members, changed by a lead in two steps."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from patients.access import Permission, actor_of, can, check
from patients.clock import now
from patients.errors import BadInput, Refused
from tapers.domain.errors import DomainError
from tapers.domain.protocol import Protocol
from tapers.forms.protocol import ProtocolForm
from tapers.selectors.protocols import protocol_of, protocol_versions_for, version_of
from tapers.services.protocols import change_protocol, proposed_protocol
from tracker.dashboard.frame import working_clinic
from tracker.dashboard.presenters import rules as present

SHOWN = 20
CHANGED = "Version {version} of the protocol is in force. Visits and their reminders follow it."


class ClinicProtocolPage(View):
    """GET shows; the first POST shows what would change, the confirmed one stores it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        clinic = working_clinic(request)
        form = ProtocolForm.of(protocol_of(clinic), version=version_of(clinic))
        return _page(request, form)

    def post(self, request: HttpRequest) -> HttpResponse:
        actor, clinic, form = actor_of(request), working_clinic(request), ProtocolForm(request.POST)
        check(actor, Permission.MANAGE_CLINIC, clinic)
        if not form.is_valid():
            return _page(request, form)
        try:
            proposed = proposed_protocol(clinic=clinic, changes=form.changes)
            if not form.cleaned_data["confirmed"]:
                return _asked(request, form, proposed)
            stored = change_protocol(
                actor=actor,
                clinic=clinic,
                changes=form.changes,
                reason=form.cleaned_data["reason"],
                version=form.cleaned_data["version"],
                at=now(),
            )
        except (Refused, DomainError) as refusal:
            form.show(refusal)
            return _page(request, form)
        messages.success(request, CHANGED.format(version=stored.version))
        return redirect("clinic-protocol")


def _asked(request: HttpRequest, form: ProtocolForm, proposed: Protocol) -> HttpResponse:
    changed = present.differences(protocol_of(working_clinic(request)), proposed)
    if not changed:
        raise BadInput(None, "Nothing differs from what is in force.")
    context = {
        "section": "rules",
        "differences": changed,
        "reason": form.cleaned_data["reason"],
        "typed": [
            (name, request.POST[name])
            for name in form.fields
            if name != "confirmed" and name in request.POST
        ],
    }
    return render(request, "dashboard/protocol_confirm.html", context)


def _page(request: HttpRequest, form: ProtocolForm) -> HttpResponse:
    actor, clinic = actor_of(request), working_clinic(request)
    versions = list(protocol_versions_for(actor=actor, clinic=clinic)[: SHOWN + 1])
    context: dict[str, Any] = {
        "section": "rules",
        "form": form,
        "version": version_of(clinic),
        "settings": present.setting_rows(protocol_of(clinic)),
        "versions": present.version_rows(versions, zone=clinic.time_zone),
        "may_manage": can(actor, Permission.MANAGE_CLINIC, clinic),
    }
    return render(request, "dashboard/protocol.html", context)
