"""What a clinic enters at each visit: read by its members, chosen by a lead.

The set is arranged by buttons and carried from page to page; nothing holds until it is kept.
"""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View

from patients.access import Permission, actor_of, can, check
from patients.clock import now
from patients.errors import NotFound, Refused
from patients.instruments.visit_sets import CHOOSABLE, STANDARD_SETS
from patients.selectors import visit_set_of
from patients.services.visit_sets import choose_visit_set
from patients.vocabulary import VisitKind
from tracker.dashboard.frame import working_clinic
from tracker.dashboard.presenters.visit_sets import arranged, measure_rows, other_measures

KEPT = "The set is kept. The form shows it from now on; recorded visits stay as they are."


class VisitSets(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        kind = _kind(request)
        return _page(request, kind, visit_set_of(clinic=working_clinic(request), kind=kind))

    def post(self, request: HttpRequest) -> HttpResponse:
        kind, clinic, actor = _kind(request), working_clinic(request), actor_of(request)
        check(actor, Permission.MANAGE_CLINIC, clinic)
        codes = [code for code in request.POST.getlist("codes") if code in CHOOSABLE]
        what, _, which = request.POST.get("do", "").partition(":")
        if what == "standard":
            return _page(request, kind, STANDARD_SETS[kind])
        if what != "keep":
            return _page(request, kind, arranged(codes, what, which), moved=which)
        try:
            choose_visit_set(actor=actor, clinic=clinic, kind=kind, codes=codes, at=now())
        except Refused as refusal:
            messages.error(request, refusal.message)
            return _page(request, kind, codes)
        messages.success(request, KEPT)
        return redirect(f"{reverse('clinic-visits')}?kind={kind}")


def _kind(request: HttpRequest) -> VisitKind:
    asked = request.GET.get("kind", VisitKind.VISIT.value)
    if asked not in VisitKind.values:
        raise NotFound("There is no such set.")
    return VisitKind(asked)


def _page(
    request: HttpRequest, kind: VisitKind, codes: Sequence[str], *, moved: str = ""
) -> HttpResponse:
    clinic = working_clinic(request)
    holds = visit_set_of(clinic=clinic, kind=kind)
    context = {
        "section": "patients",
        "kind": kind,
        "kinds": [(each.value, each.label, each is kind) for each in VisitKind],
        "rows": measure_rows(codes),
        "others": other_measures(codes),
        "moved": moved,
        "is_changed": tuple(codes) != holds,
        "is_standard": tuple(codes) == STANDARD_SETS[kind],
        "may_manage": can(actor_of(request), Permission.MANAGE_CLINIC, clinic),
    }
    return render(request, "dashboard/visit_sets.html", context)
