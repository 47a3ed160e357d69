"""One page for each change of a taper: what will happen, what is asked, one button."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from patients.access import Permission, check
from patients.errors import Refused
from patients.forms.page import PageForm
from patients.presenters.words import with_days
from tapers.domain.errors import DomainError
from tapers.errors import TaperHasMovedOn
from tapers.forms.changes import (
    CompleteForm,
    HoldForm,
    NothingAsked,
    ReasonForm,
    ResumeForm,
    StopForm,
)
from tapers.presenters.taper import dose_to_be_held, name_of_taper
from tapers.selectors import course_of
from tapers.services import plans
from tapers.views.about import about_taper


@dataclass(frozen=True)
class Change:
    """How one change is asked for; `grave` marks what cannot be undone."""

    title: str
    says: str
    button: str
    done: str
    permission: Permission
    form: type[PageForm]
    call: Callable[..., Any]
    grave: bool = False


CHANGES: dict[str, Change] = {
    "hold": Change(
        "Put the taper on hold",
        "The patient stays at the dose of that day. Step reminders stop at once, visits are still "
        "reminded of. Only a prescriber resumes the taper.",
        "Put on hold",
        "The taper is on hold. No step reminder goes out.",
        Permission.HOLD_TAPER,
        HoldForm,
        plans.hold_taper,
    ),
    "resume": Change(
        "Resume the taper",
        "The next reduction follows a full wait after the day given. All later dates move with it.",
        "Resume",
        "The taper goes on. The new dates are in the plan.",
        Permission.RESUME_TAPER,
        ResumeForm,
        plans.resume_taper,
    ),
    "complete": Change(
        "Complete the taper",
        "The patient takes no steroid any more. Visits are followed for another year.",
        "Complete taper",
        "The taper is completed.",
        Permission.COMPLETE_TAPER,
        CompleteForm,
        plans.complete_taper,
        grave=True,
    ),
    "stop": Change(
        "Stop the taper",
        "This ends the plan before its last step and cannot be undone: a new plan would have to "
        "be made. It does not tell the patient to stop the steroid. Agree with the patient which "
        "dose to take from now on, since stopping abruptly after weeks of steroids is dangerous.",
        "Stop this taper",
        "The taper is stopped. No step reminder goes out.",
        Permission.STOP_TAPER,
        StopForm,
        plans.stop_taper,
        grave=True,
    ),
    "discard": Change(
        "Discard the draft",
        "The draft is kept as discarded and cannot be taken up again.",
        "Discard this draft",
        "The draft is discarded.",
        Permission.DRAFT_TAPER,
        NothingAsked,
        plans.discard_draft,
        grave=True,
    ),
    "in-error": Change(
        "Mark as entered in error",
        "It then counts on no day: dose, cumulative dose, findings and visits read as if it had "
        "not been there. Its steps stay readable with your reason. This cannot be undone; what is "
        "right can be entered anew.",
        "Mark as entered in error",
        "The taper is marked as entered in error. It counts on no day.",
        Permission.MARK_TAPER_IN_ERROR,
        ReasonForm,
        plans.mark_past_taper_in_error,
        grave=True,
    ),
}


class ChangeTaper(View):
    change = ""

    def get(self, request: HttpRequest, taper_id: UUID) -> HttpResponse:
        about, _ = about_taper(request, taper_id)
        change = CHANGES[self.change]
        check(about.actor, change.permission, about.patient)
        return self._page(request, taper_id, change.form(initial={"on": about.today}))

    def post(self, request: HttpRequest, taper_id: UUID) -> HttpResponse:
        about, taper = about_taper(request, taper_id)
        change = CHANGES[self.change]
        form = change.form(request.POST)
        if not form.is_valid():
            return self._page(request, taper_id, form)
        try:
            change.call(actor=about.actor, taper=taper, at=about.at, **form.cleaned_data)
        except TaperHasMovedOn as refusal:
            messages.warning(request, with_days(refusal.message))
            return redirect("taper", taper_id)
        except (Refused, DomainError) as refusal:
            form.show(refusal)
            return self._page(request, taper_id, form)
        messages.success(request, change.done)
        if self.change == "discard":
            return redirect("patient", about.patient.pk)
        return redirect("taper", taper_id)

    def _page(self, request: HttpRequest, taper_id: UUID, form: PageForm) -> HttpResponse:
        about, taper = about_taper(request, taper_id)
        held = self.change == "hold" and taper.is_running
        context = about.context | {
            "dose_today": dose_to_be_held(course_of(taper, at=about.at)) if held else "",
            "change": CHANGES[self.change],
            "named": name_of_taper(taper),
            "form": form,
            "taper_id": taper_id,
        }
        return render(request, "tapers/change.html", context)
