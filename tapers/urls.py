from django.urls import path

from patients.presenters.facts import NAMES
from tapers.views import (
    alerts,
    builder,
    changes,
    known,
    past_taper,
    reports,
    revision,
    sparing,
    symptoms,
    taper,
    visits,
)

PATIENT = "patients/<uuid:patient_id>"

urlpatterns = [
    *(
        path(f"{PATIENT}/{word}s/new", known.NewFact.as_view(kind=kind), name=f"{word}-new")
        for kind, word in NAMES.items()
    ),
    path(
        f"{PATIENT}/known/<uuid:fact_id>/correct", known.CorrectFact.as_view(), name="fact-correct"
    ),
    path(f"{PATIENT}/tapers/past", past_taper.NewPastTaper.as_view(), name="taper-past"),
    path(f"{PATIENT}/known/<uuid:fact_id>/end", known.EndFact.as_view(), name="fact-end"),
    path(
        f"{PATIENT}/known/<uuid:fact_id>/in-error",
        known.FactInError.as_view(),
        name="fact-in-error",
    ),
    path("patients/<uuid:patient_id>/taper/new", builder.PlanBuilder.as_view(), name="taper-new"),
    path(
        "patients/<uuid:patient_id>/taper/start", builder.StartTaper.as_view(), name="taper-start"
    ),
    path("patients/<uuid:patient_id>/symptoms", symptoms.ReportSymptoms.as_view(), name="symptoms"),
    path(
        f"{PATIENT}/symptoms/<uuid:symptom_report_id>/in-error",
        symptoms.SymptomsInError.as_view(),
        name="symptoms-in-error",
    ),
    path("patients/<uuid:patient_id>/visits/new", visits.NewVisit.as_view(), name="visit-new"),
    path(
        "patients/<uuid:patient_id>/visits/draft",
        visits.KeepVisitDraft.as_view(),
        name="visit-draft",
    ),
    path(
        "patients/<uuid:patient_id>/visits/<uuid:visit_id>",
        visits.VisitPage.as_view(),
        name="visit",
    ),
    path(
        "patients/<uuid:patient_id>/visits/<uuid:visit_id>/correct",
        visits.CorrectVisit.as_view(),
        name="visit-correct",
    ),
    path("tapers/<uuid:taper_id>", taper.TaperPage.as_view(), name="taper"),
    path("tapers/<uuid:taper_id>/activate", taper.ActivateTaper.as_view(), name="taper-activate"),
    path("tapers/<uuid:taper_id>/revise", revision.ReviseTaper.as_view(), name="taper-revise"),
    path(
        "tapers/<uuid:taper_id>/steps/<int:number>",
        reports.ReportStep.as_view(),
        name="step-report",
    ),
    path(
        "tapers/<uuid:taper_id>/reports/<uuid:report_id>/take-back",
        reports.TakeBackReport.as_view(),
        name="step-take-back",
    ),
    path(
        "alerts/<uuid:alert_id>/acknowledge",
        alerts.AcknowledgeAlert.as_view(),
        name="alert-acknowledge",
    ),
    path("alerts/<uuid:alert_id>/check", alerts.CheckAlert.as_view(), name="alert-check"),
    path("alerts/<uuid:alert_id>/assign", alerts.AssignAlert.as_view(), name="alert-assign"),
    *(
        path(
            f"tapers/<uuid:taper_id>/{change}",
            changes.ChangeTaper.as_view(change=change),
            name=f"taper-{change}",
        )
        for change in changes.CHANGES
    ),
    path("patients/<uuid:patient_id>/sparing", sparing.SparingPage.as_view(), name="sparing"),
    path(
        "patients/<uuid:patient_id>/sparing/new", sparing.NewSparing.as_view(), name="sparing-new"
    ),
    path(
        "patients/<uuid:patient_id>/infusions/new",
        sparing.NewInfusion.as_view(),
        name="infusion-new",
    ),
    path(
        "sparing/<uuid:sparing_id>/revise", sparing.ReviseSparing.as_view(), name="sparing-revise"
    ),
    path("sparing/<uuid:sparing_id>/end", sparing.ChangeSparing.as_view(), name="sparing-end"),
    path(
        "sparing/<uuid:sparing_id>/discard",
        sparing.ChangeSparing.as_view(change=sparing.IN_ERROR),
        name="sparing-discard",
    ),
    path(
        "infusions/<uuid:infusion_id>/discard",
        sparing.DiscardInfusion.as_view(),
        name="infusion-discard",
    ),
]
