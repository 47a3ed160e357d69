"""One taper: the draft to sign, or the plan that is followed."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from patients.errors import Refused
from patients.numbers import plain_number
from patients.presenters.words import with_days
from tapers.domain.dose import mg_text
from tapers.domain.plan import WindowAppliesTo
from tapers.domain.schedule import window_of
from tapers.domain.states import RUNNING, Status
from tapers.errors import NeedsReason, TaperHasMovedOn
from tapers.forms.proposal import ReasonsForm
from tapers.presenters.builder import plan_facts
from tapers.presenters.curve import curve_of
from tapers.presenters.findings import finding_rows, with_typed
from tapers.presenters.mails import mail_rows, why_silent
from tapers.presenters.steps import followed_rows, step_rows
from tapers.presenters.taper import alert_rows, report_rows, revision_rows, taper_facts
from tapers.selectors import (
    alerts_for,
    course_of,
    findings_of,
    mail_preview,
    plan_of,
    revisions_of,
    step_reports_of,
)
from tapers.selectors.courses import step_to_report
from tapers.services.plans import activate_taper
from tapers.views.about import About, about_taper
from tapers.views.builder import ACTIVATED
from tapers.views.known import sick_days

if TYPE_CHECKING:
    from tapers.models import Taper


class TaperPage(View):
    def get(self, request: HttpRequest, taper_id: UUID) -> HttpResponse:
        about, taper = about_taper(request, taper_id)
        about.saw("taper")
        if taper.status == Status.DRAFT:
            return draft_page(request, about, taper, ReasonsForm())
        return _followed(request, about, taper)


class ActivateTaper(View):
    def get(self, request: HttpRequest, taper_id: UUID) -> HttpResponse:
        _, taper = about_taper(request, taper_id)
        return redirect("taper", taper.pk)

    def post(self, request: HttpRequest, taper_id: UUID) -> HttpResponse:
        about, taper = about_taper(request, taper_id)
        reasons = ReasonsForm(request.POST, codes=tuple(request.POST.getlist("asked"))[:40])
        if not reasons.is_valid():
            return draft_page(request, about, taper, reasons)
        try:
            activate_taper(
                actor=about.actor,
                taper=taper,
                reasons=reasons.reasons(),
                revision=_revision_read(request),
                at=about.at,
            )
        except NeedsReason as refusal:
            return draft_page(request, about, taper, reasons, refusal=refusal)
        except TaperHasMovedOn as refusal:
            messages.warning(request, with_days(refusal.message))
            return redirect("taper", taper_id)
        except Refused as refusal:
            messages.error(request, refusal.message)
            return redirect("taper", taper_id)
        messages.success(request, ACTIVATED)
        return redirect("taper", taper_id)


def _revision_read(request: HttpRequest) -> int | None:
    """Return which revision stood on the page that was signed; None where it does not say."""
    said = plain_number(request.POST.get("revision", ""))
    return None if said is None else int(said)


def draft_page(
    request: HttpRequest,
    about: About,
    taper: "Taper",
    reasons: ReasonsForm,
    refusal: NeedsReason | None = None,
) -> HttpResponse:
    plan = plan_of(taper)
    taper.refresh_from_db(fields=["status"])
    mails = mail_preview(actor=about.actor, patient=about.patient, plan=plan, at=about.at)
    rows = mail_rows(mails, zone=about.patient.time_zone)
    context = _common(about, taper) | {
        "steps": step_rows(plan, strengths=taper.strengths, today=about.today),
        "findings": with_typed(finding_rows(findings_of(taper, plan)), reasons.typed),
        "missing": {each.code for each in refusal.findings} if refusal else set(),
        "revision": taper.revision,
        "mails": rows,
        "silent": why_silent(rows),
    }
    return render(request, "tapers/draft.html", context, status=409 if refusal else 200)


def _followed(request: HttpRequest, about: About, taper: "Taper") -> HttpResponse:
    course = course_of(taper, at=about.at)
    zone = about.patient.clinic.time_zone
    running = taper.status in RUNNING
    mails = (
        mail_preview(
            actor=about.actor,
            patient=about.patient,
            plan=course.plan,
            reports=course.reports,
            at=about.at,
        )
        if taper.status == Status.ACTIVE
        else ()
    )
    alerts = alerts_for(actor=about.actor, taper=taper)
    current = [alert for alert in alerts if alert.revision_number == taper.revision]
    rows = mail_rows(mails, zone=about.patient.time_zone)
    context = _common(about, taper, at_zero=not course.daily_mg) | {
        "course": course,
        "followed": True,
        "running": running,
        "steps": followed_rows(
            course.plan,
            strengths=taper.strengths,
            reports=course.reports,
            dose_now=course.dose_now,
            today=about.today,
            running=running,
        ),
        "findings": alert_rows(findings_of(taper, course.plan), current, zone=zone),
        "revisions": revision_rows(revisions_of(taper), zone=zone),
        "reports": report_rows(step_reports_of(taper), zone=zone),
        "mails": rows,
        "silent": why_silent(rows),
        "reportable": step_to_report(course),
    }
    return render(request, "tapers/taper.html", context)


def _common(about: About, taper: "Taper", *, at_zero: bool = False) -> dict[str, Any]:
    plan = plan_of(taper)
    applies_to = WindowAppliesTo(taper.window_applies_to)
    return about.context | {
        **sick_days(about, tapers=[taper]),
        "taper": taper_facts(taper, may=about.may, at_zero=at_zero),
        "taper_id": taper.pk,
        "plan": plan_facts(plan, window_of(plan=plan, applies_to=applies_to)),
        "curve": curve_of(plan, width=1120, height=220),
        "dose": f"{mg_text(taper.start_daily_mg)} mg",
    }
