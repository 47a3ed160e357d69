"""For a lead: how many warnings the clinic is asked to look at, and how often nothing changed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from patients.access import Permission, actor_of, check
from patients.clock import now
from patients.errors import BadInput
from patients.forms.page import PageForm, day_field
from tapers.domain.rules.titles import title_of
from tapers.selectors.budget import OVERRIDDEN_PERCENT, alert_budget, period_of
from tracker.dashboard.frame import working_clinic


class PeriodForm(PageForm):
    from_on = day_field("From", required=False)
    to_on = day_field("To", required=False)


class BudgetPage(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        clinic, at = working_clinic(request), now()
        check(actor_of(request), Permission.MANAGE_CLINIC, clinic)
        form = PeriodForm(request.GET)
        asked = form.cleaned_data if form.is_valid() else {}
        try:
            from_on, to_on = period_of(clinic=clinic, at=at, **asked)
        except BadInput as refusal:
            form.show(refusal)
            from_on, to_on = period_of(clinic=clinic, at=at)
        budget = alert_budget(clinic=clinic, from_on=from_on, to_on=to_on)
        if not form.errors:
            form = PeriodForm(initial={"from_on": from_on, "to_on": to_on})
        context = {
            "section": "rules",
            "form": form,
            "budget": budget,
            "rows": [(title_of(each.code), each) for each in budget.codes],
            "limit": OVERRIDDEN_PERCENT,
        }
        return render(request, "dashboard/budget.html", context)
