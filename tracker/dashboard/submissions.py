"""A form sent twice - a double click, a reload, a slow network - is stored once.

Every form that stores something holds a number of its own. The first answer that leads on to
another page is kept in the transaction of what was stored; sent again, the form leads there too.
"""

import json
from collections.abc import Callable
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html

from patients import clock
from patients.errors import NotPermitted
from patients.services.kept_answers import Sending, answer_kept, keep_answer
from tracker.dashboard.errors import NOT_UNDERSTOOD, ONCE, refusal_page

FAILED = 500
SENT_TWICE = "This form came twice. It is stored once."


def submission(request: HttpRequest) -> dict[str, str]:
    """Context processor: the hidden field of the forms of one page."""
    field = format_html('<input type="hidden" name="{}" value="{}">', ONCE, uuid4())
    return {"submission": field}


class StoredOnce:
    """Middleware, the innermost: a refusal has become a page before it comes back here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_submission(request):
            return self.get_response(request)
        sending = _sending(request)
        if sending is None:
            return refusal_page(request, 400, "This could not be read", NOT_UNDERSTOOD)
        try:
            return self._once(request, sending)
        except NotPermitted as refusal:
            return refusal_page(request, 403, "Your role may not do this", refusal.message)

    @transaction.atomic
    def _once(self, request: HttpRequest, sending: Sending) -> HttpResponse:
        """A page that asks again is no answer: the form comes back, and may be sent once more."""
        kept = answer_kept(sending=sending, waits=True)
        if kept is not None:
            messages.info(request, SENT_TWICE)
            return HttpResponseRedirect(kept.body)
        response = self.get_response(request)
        if response.status_code >= FAILED:
            transaction.set_rollback(True)  # its page says that nothing was stored
        elif isinstance(response, HttpResponseRedirect):
            keep_answer(
                sending=sending, status=response.status_code, body=response.url, at=clock.now()
            )
        return response


def _is_submission(request: HttpRequest) -> bool:
    """Parts of a page that htmx asks for while a form is filled in store nothing."""
    return (
        request.method == "POST"
        and isinstance(request.user, User)
        and not request.htmx  # type: ignore[attr-defined]
        and not request.path_info.startswith("/api/")
        and ONCE in request.POST
    )


def _sending(request: HttpRequest) -> Sending | None:
    """What was typed belongs to the key: gone back to and changed, a form is another one."""
    try:
        number = UUID(request.POST[ONCE])
    except ValueError:
        return None
    typed = json.dumps(sorted(request.POST.lists()))
    return Sending(
        actor=request.user,  # type: ignore[arg-type]
        method="POST",
        path=request.path,
        key=f"{number} {typed}",
    )
