"""The plan builder: try a regimen, see what comes of it, then draft or sign it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views import View

from patients.errors import Refused
from patients.presenters import words
from patients.selectors import current_exposure
from tapers.domain.dose import mg_text
from tapers.domain.errors import DomainError
from tapers.domain.plan import WindowAppliesTo
from tapers.errors import NeedsReason
from tapers.forms.proposal import Choice, ProposalForm, ReasonsForm, first_values
from tapers.presenters.builder import BuilderResult, builder_result
from tapers.presenters.findings import with_typed
from tapers.presenters.mails import MailRow, mail_rows, why_silent
from tapers.proposal import Proposal
from tapers.selectors.mails import mail_preview
from tapers.selectors.previews import Preview, preview
from tapers.services.plans import draft_taper, start_taper
from tapers.views.about import About, about_patient

ACTIVATED = "The plan is active. Reminders go out from now on."
DRAFTED = "The draft is stored. A prescriber has to sign it before anything goes out."


@dataclass(frozen=True)
class Worked:
    """A proposal that could be worked out."""

    proposal: Proposal
    preview: Preview
    result: BuilderResult


class PlanBuilder(View):
    def get(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        about.saw("plan builder")
        initial = _first_values(about)
        form = ProposalForm(initial if initial.get("daily_mg") else None, initial=initial)
        return _page(request, about, form)

    def post(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        form = ProposalForm(_chosen(request.POST))
        match request.POST.get("do"):
            case "draft":
                return _draft(request, about, form)
            case "sign":
                return _sign(request, about, form, ReasonsForm())
        return _page(request, about, form)


class StartTaper(View):
    """Sign a proposal that was looked at: draft and activation in one go."""

    def get(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        return redirect("taper-new", about_patient(request, patient_id).patient.pk)

    def post(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        form = ProposalForm(request.POST)
        if not form.is_valid():
            return _page(request, about, form)
        codes = tuple(request.POST.getlist("asked"))[:40]
        reasons = ReasonsForm(request.POST, codes=codes)
        if not reasons.is_valid():
            return _sign(request, about, form, reasons)
        try:
            taper = start_taper(
                actor=about.actor,
                patient=about.patient,
                proposal=form.proposal(),
                reasons=reasons.reasons(),
                at=about.at,
            )
        except NeedsReason as refusal:
            return _sign(request, about, form, reasons, refusal=refusal)
        except (Refused, DomainError) as refusal:
            form.show(refusal)
            return _page(request, about, form)
        messages.success(request, ACTIVATED)
        return redirect("taper", taper.pk)


def _draft(request: HttpRequest, about: About, form: ProposalForm) -> HttpResponse:
    if not form.is_valid():
        return _page(request, about, form)
    try:
        taper = draft_taper(
            actor=about.actor, patient=about.patient, proposal=form.proposal(), at=about.at
        )
    except (Refused, DomainError) as refusal:
        form.show(refusal)
        return _page(request, about, form)
    messages.success(request, DRAFTED)
    return redirect("taper", taper.pk)


def _page(request: HttpRequest, about: About, form: ProposalForm) -> HttpResponse:
    worked = _work_out(about, form)
    context = about.context | {"form": form, "result": worked.result if worked else None}
    return render(request, "tapers/builder.html", context)


def _sign(
    request: HttpRequest,
    about: About,
    form: ProposalForm,
    reasons: ReasonsForm,
    refusal: NeedsReason | None = None,
) -> HttpResponse:
    worked = _work_out(about, form)
    if worked is None or worked.preview.plan is None:
        return _page(request, about, form)
    mails = _mails(about, worked)
    context = about.context | {
        "form": form,
        "result": worked.result,
        "findings": with_typed(worked.result.findings, reasons.typed),
        "missing": {each.code for each in refusal.findings} if refusal else set(),
        "mails": mails,
        "silent": why_silent(mails),
        "start_words": words.full_day(worked.proposal.starts_on),
        "dose_words": f"{mg_text(worked.proposal.start_daily_mg)} mg a day",
        "drug": worked.proposal.drug.label,
    }
    return render(request, "tapers/sign.html", context, status=409 if refusal else 200)


def _mails(about: About, worked: Worked) -> tuple[MailRow, ...]:
    if worked.preview.plan is None:
        return ()
    mails = mail_preview(
        actor=about.actor, patient=about.patient, plan=worked.preview.plan, at=about.at
    )
    return mail_rows(mails, zone=about.patient.time_zone)


def _work_out(about: About, form: ProposalForm) -> Worked | None:
    """Ask for the preview; what it refuses goes beside the fields."""
    if not form.is_bound or not form.is_valid():
        return None
    proposal = form.proposal()
    clinic = about.patient.clinic
    try:
        worked_out = preview(
            actor=about.actor, clinic=clinic, patient=about.patient, proposal=proposal, at=about.at
        )
    except DomainError as refusal:
        form.show(refusal)
        return None
    applies_to = WindowAppliesTo(clinic.window_applies_to)
    result = builder_result(worked_out, applies_to=applies_to, today=about.today)
    return Worked(proposal, worked_out, result)


def _chosen(posted: QueryDict) -> QueryDict:
    """Put the regimen of a pressed alternative into the fields."""
    choice = Choice.from_text(posted.get("choose", ""))
    if choice is None:
        return posted
    filled = posted.copy()
    for name, value in vars(choice).items():
        filled[name] = value
    return filled


def _first_values(about: About) -> dict[str, Any]:
    course = current_exposure(patient=about.patient, on=about.today)
    return first_values(
        drug=course.drug if course else "PREDNISONE",
        daily_mg=course.daily_mg if course else None,
        alternate_daily_mg=course.alternate_daily_mg if course else None,
        starts_on=about.today + timedelta(days=1),
    )
