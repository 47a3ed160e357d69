"""What the patient answers about a step of the plan."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tapers.domain.course import Outcome
from tapers.errors import AlreadyReported, EarlierStepUnreported, PlanChanged, TaperHasMovedOn
from tapers.selectors import course_of, latest_taper_of
from tapers.services.plans import report_step
from tapers.vocabulary import ReportedBy
from tracker.portal.door import Door
from tracker.portal.forms import day_in, number_in
from tracker.portal.presenters import days_to_choose, screen_of, told_of


class _Answer(Door):
    def report(self, outcome: Outcome, taken_on: date | None = None) -> HttpResponseBase:
        """Report it once; what was said before, or is said of a step too far, leads back to what
        is asked: the earliest step that nobody has answered for."""
        taper = latest_taper_of(patient=self.link.patient)
        step = number_in(self.request.POST, "step")
        revision = number_in(self.request.POST, "revision")
        if taper is None or step is None or revision is None:
            return self.go("portal")
        if told_of(course_of(taper, at=self.at), step) is not None:
            return self.go("portal")
        try:
            report_step(
                actor=self.by,
                taper=taper,
                step_number=step,
                outcome=outcome,
                taken_on=taken_on,
                reported_by=ReportedBy.PATIENT,
                revision=revision,
                at=self.at,
            )
        except (AlreadyReported, EarlierStepUnreported):
            return self.go("portal")
        except (PlanChanged, TaperHasMovedOn):
            return self.page("changed.html", status=409)
        return self.go("portal")


class Changed(_Answer):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_: Any) -> HttpResponseBase:
        taken_on = day_in(request.POST, "taken_on")
        if taken_on is None:
            return self.go("portal-when")
        return self.report(Outcome.TAKEN, taken_on)


class NotYet(_Answer):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_: Any) -> HttpResponseBase:
        return self.report(Outcome.NOT_YET)


class When(Door):
    """On which day was it, if not today?"""

    def get(self, request: HttpRequest, **_: Any) -> HttpResponseBase:
        taper = latest_taper_of(patient=self.link.patient)
        course = course_of(taper, at=self.at) if taper is not None else None
        screen = screen_of(taper, course)
        if course is None or screen.ask is None:
            return self.go("portal")
        context = {"screen": screen, "days": days_to_choose(course)}
        return self.page("when.html", context)
