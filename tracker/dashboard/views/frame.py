"""Which clinic one works in, and light or dark."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from patients.access import actor_of
from patients.selectors import clinic_for
from tracker.dashboard.frame import CLINIC_KEY, THEME_COOKIE, THEMES

A_YEAR = 365 * 24 * 60 * 60


class ChooseClinic(View):
    def post(self, request: HttpRequest) -> HttpResponse:
        clinic = clinic_for(actor=actor_of(request), id=request.POST.get("clinic", ""))
        request.session[CLINIC_KEY] = str(clinic.pk)
        return redirect("worklist")


class ChooseTheme(View):
    def post(self, request: HttpRequest) -> HttpResponse:
        back = request.POST.get("next", "")
        response = redirect(back if url_has_allowed_host_and_scheme(back, None) else "worklist")
        theme = request.POST.get("theme", "")
        if theme in dict(THEMES):
            response.set_cookie(
                THEME_COOKIE,
                theme,
                max_age=A_YEAR,
                secure=request.is_secure(),
                httponly=True,
                samesite="Lax",
            )
        return response
