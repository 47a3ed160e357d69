"""Reasons for alerts, who looks after them, and later looks; each form leads back to its page."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from patients.access import actor_of
from patients.clock import now
from patients.errors import Conflict, Refused
from patients.forms.page import PageForm
from patients.presenters.words import with_days
from patients.selectors import member_for
from patients.selectors.clinics import name_of
from tapers.forms.alerts import AcknowledgeForm, AssignForm, CheckForm
from tapers.selectors import alert_for
from tapers.services.alert_care import assign_alert, check_alert
from tapers.services.alerts import acknowledge_alert

if TYPE_CHECKING:
    from tapers.models import Alert


class AcknowledgeAlert(View):
    def post(self, request: HttpRequest, alert_id: UUID) -> HttpResponse:
        actor, form = actor_of(request), AcknowledgeForm(request.POST)
        alert = alert_for(actor=actor, id=alert_id)
        return _done(
            request,
            form,
            lambda: acknowledge_alert(actor=actor, alert=alert, **form.cleaned_data, at=now()),
            said="The reason is recorded.",
        )


class CheckAlert(View):
    def post(self, request: HttpRequest, alert_id: UUID) -> HttpResponse:
        actor, form = actor_of(request), CheckForm(request.POST)
        alert = alert_for(actor=actor, id=alert_id)
        return _done(
            request,
            form,
            lambda: check_alert(actor=actor, alert=alert, **form.cleaned_data, at=now()),
            said="The look is recorded.",
        )


class AssignAlert(View):
    def post(self, request: HttpRequest, alert_id: UUID) -> HttpResponse:
        actor, form = actor_of(request), AssignForm(request.POST)
        alert = alert_for(actor=actor, id=alert_id)
        given = form.cleaned_data["owner"] if form.is_valid() else None
        before = name_of(alert.owner.user) if alert.owner else ""

        def said() -> str:
            alert.refresh_from_db(fields=["owner"])
            return _whose(name_of(alert.owner.user) if alert.owner else "", before)

        return _done(request, form, lambda: _assign(request, alert, given), said=said)


def _whose(now: str, before: str) -> str:
    """Say who looks after it, and who did: a page that was old may take it from another."""
    what = f"{now} looks after the alert" if now else "Nobody looks after the alert"
    if now == before:
        return f"{what}, as before."
    return f"{what} now{before and ', in place of '}{before}."


def _assign(request: HttpRequest, alert: "Alert", given: UUID | None) -> "Alert":
    actor, clinic = actor_of(request), alert.patient.clinic
    owner = None if given is None else member_for(actor=actor, clinic=clinic, id=given)
    return assign_alert(actor=actor, alert=alert, owner=owner, at=now())


def _done(
    request: HttpRequest,
    form: PageForm,
    change: Callable[[], object],
    *,
    said: str | Callable[[], str],
) -> HttpResponse:
    if not form.is_valid():
        messages.error(
            request, " ".join(str(text) for found in form.errors.values() for text in found)
        )
        return _back(request)
    try:
        change()
    except Conflict as refusal:
        messages.warning(request, with_days(refusal.message))
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, said if isinstance(said, str) else said())
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    back = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if back and ours else "worklist")
