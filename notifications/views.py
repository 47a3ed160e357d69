"""The page a mailed link opens: a button, so that no mail scanner confirms an address."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from patients.clock import now
from patients.errors import NotFound
from patients.selectors import verification_by_token
from patients.services.consent import verify_address

TEMPLATE = "notifications/verify.html"


@method_decorator([login_not_required, never_cache], name="dispatch")
class VerifyAddress(View):
    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            verification = verification_by_token(token, at=now())
        except NotFound as refusal:
            return _page(request, 404, {"over": refusal.message})
        context = {
            "phone": verification.patient.clinic.phone,
            "email": masked(verification.email),
            "done": verification.used_at is not None,
        }
        return _page(request, 200, context)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            patient = verify_address(token=token, at=now())
        except NotFound as refusal:
            return _page(request, 404, {"over": refusal.message})
        context = {"phone": patient.clinic.phone, "email": masked(patient.email), "done": True}
        return _page(request, 200, context)


def masked(email: str) -> str:
    """Enough for its owner to know it by, too little for anybody else to write to it."""
    name, _, host = email.rpartition("@")
    return f"{name[:1]}…@{host}"


def _page(request: HttpRequest, status: int, context: dict[str, Any]) -> HttpResponse:
    response = render(request, TEMPLATE, context, status=status)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
