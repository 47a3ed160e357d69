"""The door of the patient's page: a link in order, then the birth date, then half an hour.

GET and HEAD change nothing. Who is in is told by a signed cookie of its own; a log-in of the team
plays no part here.
"""

from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.views import View

from patients import clock
from patients.access import PatientByLink
from patients.errors import NotFound, Refused
from patients.links import FOLDER, OpenLink, opened
from patients.vocabulary import Language
from tapers.domain.errors import DomainError
from tracker.portal.presenters import team_of

COOKIE = "page"
SALT = "portal.session"
STAYS_SECONDS = 30 * 60
AWAY = 503
TRIES = {"try": "60/m/ip"}


@method_decorator(login_not_required, name="dispatch")
class Door(View):
    """A page behind a link that is in order. Whatever else it was answers like an unknown one."""

    link: OpenLink
    asks_birth_date = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.at = clock.now()
        try:
            self.link = opened(kwargs["token"], at=self.at)
            with translation.override(self.link.patient.language):
                response = self._answer(request, *args, **kwargs)
        except NotFound:
            response = gone(request)
        return closed_to_others(response)

    def _answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.asks_birth_date:
            return super().dispatch(request, *args, **kwargs)
        if self.link.locked:
            return self.page("locked.html", status=403)
        if not is_in(request, self.link):
            return redirect("portal", token=self.link.token)
        try:
            response = super().dispatch(request, *args, **kwargs)
        except NotFound:
            raise
        except (Refused, DomainError) as refusal:
            response = self.page("refused.html", {"message": _in_english(refusal)}, status=409)
        return let_in(response, self.link)

    @property
    def by(self) -> PatientByLink:
        return PatientByLink(self.link.patient.pk, self.link.reminder_id)

    def page(
        self, name: str, context: dict[str, Any] | None = None, *, status: int = 200
    ) -> HttpResponse:
        values = {"token": self.link.token, "team": team_of(self.link.patient.clinic)}
        return render(self.request, f"portal/{name}", values | (context or {}), status=status)

    def go(self, name: str) -> HttpResponse:
        return redirect(name, token=self.link.token)


def gone(request: HttpRequest) -> HttpResponse:
    return _to_anybody(request, "portal/gone.html", status=404)


def too_old(request: HttpRequest) -> HttpResponse:
    """A form whose page was open for too long, or came from elsewhere."""
    response = _to_anybody(request, "portal/too_old.html", status=403)
    closed_to_others(response)
    return response


def out_of_order(request: HttpRequest, *, status: int = 500) -> HttpResponse:
    """What a patient reads when we failed; it asks the database nothing."""
    page = {"not_stored": request.method == "POST" and status == AWAY}
    with translation.override(translation.get_language_from_request(request)):
        response = HttpResponse(render_to_string("portal/out_of_order.html", page), status=status)
    closed_to_others(response)
    return response


def _to_anybody(request: HttpRequest, template: str, *, status: int) -> HttpResponse:
    """Nobody knows whose link it was: the browser says in which language."""
    with translation.override(translation.get_language_from_request(request)):
        return render(request, template, status=status)


def _in_english(refusal: Refused | DomainError) -> str:
    """The sentence that was written for the team; a page in another language leaves it out."""
    return refusal.message if translation.get_language() == Language.EN else ""


def is_in(request: HttpRequest, link: OpenLink) -> bool:
    said = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=STAYS_SECONDS)
    return constant_time_compare(str(said), str(link.reminder_id))


def let_in(response: HttpResponseBase, link: OpenLink) -> HttpResponseBase:
    response.set_signed_cookie(
        COOKIE,
        str(link.reminder_id),
        salt=SALT,
        max_age=STAYS_SECONDS,
        path=FOLDER,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return response


def too_many_tries(request: HttpRequest) -> bool:
    """Guesses from one address; how many one patient's links allow is counted with the links."""
    return not ratelimit.consume(request, app="portal", action="try", config=TRIES)


def closed_to_others(response: HttpResponseBase) -> HttpResponseBase:
    """Nothing of the page stays in a cache or in a search, and no other site learns its address."""
    add_never_cache_headers(response)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
