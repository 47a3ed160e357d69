"""Which mails go in the next weeks, and what to catch up on after an outage."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from notifications.selectors import (
    as_upcoming,
    catch_up_of,
    dispatch_hold,
    pauses_for,
    surge_hold,
    upcoming_for,
)
from patients.access import actor_of
from patients.audit import record_read
from patients.clock import now, today_in
from tracker.dashboard.forms import CatchUpFilter, PagedFilter
from tracker.dashboard.frame import working_clinic
from tracker.dashboard.presenters.policy import pause_rows
from tracker.dashboard.presenters.upcoming import days_of, people_to_call

PAGE_SIZE = 200
LOOKS_BACK = timedelta(days=7)


class UpcomingMails(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        actor, at, clinic = actor_of(request), now(), working_clinic(request)
        form = PagedFilter(request.GET)
        page = form.page
        rows = upcoming_for(actor=actor, clinic=clinic, at=at)
        found = list(rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE + 1])
        mails = [as_upcoming(row, at=at) for row in found[:PAGE_SIZE]]
        seen = {mail.reminder.patient for mail in mails if mail.reminder.patient}
        record_read(actor=actor, at=at, patients=seen, what="upcoming mails")
        context = {
            "section": "reminders",
            "days": days_of(mails, clinic=clinic, today=today_in(clinic.time_zone, at=at)),
            "zone": clinic.time_zone.replace("_", " "),
            "hold": dispatch_hold(),
            "surge": surge_hold(),
            "pauses": pause_rows(pauses_for(actor=actor, clinic=clinic), zone=clinic.time_zone),
            "older": form.link(page + 1) if len(found) > PAGE_SIZE else "",
            "newer": form.link(page - 1) if page > 1 else "",
        }
        return render(request, "dashboard/upcoming.html", context)


class CatchUp(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        actor, at, clinic = actor_of(request), now(), working_clinic(request)
        today = today_in(clinic.time_zone, at=at)
        form = CatchUpFilter(request.GET or {"since": (today - LOOKS_BACK).isoformat()})
        context: dict[str, object] = {"section": "reminders", "form": form}
        if form.is_valid():
            begins = datetime.combine(
                form.cleaned_data["since"], time(), ZoneInfo(clinic.time_zone)
            )
            found = catch_up_of(actor=actor, clinic=clinic, since=begins)
            record_read(actor=actor, at=at, patients=found.people, what="catch-up list")
            context |= {"found": found, "people": people_to_call(found.people)}
        return render(request, "dashboard/catch_up.html", context)
