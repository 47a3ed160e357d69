"""The two pages of entering a visit: the form, and what will be stored."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from patients.forms.visit import CorrectionForm, VisitForm
from patients.forms.visit_rows import chosen_groups, is_filled_in, muscle_rows, other_groups
from patients.instruments.catalogue import MEASURES
from patients.instruments.visit_sets import CHOOSABLE
from patients.presenters import words
from patients.presenters.measures import name_of, value_of
from patients.presenters.visits import last_words, missing_words, summary_rows
from patients.selectors import doubts_of, series_of, visit_set_of
from patients.vocabulary import VisitKind
from tapers.views.about import About

if TYPE_CHECKING:
    from patients.models import Assessment, VisitDraft

MAX_TYPED = 1000
FIELDS = frozenset(CorrectionForm().fields)


@dataclass(frozen=True)
class Doubt:
    """An unlikely value, with the field that confirms it."""

    name: str
    value: str
    said: tuple[str, ...]
    label: str
    field: str
    is_confirmed: bool


def form_page(
    request: HttpRequest,
    about: About,
    form: VisitForm,
    *,
    kind: VisitKind = VisitKind.VISIT,
    corrects: "Assessment | None" = None,
    draft: "VisitDraft | None" = None,
) -> HttpResponse:
    last = last_words(series_of(patient=about.patient, codes=MEASURES))
    codes = _shown_first(about, kind, corrects)
    others = other_groups(form, codes, last)
    if kind == VisitKind.LABORATORY:
        form.ask_as_laboratory()
    context = about.context | {
        "form": form,
        "kind": kind.value,
        "groups": chosen_groups(form, codes, last),
        "others": others,
        "others_open": is_filled_in(others),
        "muscles": muscle_rows(form),
        "carried": [f"{name_of(each)}: {value_of(each)}" for each in form.carried],
        "visit_id": corrects.pk if corrects else None,
        "kept": words.instant(draft.kept_at, zone=about.patient.clinic.time_zone) if draft else "",
    }
    return render(request, "tapers/visit_form.html", context)


def summary_page(
    request: HttpRequest,
    about: About,
    form: VisitForm,
    *,
    kind: VisitKind = VisitKind.VISIT,
    corrects: "Assessment | None" = None,
    asked_before: bool = False,
) -> HttpResponse:
    """What will be stored, and what is unlikely in it; nothing is stored yet."""
    last = last_words(series_of(patient=about.patient, codes=MEASURES))
    doubts = _doubts(about, form, corrects)
    asks = {doubt.field for doubt in doubts}
    context = about.context | {
        "form": form,
        "kind": kind.value,
        "sent": {name: text for name, text in typed(request.POST).items() if name not in asks},
        "rows": summary_rows(form.readings, last),
        "doubts": doubts,
        "asked_before": asked_before,
        "missing": missing_words(form.readings),
        "day": words.day(form.cleaned_data["assessed_on"]),
        "rater": form.cleaned_data["rater"],
        "visit_id": corrects.pk if corrects else None,
    }
    return render(request, "tapers/visit_summary.html", context)


def typed(posted: QueryDict) -> dict[str, str]:
    """What was typed and is worth keeping: the form's own fields, where they hold something."""
    return {
        name: str(posted[name])[:MAX_TYPED] for name in posted if name in FIELDS and posted[name]
    }


def _shown_first(about: About, kind: VisitKind, corrects: "Assessment | None") -> tuple[str, ...]:
    """The clinic's set; for a correction what was measured at that visit."""
    codes = visit_set_of(clinic=about.patient.clinic, kind=kind)
    if corrects is None:
        return codes
    measured = {each.code for each in corrects.measurements.all()}
    return tuple(code for code in CHOOSABLE if code in measured) or codes


def _doubts(about: About, form: VisitForm, corrects: "Assessment | None") -> tuple[Doubt, ...]:
    found = doubts_of(
        patient=about.patient,
        readings=form.readings,
        assessed_on=form.cleaned_data["assessed_on"],
        corrects=corrects,
    )
    doubts = []
    for position, said in found.items():
        reading = form.readings[position]
        slot = form.slot_of(reading)
        doubts.append(
            Doubt(
                name=name_of(reading),
                value=form.confirmation_of(reading),
                said=said,
                label=f"{name_of(reading)} {value_of(reading)} is right",
                field=slot.beside("confirmed") if slot else "",
                is_confirmed=reading.confirmed,
            )
        )
    return tuple(doubts)
