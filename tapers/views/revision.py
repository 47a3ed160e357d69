"""Revise the remainder of a plan: look at what comes of it, give the reasons, sign."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from patients.access import Permission, check
from patients.errors import Refused
from patients.presenters.words import with_days
from tapers.domain.dose import mg_text
from tapers.domain.errors import DomainError
from tapers.errors import NeedsReason, TaperHasMovedOn
from tapers.forms.changes import RevisionForm, StepLines
from tapers.forms.proposal import ReasonsForm
from tapers.presenters.findings import with_typed
from tapers.presenters.revision import Revised, RevisionResult, revision_result
from tapers.presenters.taper import taper_facts
from tapers.selectors import course_of, revisions_of
from tapers.services.plans import revise_taper
from tapers.views.about import About, about_taper
from tapers.vocabulary import Origin

if TYPE_CHECKING:
    from django.forms import BaseFormSet

    from tapers.models import PlanRevision, Taper

MOVED = (Origin.LATE_STEP, Origin.RESUMED)
CHOOSE = "Give the three numbers of a regimen, or the steps by hand."


class ReviseTaper(View):
    def get(self, request: HttpRequest, taper_id: UUID) -> HttpResponse:
        about, taper = about_taper(request, taper_id)
        check(about.actor, Permission.REVISE_TAPER, about.patient)
        about.saw("revision")
        form = RevisionForm(initial=_first_values(about, taper))
        return _page(request, about, taper, form, StepLines(prefix="step"), ReasonsForm())

    def post(self, request: HttpRequest, taper_id: UUID) -> HttpResponse:
        about, taper = about_taper(request, taper_id)
        form, lines = RevisionForm(request.POST), StepLines(request.POST, prefix="step")
        reasons = ReasonsForm(request.POST, codes=tuple(request.POST.getlist("asked"))[:40])
        revised = _revised(form, lines) if reasons.is_valid() else None
        if revised is None:
            return _page(request, about, taper, form, lines, reasons)
        if request.POST.get("do") != "sign":
            return _page(request, about, taper, form, lines, reasons, revised=revised)
        try:
            revise_taper(
                actor=about.actor,
                taper=taper,
                reason=revised.reason,
                reasons=reasons.reasons(),
                starts_on=revised.starts_on,
                daily_mg=revised.daily_mg,
                regimen=revised.regimen,
                steps=revised.steps,
                at=about.at,
            )
        except NeedsReason as refusal:
            missing = {each.code for each in refusal.findings}
            return _page(
                request, about, taper, form, lines, reasons, revised=revised, missing=missing
            )
        except TaperHasMovedOn as refusal:
            messages.warning(request, with_days(refusal.message))
            return redirect("taper", taper_id)
        except (Refused, DomainError) as refusal:
            form.show(refusal)
            return _page(request, about, taper, form, lines, reasons)
        messages.success(request, "The plan is revised. Reminders follow the new dates.")
        return redirect("taper", taper_id)


def _revised(form: RevisionForm, lines: "BaseFormSet[Any]") -> Revised | None:
    """Return the typed values; what is wrong is said beside its field."""
    if not lines.is_valid():
        return None
    steps = [
        (line["starts_on"], line["daily_mg"])
        for line in lines.cleaned_data
        if line.get("starts_on") is not None
    ]
    if not form.has_error("decrement_mg") and form.says_a_regimen == bool(steps):
        form.add_error("decrement_mg", CHOOSE)
    if not form.is_valid():
        return None
    cleaned = form.cleaned_data
    return Revised(
        starts_on=cleaned["starts_on"],
        daily_mg=cleaned["daily_mg"],
        regimen=cleaned.get("regimen"),
        steps=tuple(steps) if steps else None,
        reason=cleaned["reason"],
    )


def _page(
    request: HttpRequest,
    about: About,
    taper: "Taper",
    form: RevisionForm,
    lines: "BaseFormSet[Any]",
    reasons: ReasonsForm,
    *,
    revised: Revised | None = None,
    missing: set[str] | None = None,
) -> HttpResponse:
    result = _result(form, taper, revised, about) if revised else None
    context = about.context | {
        "taper": taper_facts(taper, may=about.may),
        "taper_id": taper.pk,
        "form": form,
        "lines": lines,
        "by_hand": any(line["starts_on"].value() for line in lines),
        "result": result,
        "findings": with_typed(result.findings, reasons.typed) if result else (),
        "missing": missing or set(),
    }
    return render(request, "tapers/revise.html", context, status=409 if missing else 200)


def _result(
    form: RevisionForm, taper: "Taper", revised: Revised, about: About
) -> RevisionResult | None:
    try:
        return revision_result(taper, revised, today=about.today)
    except (Refused, DomainError) as refusal:
        form.show(refusal)
        return None


def _last_decided(taper: "Taper") -> "PlanRevision":
    """A late step and a resumed plan moved the days only, and name no regimen of their own."""
    decided = [each for each in revisions_of(taper) if each.origin not in MOVED]
    return max(decided, key=lambda each: each.number)


def _first_values(about: About, taper: "Taper") -> dict[str, Any]:
    """From tomorrow, at the dose of today, with the regimen as it was decided last."""
    last = _last_decided(taper)
    return {
        "starts_on": about.today + timedelta(days=1),
        "daily_mg": mg_text(course_of(taper, at=about.at).daily_mg),
        "decrement_mg": mg_text(last.decrement_mg) if last.decrement_mg is not None else "",
        "interval_days": last.interval_days,
        "interval_days_from_10_mg": last.interval_days_from_10_mg,
    }
