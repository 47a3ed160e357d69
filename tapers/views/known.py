"""What else is known of a patient: one page to record each kind, one to correct, end, take back."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View

from patients.access import Permission, check
from patients.errors import Refused
from patients.facts import FactKind
from patients.forms.facts import CORRECTIONS, FORMS, EndFactForm, InErrorForm, typed
from patients.forms.page import PageForm
from patients.presenters.facts import TITLES, headline, sick_day_plan
from patients.selectors import exposures_of, fact_for, standing_facts
from patients.services.facts import check_some_fields
from tapers.selectors.known import is_in_steroid_year, sick_day_plan_in
from tapers.services.facts import correct_fact, end_fact, mark_fact_in_error, record_fact
from tapers.views.about import About, about_patient

KNOWN = "#known"


class NewFact(View):
    kind: FactKind = FactKind.FALL

    def get(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = _checked(request, patient_id)
        return _page(request, about, FORMS[self.kind](), self._words())

    def post(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = _checked(request, patient_id)
        form = FORMS[self.kind](request.POST)

        def store() -> None:
            record_fact(
                actor=about.actor,
                patient=about.patient,
                kind=self.kind,
                given=form.cleaned_data,
                at=about.at,
            )

        return _stored(request, about, form, self._words(), store, self.kind)

    def _words(self) -> dict[str, str]:
        title, button, _ = TITLES[self.kind]
        return {"title": title, "button": button, "done": "It is recorded."}


class ChangeFact(View):
    """What follows a stored fact; the version before stays readable."""

    title = button = done = says = ""
    grave = False

    def form_of(self, fact: Any, data: Any = None) -> PageForm:
        raise NotImplementedError

    def call(self, about: About, fact: Any, given: dict[str, Any]) -> None:
        raise NotImplementedError

    def get(self, request: HttpRequest, patient_id: UUID, fact_id: UUID) -> HttpResponse:
        about = _checked(request, patient_id)
        fact = fact_for(actor=about.actor, patient=about.patient, id=fact_id)
        return _page(request, about, self.form_of(fact), self._words(fact))

    def post(self, request: HttpRequest, patient_id: UUID, fact_id: UUID) -> HttpResponse:
        about = _checked(request, patient_id)
        fact = fact_for(actor=about.actor, patient=about.patient, id=fact_id)
        form = self.form_of(fact, request.POST)

        def store() -> None:
            self.call(about, fact, dict(form.cleaned_data))

        return _stored(request, about, form, self._words(fact), store, FactKind(fact.kind))

    def _words(self, fact: Any) -> dict[str, Any]:
        return {
            "title": self.title,
            "says": self.says,
            "fact": headline(fact),
            "button": self.button,
            "done": self.done,
            "grave": self.grave,
        }


class CorrectFact(ChangeFact):
    title, button, done = "Correct", "Store the correction", "The correction is stored."
    says = "All of it as it is right. The version before stays in the history."

    def form_of(self, fact: Any, data: Any = None) -> PageForm:
        return CORRECTIONS[fact.kind](data, initial=typed(fact.given))

    def call(self, about: About, fact: Any, given: dict[str, Any]) -> None:
        reason = given.pop("reason")
        correct_fact(actor=about.actor, fact=fact, given=given, reason=reason, at=about.at)

    def _words(self, fact: Any) -> dict[str, Any]:
        ids = {"patient_id": fact.patient_id, "fact_id": fact.pk}
        return super()._words(fact) | {"in_error_url": reverse("fact-in-error", kwargs=ids)}


class EndFact(ChangeFact):
    title, button, done = "It has ended", "Store the end", "The end is stored."

    def form_of(self, fact: Any, data: Any = None) -> PageForm:
        return EndFactForm(data)

    def call(self, about: About, fact: Any, given: dict[str, Any]) -> None:
        end_fact(actor=about.actor, fact=fact, until_on=given["until_on"], at=about.at)


class FactInError(ChangeFact):
    title, button = "Entered in error", "Mark as entered in error"
    done = "It is marked as entered in error and counts no more."
    says = "It was never so and counts on no day. This cannot be undone; it could be recorded anew."
    grave = True

    def form_of(self, fact: Any, data: Any = None) -> PageForm:
        return InErrorForm(data)

    def call(self, about: About, fact: Any, given: dict[str, Any]) -> None:
        mark_fact_in_error(actor=about.actor, fact=fact, reason=given["reason"], at=about.at)


def sick_days(
    about: About, *, tapers: Sequence[Any], facts: Sequence[Any] | None = None
) -> dict[str, Any]:
    """Return what shows the sick-day plan wherever doses are shown, to a year after the last."""
    exposures = exposures_of(patient=about.patient)
    shows = is_in_steroid_year(exposures=exposures, tapers=tapers, on=about.today)
    known = standing_facts(patient=about.patient) if facts is None else facts
    plan = sick_day_plan_in(known, on=about.today)
    return {"shows_sick_days": shows, "sick_days": sick_day_plan(plan)}


def _checked(request: HttpRequest, patient_id: UUID) -> About:
    about = about_patient(request, patient_id)
    check(about.actor, Permission.RECORD_FACT, about.patient)
    return about


def _stored(
    request: HttpRequest,
    about: About,
    form: PageForm,
    words: dict[str, Any],
    store: Callable[[], None],
    kind: FactKind,
) -> HttpResponse:
    def look(given: dict[str, Any]) -> None:
        check_some_fields(patient=about.patient, kind=kind, given=given, at=about.at)

    if not form.is_valid():
        form.look_at_the_rest(look)
        return _page(request, about, form, words)
    try:
        store()
    except Refused as refusal:
        form.show(refusal)
        return _page(request, about, form, words)
    messages.success(request, words["done"])
    return redirect(reverse("patient", args=[about.patient.pk]) + KNOWN)


def _page(
    request: HttpRequest, about: About, form: PageForm, words: dict[str, Any]
) -> HttpResponse:
    return render(request, "tapers/fact.html", about.context | words | {"form": form})
