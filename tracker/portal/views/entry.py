from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from patients.services.links import LinkLocked, WrongBirthDate, give_birth_date
from tapers.domain.symptoms import Advice, advice_for
from tapers.selectors import course_of, latest_taper_of, open_red_flag, report_to_call_about
from tracker.portal.door import Door, is_in, let_in, too_many_tries
from tracker.portal.forms import birth_date_in
from tracker.portal.presenters import screen_of

NO_DAY = _("Give the day, the month and the year. For example: 14, 3, 1958.")
WRONG = _("This is not the birth date we have. Try again, or call us.")
TOO_FAST = _("There were too many tries. Wait a minute, or call us.")


class Entry(Door):
    """Asks for the birth date; then shows the dose and asks about the step."""

    asks_birth_date = False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if self.link.locked:
            return self.page("locked.html", status=403)
        if not is_in(request, self.link):
            return self.page("birth_date.html")
        patient = self.link.patient
        taper = latest_taper_of(patient=patient)
        course = course_of(taper, at=self.at) if taper is not None else None
        reported = report_to_call_about(patient=patient)
        context = {
            "screen": screen_of(taper, course),
            "red_flag": open_red_flag(patient=patient) is not None,
            "reported": reported is not None,
            "call_today": reported is not None
            and advice_for(reported.to_domain()) is Advice.CALL_TODAY,
        }
        return let_in(self.page("step.html", context), self.link)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if too_many_tries(request):
            return self._again(str(TOO_FAST), status=429)
        birth_date = birth_date_in(request.POST)
        if birth_date is None:
            return self._again(str(NO_DAY), status=400)
        try:
            give_birth_date(token=self.link.token, birth_date=birth_date, at=self.at)
        except WrongBirthDate:
            return self._again(str(WRONG), status=400)
        except LinkLocked:
            return self.page("locked.html", status=403)
        return let_in(self.go("portal"), self.link)

    def _again(self, error: str, *, status: int) -> HttpResponse:
        """Ask again with what was typed: one wrong digit is not to be paid with all three boxes."""
        typed = {name: self.request.POST.get(name, "")[:12] for name in ("day", "month", "year")}
        return self.page("birth_date.html", {"error": error, "typed": typed}, status=status)
