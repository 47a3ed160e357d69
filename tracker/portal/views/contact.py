"""How the patient wants to be written to; and the way out that asks for nothing."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from notifications.services.contact import choose_mail
from patients.selectors import standing_consent
from patients.vocabulary import Content
from tracker.portal.door import Door

OFF = "OFF"
CHOICES = (
    (Content.MINIMAL.value, _("E-mail that does not name my dose")),
    (Content.DETAILS.value, _("E-mail that names my medicine and dose")),
    (OFF, _("No e-mail. Please call me.")),
)
PICK = _("Choose one of the three.")


class Contact(Door):
    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return self._ask(saved="saved" in request.GET)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        choice = request.POST.get("mail", "")
        if choice not in dict(CHOICES):
            return self._ask(error=str(PICK), status=400)
        content = "" if choice == OFF else choice
        choose_mail(actor=self.by, patient=self.link.patient, content=content, at=self.at)
        response = self.go("portal-contact")
        response["Location"] += "?saved"
        return response

    def _ask(self, *, saved: bool = False, error: str = "", status: int = 200) -> HttpResponse:
        standing = standing_consent(patient=self.link.patient)
        context = {
            "choices": CHOICES,
            "chosen": standing.content if standing else OFF,
            "saved": saved,
            "error": error,
        }
        return self.page("contact.html", context, status=status)


@method_decorator(csrf_exempt, name="dispatch")
class Unsubscribe(Door):
    """RFC 8058: the mail program posts here for the patient, without cookies or birth date.

    The link itself is the secret. GET shows a button, so that a scanner ends nothing.
    """

    asks_birth_date = False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return self._page()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if request.POST.get("List-Unsubscribe") != "One-Click":
            return self._page(status=400)
        choose_mail(actor=self.by, patient=self.link.patient, content="", at=self.at)
        return self._page()

    def _page(self, *, status: int = 200) -> HttpResponse:
        on = standing_consent(patient=self.link.patient) is not None
        return self.page("unsubscribe.html", {"on": on}, status=status)
