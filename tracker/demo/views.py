"""The demo's mailbox, and the button that runs the clinic's clock. Not part of an installation."""

from dataclasses import dataclass
from urllib.parse import urlencode

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from patients import clock
from tracker.demo import mailbox as post
from tracker.demo import places
from tracker.demo.clock import next_mail_at
from tracker.demo.clock import run_to_next_mail as run_clock

SHOWN = 100
LINKS_LEAVE_THE_FRAME = '<base target="_top">'


@dataclass(frozen=True)
class LetterRow:
    letter: post.Letter
    is_new: bool


@require_safe
@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    """List the mails; those that came after the letter named `after` are marked."""
    at = clock.now()
    home = places.home_zone()
    to, after = request.GET.get("to", ""), request.GET.get("after", "")
    rows = [
        LetterRow(letter=letter, is_new=bool(after) and letter.name > after)
        for letter in post.letters(folder=places.mails(), limit=SHOWN, to=to)
    ]
    page = {
        "rows": rows,
        "to": to,
        "home": home,
        "is_waiting": bool(after) and not any(row.is_new for row in rows),
        "next_mail_at": next_mail_at(at=at),
        "shown": SHOWN,
        "section": "mailbox",
    }
    return render(request, "demo/mailbox.html", page)


@require_safe
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]
def letter(request: HttpRequest, name: str) -> HttpResponse:
    page = {"letter": _letter_or_404(name), "home": places.home_zone(), "section": "mailbox"}
    return render(request, "demo/letter.html", page)


@require_safe
@xframe_options_sameorigin
@csp(  # type: ignore[arg-type]
    {
        "default-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": ["data:"],
        "frame-ancestors": [SELF],
    }
)
def letter_as_html(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(LINKS_LEAVE_THE_FRAME + _letter_or_404(name).html)


@require_POST
def run_to_next_mail(request: HttpRequest) -> HttpResponse:
    """Move the clock to the next due instant; the running worker's next tick sends what is due."""
    newest = max(post.names(folder=places.mails()), default="0")
    due_at = run_clock(at=clock.now())
    if due_at is None:
        messages.warning(request, "No mail is scheduled. Activate a plan, then try again.")
        return redirect("demo:mailbox")
    reads = due_at.astimezone(places.home_zone())
    messages.success(
        request,
        f"The clinic's clock was run to {reads:%a %-d %b %Y, %H:%M}. "
        "The worker looks every 2 seconds for what is due.",
    )
    return redirect(f"{reverse('demo:mailbox')}?{urlencode({'after': newest})}")


def _letter_or_404(name: str) -> post.Letter:
    found = post.letter_for(folder=places.mails(), name=name)
    if found is None:
        raise Http404("There is no such mail.")
    return found
