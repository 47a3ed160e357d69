"""The page a mailed link opens: a button, so that no mail scanner confirms an address."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from patients.clock import now
from patients.errors import NotFound
from patients.selectors import verification_by_token
from patients.services.consent import verify_address

if TYPE_CHECKING:
    from patients.models import Patient

TEMPLATE = "notifications/verify.html"


@method_decorator([login_not_required, never_cache], name="dispatch")
class VerifyAddress(View):
    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            verification = verification_by_token(token, at=now())
        except NotFound:
            return _over(request)
        context = {"email": masked(verification.email), "done": verification.used_at is not None}
        return _page_of(request, verification.patient, context)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            patient = verify_address(token=token, at=now())
        except NotFound:
            return _over(request)
        return _page_of(request, patient, {"email": masked(patient.email), "done": True})


def masked(email: str) -> str:
    """Enough for its owner to know it by, too little for anybody else to write to it."""
    name, _, host = email.rpartition("@")
    return f"{name[:1]}…@{host}"


def _over(request: HttpRequest) -> HttpResponse:
    """Nobody knows whose link it was: the browser says in which language."""
    with translation.override(translation.get_language_from_request(request)):
        return _page(request, 404, {"over": True})


def _page_of(request: HttpRequest, patient: "Patient", context: dict[str, Any]) -> HttpResponse:
    with translation.override(patient.language):
        return _page(request, 200, {"phone": patient.clinic.phone} | context)


def _page(request: HttpRequest, status: int, context: dict[str, Any]) -> HttpResponse:
    response = render(request, TEMPLATE, context, status=status)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
