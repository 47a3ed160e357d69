"""A refusal as a page: what happened and what to do. Below /api/ the API answers instead."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers

from notifications.services.contact import VERIFY_PATH
from patients.errors import BadInput, Conflict, NotAuthenticated, NotFound, NotPermitted, Refused
from patients.links import FOLDER
from tapers.domain.errors import DomainError
from tracker.api import errors as api_errors
from tracker.outages import RETRY_SECONDS, outage_behind, outage_now
from tracker.portal.door import gone, out_of_order, too_old

ONCE = "submission"  # the field of a form that is stored once
HOLDS_PASSWORDS = ("/accounts/", "/admin/")
NOT_HERE = "There is no such page, or it belongs to a clinic you are not a member of."
NOT_YOURS = "Your role does not allow this."
NOT_UNDERSTOOD = "The request could not be read. Go back and try again."
FORM_TOO_OLD = (
    "It was open for too long, or you logged in again since. Nothing was stored. "
    "Go back, load the page again and send it once more."
)
STATUSES: tuple[tuple[type[Exception], int, str], ...] = (
    (NotAuthenticated, 403, "Log in first"),
    (NotPermitted, 403, "Your role may not do this"),
    (NotFound, 404, "This is not here"),
    (Conflict, 409, "This cannot be done now"),
    (BadInput, 400, "A value cannot be taken"),
    (DomainError, 400, "A value cannot be taken"),
)


@dataclass(frozen=True)
class Refusal:
    title: str
    message: str
    back: str = ""


class RefusalPages:
    """Middleware: what a service refuses and a view does not catch becomes a page."""

    def __init__(self, get_response: object) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = self.get_response(request)  # type: ignore[operator]
        if isinstance(getattr(request, "user", None), User) and not response.has_header(
            "Cache-Control"
        ):
            add_never_cache_headers(response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused | DomainError) or _is_api(request):
            return None
        status, title = next(
            ((code, words) for kind, code, words in STATUSES if isinstance(exception, kind)),
            (409, "This cannot be done now"),
        )
        return refusal_page(request, status, title, exception.message)


def refusal_page(request: HttpRequest, status: int, title: str, message: str) -> HttpResponse:
    logged_in = isinstance(getattr(request, "user", None), User)
    back = request.headers.get("Referer", "") if request.method == "POST" else ""
    here = request.build_absolute_uri("/") if logged_in else ""
    context = {
        "refusal": Refusal(title, message, back if here and back.startswith(here) else ""),
        "frame_template": "base.html" if logged_in else "entrance.html",
    }
    return render(request, "refused.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_api(request):
        return api_errors.bad_request(request, exception)
    if outage := outage_behind(exception):
        return _unavailable(request, outage)
    return refusal_page(request, 400, "This could not be read", NOT_UNDERSTOOD)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_api(request):
        return api_errors.permission_denied(request, exception)
    return refusal_page(request, 403, "Your role may not do this", NOT_YOURS)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_api(request):
        return api_errors.page_not_found(request, exception)
    if _is_of_a_patient(request):
        return gone(request)
    return refusal_page(request, 404, "This is not here", NOT_HERE)


def server_error(request: HttpRequest) -> HttpResponse:
    if _is_api(request):
        return api_errors.server_error(request)
    if outage := outage_now():
        return _unavailable(request, outage)
    if _is_of_a_patient(request):
        return out_of_order(request)
    return render(request, "500.html", status=500)


def _unavailable(request: HttpRequest, outage: str) -> HttpResponse:
    """503 with what to do; what was typed can be sent again from the page. It asks no database."""
    if _is_of_a_patient(request):
        response = out_of_order(request, status=503)
    else:
        page = {
            "outage": outage,
            "sent": request.method == "POST",
            "typed": _typed(request),
            "stored_once": ONCE in request.POST,
        }
        response = HttpResponse(render_to_string("503.html", page), status=503)
        add_never_cache_headers(response)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of a team's form, and never a password."""
    if request.method != "POST" or request.path_info.startswith(HOLDS_PASSWORDS):
        return []
    return [(name, str(value)) for name, values in request.POST.lists() for value in values]


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if _is_of_a_patient(request):
        return too_old(request)
    return refusal_page(request, 403, "This form is no longer valid", FORM_TOO_OLD)


def _is_of_a_patient(request: HttpRequest) -> bool:
    return request.path_info.startswith((FOLDER, VERIFY_PATH))


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")
