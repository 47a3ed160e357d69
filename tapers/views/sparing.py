"""Steroid-sparing drugs of one patient: looked at, started, changed, ended."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from patients.access import Permission, actor_of, check
from patients.errors import Refused
from patients.forms.page import PageForm
from patients.selectors import patient_for
from tapers.domain.errors import DomainError
from tapers.domain.prescription import Prescription
from tapers.domain.sparing import EVIDENCE
from tapers.errors import NeedsReason
from tapers.forms.proposal import ReasonsForm
from tapers.forms.sparing import (
    EndSparingForm,
    InErrorForm,
    InfusionForm,
    PrescriptionFields,
    ReviseSparingForm,
    StartSparingForm,
)
from tapers.presenters.findings import finding_rows, with_typed
from tapers.presenters.mails import mail_rows
from tapers.presenters.sparing import (
    check_rows,
    course_card,
    dose_rows,
    infusion_rows,
    kidney_words,
    option_words,
    pace_words,
    target_words,
)
from tapers.selectors.kidney import kidney_function_of
from tapers.selectors.lab_checks import checks_of_course
from tapers.selectors.mails import previewed_requests
from tapers.selectors.sparing import (
    course_now,
    infusion_for,
    infusions_for,
    prescription_now,
    sparing_course_for,
    sparing_courses_for,
)
from tapers.selectors.sparing_previews import (
    SparingPreview,
    findings_on_sparing,
    preview_sparing,
)
from tapers.services.infusions import discard_infusion, record_infusion
from tapers.services.sparing import discard_sparing, end_sparing, revise_sparing, start_sparing
from tapers.views.about import About, about_patient
from tapers.views.changes import Change

if TYPE_CHECKING:
    from tapers.models import SparingCourse


class SparingPage(View):
    """All courses and infusions of a patient."""

    def get(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        about.saw("steroid-sparing drugs")
        infusions = infusions_for(actor=about.actor, patient=about.patient)
        found = findings_on_sparing(patient=about.patient, as_of=about.today)
        context = about.context | {
            "findings": finding_rows(found),
            "evidence": EVIDENCE,
            "courses": sparing_cards(about),
            "infusions": infusion_rows(infusions),
            "kidney": kidney_words(kidney_function_of(patient=about.patient, as_of=about.today)),
        }
        return render(request, "tapers/sparing.html", context)


class NewSparing(View):
    def get(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        check(about.actor, Permission.PRESCRIBE_SPARING, about.patient)
        return _form_page(request, about, StartSparingForm(initial={"starts_on": about.today}))

    def post(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        check(about.actor, Permission.PRESCRIBE_SPARING, about.patient)
        form = StartSparingForm(request.POST)

        def store(reasons: dict[str, str]) -> None:
            start_sparing(
                actor=about.actor,
                patient=about.patient,
                prescription=form.prescription(),
                reasons=reasons,
                at=about.at,
            )

        return _answer(request, about, form, form.prescription, store)


class ReviseSparing(View):
    def get(self, request: HttpRequest, sparing_id: UUID) -> HttpResponse:
        about, row = _about_course(request, sparing_id)
        check(about.actor, Permission.PRESCRIBE_SPARING, about.patient)
        now = prescription_now(row)
        initial = vars(now) | {"starts_on": None, "target_mg": None}
        form = ReviseSparingForm(initial=initial, agent=now.agent)
        return _form_page(request, about, form, row=row)

    def post(self, request: HttpRequest, sparing_id: UUID) -> HttpResponse:
        about, row = _about_course(request, sparing_id)
        check(about.actor, Permission.PRESCRIBE_SPARING, about.patient)
        now = prescription_now(row)
        form = ReviseSparingForm(request.POST, agent=now.agent)

        def prescription() -> Prescription:
            return replace(now, **form.values())

        def store(reasons: dict[str, str]) -> None:
            revise_sparing(
                actor=about.actor,
                course=row,
                prescription=prescription(),
                reason=form.cleaned_data["reason"],
                reasons=reasons,
                at=about.at,
            )

        return _answer(request, about, form, prescription, store, row=row)


END = Change(
    "End the drug",
    "Its steps and blood tests are not reminded of any more. This does not tell the patient to "
    "stop taking it.",
    "End this course",
    "The course is ended.",
    Permission.PRESCRIBE_SPARING,
    EndSparingForm,
    end_sparing,
    grave=True,
)
IN_ERROR = Change(
    "Entered in error",
    "The course stays readable, and no rule reads it any more. It cannot be taken up again.",
    "Mark as entered in error",
    "The course is marked as entered in error.",
    Permission.PRESCRIBE_SPARING,
    InErrorForm,
    discard_sparing,
    grave=True,
)
INFUSION_IN_ERROR = Change(
    "Infusion entered in error",
    "The infusion stays readable, and no rule reads it any more.",
    "Mark as entered in error",
    "The infusion is marked as entered in error.",
    Permission.RECORD_INFUSION,
    InErrorForm,
    discard_infusion,
    grave=True,
)
INFUSION = Change(
    "Record an infusion",
    "IVIG as it was given. Nothing is planned from it.",
    "Record infusion",
    "The infusion is recorded.",
    Permission.RECORD_INFUSION,
    InfusionForm,
    record_infusion,
)


class ChangeView(View):
    change = END

    def ask(self, request: HttpRequest, about: About, form: PageForm) -> HttpResponse:
        context = about.context | {"change": self.change, "form": form, "evidence": EVIDENCE}
        return render(request, "tapers/sparing_change.html", context)

    def first(self, request: HttpRequest, about: About) -> HttpResponse:
        check(about.actor, self.change.permission, about.patient)
        initial = {"on": about.today, "infused_on": about.today}
        return self.ask(request, about, self.change.form(initial=initial))

    def done(
        self, request: HttpRequest, about: About, form: PageForm, call: Callable[[], Any]
    ) -> HttpResponse:
        check(about.actor, self.change.permission, about.patient)
        if not form.is_valid():
            return self.ask(request, about, form)
        try:
            call()
        except (Refused, DomainError) as refusal:
            form.show(refusal)
            return self.ask(request, about, form)
        messages.success(request, self.change.done)
        return redirect("sparing", about.patient.pk)


class ChangeSparing(ChangeView):
    """End a course, or mark it as entered in error."""

    def get(self, request: HttpRequest, sparing_id: UUID) -> HttpResponse:
        return self.first(request, _about_course(request, sparing_id)[0])

    def post(self, request: HttpRequest, sparing_id: UUID) -> HttpResponse:
        about, row = _about_course(request, sparing_id)
        form = self.change.form(request.POST)

        def call() -> Any:
            return self.change.call(actor=about.actor, course=row, at=about.at, **form.cleaned_data)

        return self.done(request, about, form, call)


class NewInfusion(ChangeView):
    change = INFUSION

    def get(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        return self.first(request, about_patient(request, patient_id))

    def post(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        form = InfusionForm(request.POST)

        def call() -> Any:
            return record_infusion(
                actor=about.actor, patient=about.patient, infusion=form.infusion(), at=about.at
            )

        return self.done(request, about, form, call)


class DiscardInfusion(ChangeView):
    change = INFUSION_IN_ERROR

    def get(self, request: HttpRequest, infusion_id: UUID) -> HttpResponse:
        infusion = infusion_for(actor=actor_of(request), id=infusion_id)
        return self.first(request, about_patient(request, infusion.patient_id))

    def post(self, request: HttpRequest, infusion_id: UUID) -> HttpResponse:
        infusion = infusion_for(actor=actor_of(request), id=infusion_id)
        about = about_patient(request, infusion.patient_id)
        form = InErrorForm(request.POST)

        def call() -> Any:
            return discard_infusion(
                actor=about.actor, infusion=infusion, at=about.at, **form.cleaned_data
            )

        return self.done(request, about, form, call)


def sparing_cards(about: About) -> tuple[Any, ...]:
    rows = sparing_courses_for(actor=about.actor, patient=about.patient)
    return tuple(
        course_card(
            row, course_now(row), checks_of_course(row, as_of=about.today)[0], today=about.today
        )
        for row in rows
    )


def _about_course(request: HttpRequest, sparing_id: UUID) -> tuple[About, "SparingCourse"]:
    row = sparing_course_for(actor=actor_of(request), id=sparing_id)
    patient = patient_for(actor=actor_of(request), id=row.patient_id)
    return about_patient(request, patient.pk), row


def _answer(
    request: HttpRequest,
    about: About,
    form: PrescriptionFields,
    prescription: Callable[[], Prescription],
    store: Callable[[dict[str, str]], None],
    row: "SparingCourse | None" = None,
) -> HttpResponse:
    """Show what comes of it; with the button of signing, store it."""
    reasons = ReasonsForm(request.POST, codes=tuple(request.POST.getlist("asked"))[:40])
    if not form.is_valid() or not reasons.is_valid():
        if set(form.errors) <= {"reason"}:  # what is said of the drug can be looked at already
            _show_all(form, prescription())
        return _form_page(request, about, form, row=row)
    if _show_all(form, prescription()):
        return _form_page(request, about, form, row=row, reasons=reasons)
    shown, refusal = None, None
    looked_at = request.POST.get("looked_at", form.entered) == form.entered
    try:
        shown = preview_sparing(
            actor=about.actor,
            patient=about.patient,
            prescription=prescription(),
            weights=form.weights(),
            row=row,
            at=about.at,
        )
        if request.POST.get("do") == "sign" and looked_at:
            store(reasons.reasons())
            messages.success(request, "It is recorded. Steps and blood tests are reminded of.")
            return redirect("sparing", about.patient.pk)
    except NeedsReason as needed:
        refusal = needed
    except (Refused, DomainError) as refused:
        form.show(refused)
    return _form_page(
        request, about, form, shown, row=row, reasons=reasons, refusal=refusal, looked_at=looked_at
    )


def _show_all(form: PrescriptionFields, prescription: Prescription) -> bool:
    """Say beside its field each thing the domain refuses; return whether there is one."""
    refusals = tuple(prescription.refusals())
    for refusal in refusals:
        form.show(refusal)
    return bool(refusals)


def _form_page(
    request: HttpRequest,
    about: About,
    form: PrescriptionFields,
    shown: SparingPreview | None = None,
    *,
    row: "SparingCourse | None" = None,
    reasons: ReasonsForm | None = None,
    refusal: NeedsReason | None = None,
    looked_at: bool = True,
) -> HttpResponse:
    context = about.context | {
        "form": form,
        "looked_at": looked_at,
        "evidence": EVIDENCE,
        "course_id": row.pk if row else None,
        "drug": course_now(row).agent.label if row else "",
        "missing": {each.code for each in refusal.findings} if refusal else set(),
        "result": _result(about, shown, reasons) if shown else None,
    }
    return render(request, "tapers/sparing_form.html", context, status=409 if refusal else 200)


def _result(about: About, shown: SparingPreview, reasons: ReasonsForm | None) -> dict[str, Any]:
    mails = previewed_requests(patient=about.patient, requests=shown.requests, at=about.at)
    return {
        "doses": dose_rows(shown.course, today=about.today) if shown.course else (),
        "checks": check_rows(shown.checks, today=about.today),
        "pace": pace_words(shown.agent, shown.pace),
        "options": [option_words(each) for each in shown.options],
        "targets": [target_words(each) for each in shown.targets],
        "findings": with_typed(finding_rows(shown.findings), reasons.typed if reasons else {}),
        "mails": mail_rows(mails, zone=about.patient.time_zone),
    }
