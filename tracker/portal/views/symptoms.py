"""The symptom check: the dangerous signs first, one question a screen."""

from typing import Any, ClassVar
from uuid import uuid4

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from patients.errors import BadInput
from tapers.domain.course import Outcome
from tapers.domain.symptoms import Advice, Group, advice_for, of_group
from tapers.selectors import course_of, latest_symptom_report, latest_taper_of, open_red_flag
from tapers.services.plans import report_step
from tapers.services.symptoms import report_symptoms
from tapers.vocabulary import ReportedBy
from tracker.portal.door import Door
from tracker.portal.forms import form_id_in

TICK = _("Tick what you have. If you have none of these, press \u201cNone of these\u201d.")
WRITE = _("Write a few words, so that we know what to call you about.")
TOO_LONG = _("Use plain words, at most 500 letters.")


class _Check(Door):
    """Boxes to tick. A ticked box counts whichever button is pressed: better a call too many."""

    group: ClassVar[Group]
    title: ClassVar[Promise]
    goes_on_to: ClassVar[str]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return self._ask()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        ticked = request.POST.getlist("symptom")
        if not ticked:
            none = request.POST.get("answer") == "none"
            return self.go(self.goes_on_to) if none else self._ask(str(TICK))
        report_symptoms(
            actor=self.by,
            patient=self.link.patient,
            symptoms=ticked,
            reported_by=ReportedBy.PATIENT,
            form_id=form_id_in(request.POST),
            at=self.at,
        )
        return self.go("portal-noted")

    def _ask(self, error: str = "") -> HttpResponseBase:
        context = {
            "title": self.title,
            "symptoms": of_group(self.group),
            "form_id": uuid4(),
            "error": error,
            "red": self.group is Group.RED_FLAG,
        }
        return self.page("check.html", context, status=400 if error else 200)


class RedFlags(_Check):
    group = Group.RED_FLAG
    title = _("Do you have any of these now?")
    goes_on_to = "portal-about"


class About(Door):
    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return self.page("about.html")


class Unwell(_Check):
    group = Group.MINOR
    title = _("Is any of these new?")
    goes_on_to = "portal-other"


class Other(_Check):
    group = Group.OTHER
    title = _("Did any of these happen?")
    goes_on_to = "portal-question"


class Question(Door):
    """The patient's own words; they stop at the step that is due until somebody has called."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return self.page("question.html", {"form_id": uuid4()})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        note = request.POST.get("note", "")
        try:
            report_symptoms(
                actor=self.by,
                patient=self.link.patient,
                symptoms=(),
                note=note,
                reported_by=ReportedBy.PATIENT,
                form_id=form_id_in(request.POST),
                at=self.at,
            )
        except BadInput:
            error = str(TOO_LONG if note.strip() else WRITE)
            context = {"form_id": uuid4(), "error": error, "note": note}
            return self.page("question.html", context, status=400)
        self._report_problem(note)
        return self.go("portal-noted")

    def _report_problem(self, note: str) -> None:
        taper = latest_taper_of(patient=self.link.patient)
        course = course_of(taper, at=self.at) if taper is not None else None
        if taper is None or course is None or course.late is None:
            return
        report_step(
            actor=self.by,
            taper=taper,
            step_number=course.late[0].number,
            outcome=Outcome.PROBLEM,
            taken_on=None,
            reported_by=ReportedBy.PATIENT,
            note=note,
            at=self.at,
        )


class Noted(Door):
    """What to do now, by what was reported last."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        patient = self.link.patient
        if open_red_flag(patient=patient) is not None:
            return self.page("now.html")
        report = latest_symptom_report(patient=patient)
        if report is None:
            return self.go("portal")
        call_today = advice_for(report.to_domain()) is not Advice.NOTHING_REPORTED
        return self.page("noted.html", {"call_today": call_today})
