"""What was said of a step."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from patients.access import Permission, check
from patients.errors import Refused
from patients.presenters import words
from tapers.domain.course import Outcome
from tapers.domain.dose import mg_text
from tapers.domain.errors import DomainError
from tapers.domain.plan import DoseStep
from tapers.errors import EarlierStepUnreported
from tapers.forms.changes import ReasonForm, ReportForm
from tapers.presenters.tablets import tablets_of
from tapers.selectors import plan_of
from tapers.selectors.plans import (
    earlier_unreported,
    reports_for,
    step_report_for,
    steps_taken_back,
)
from tapers.services.plans import report_step, take_back_report
from tapers.views.about import about_taper

REPORTED = {
    Outcome.TAKEN: "Step {number} is recorded as taken on {day}.",
    Outcome.NOT_YET: "Step {number} is recorded as not taken yet. Later steps wait.",
    Outcome.PROBLEM: "The problem with step {number} is recorded. A task asks the team to call.",
}

TAKEN_BACK = "That step {number} was taken is taken back. The step is asked about again."


@dataclass(frozen=True)
class EarlierStep:
    """A step that nobody has answered for, to be reported before the one of the page."""

    number: int
    day: str


class ReportStep(View):
    """GET asks; POST records, from here or from the worklist's one-press button."""

    def get(self, request: HttpRequest, taper_id: UUID, number: int) -> HttpResponse:
        about, _ = about_taper(request, taper_id)
        check(about.actor, Permission.REPORT_STEP, about.patient)
        form = ReportForm(initial={"outcome": Outcome.TAKEN, "taken_on": about.today})
        return _page(request, taper_id, number, form)

    def post(self, request: HttpRequest, taper_id: UUID, number: int) -> HttpResponse:
        about, taper = about_taper(request, taper_id)
        form = ReportForm(request.POST)
        if not form.is_valid():
            return _page(request, taper_id, number, form)
        values = form.cleaned_data
        try:
            report_step(
                actor=about.actor,
                taper=taper,
                step_number=number,
                outcome=values["outcome"],
                taken_on=values["taken_on"],
                reported_by=values["reported_by"],
                note=values["note"],
                at=about.at,
            )
        except EarlierStepUnreported as refusal:
            return _page(request, taper_id, number, form, earlier=refusal.step)
        except (Refused, DomainError) as refusal:
            form.show(refusal)
            return _page(request, taper_id, number, form)
        day = words.day(values["taken_on"] or about.today)
        said = REPORTED[Outcome(values["outcome"])]
        messages.success(request, said.format(number=number, day=day))
        back = way_back(request)
        return redirect(back) if back else redirect("taper", taper_id)


class TakeBackReport(View):
    """A step that was reported taken and was not."""

    def get(self, request: HttpRequest, taper_id: UUID, report_id: UUID) -> HttpResponse:
        about, _ = about_taper(request, taper_id)
        check(about.actor, Permission.REPORT_STEP, about.patient)
        return self._page(request, taper_id, report_id, ReasonForm())

    def post(self, request: HttpRequest, taper_id: UUID, report_id: UUID) -> HttpResponse:
        about, taper = about_taper(request, taper_id)
        report = step_report_for(taper=taper, report_id=report_id)
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return self._page(request, taper_id, report_id, form)
        reason = form.cleaned_data["reason"]
        try:
            take_back_report(
                actor=about.actor, taper=taper, report=report, reason=reason, at=about.at
            )
        except Refused as refusal:
            form.show(refusal)
            return self._page(request, taper_id, report_id, form)
        messages.success(request, TAKEN_BACK.format(number=report.step_number))
        return redirect("taper", taper_id)

    def _page(
        self, request: HttpRequest, taper_id: UUID, report_id: UUID, form: ReasonForm
    ) -> HttpResponse:
        about, taper = about_taper(request, taper_id)
        report = step_report_for(taper=taper, report_id=report_id)
        day = words.day(report.taken_on or report.reported_on)
        context = about.context | {
            "form": form,
            "taper_id": taper_id,
            "number": report.step_number,
            "day": day,
        }
        return render(request, "tapers/take_back.html", context)


def way_back(request: HttpRequest) -> str:
    """Return the page the form came from, if it is one of ours."""
    back = request.POST.get("next", "")
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else ""


def _page(
    request: HttpRequest,
    taper_id: UUID,
    number: int,
    form: ReportForm,
    *,
    earlier: DoseStep | None = None,
) -> HttpResponse:
    """Ask about the step. *earlier* comes first: what was sent has just been refused for it."""
    about, taper = about_taper(request, taper_id)
    plan = plan_of(taper)
    step = plan.step(number)
    first = earlier or earlier_unreported(
        taper=taper,
        plan=plan,
        reports=reports_for(taper),
        number=number,
        on=min(step.starts_on, about.today),
        taken_back=steps_taken_back(taper),
    )
    context = about.context | {
        "form": form,
        "taper_id": taper_id,
        "number": number,
        "dose": f"{mg_text(step.daily_mg)} mg a day",
        "day": words.day(step.starts_on),
        "when": words.from_today(step.starts_on, today=about.today),
        "tablets": tablets_of(step.daily_mg, taper.strengths),
        "earlier": first and EarlierStep(first.number, words.day(first.starts_on)),
        "refused": earlier is not None,
        "next": request.POST.get("next", request.GET.get("next", "")),
    }
    return render(request, "tapers/report.html", context)
