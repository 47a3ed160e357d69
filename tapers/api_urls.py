from django.urls import path

from tapers.api.alerts import AcknowledgeDoor, AlertsDoor
from tapers.api.assessments import AssessmentsDoor, CorrectionDoor
from tapers.api.changes import (
    ActivateDoor,
    CompleteDoor,
    DiscardDoor,
    HoldDoor,
    ResumeDoor,
    ReviseDoor,
    StopDoor,
)
from tapers.api.course import CourseDoor
from tapers.api.previews import PreviewsDoor
from tapers.api.reminder_policy import ReminderPolicyDoor
from tapers.api.reports import StepReportsDoor
from tapers.api.rules import RulesDoor
from tapers.api.symptoms import SymptomReportsDoor
from tapers.api.tapers import TaperDoor, TapersDoor
from tapers.api.timeline import TimelineDoor

urlpatterns = [
    path("taper-previews", PreviewsDoor.as_view(), name="taper-previews"),
    path("tapers", TapersDoor.as_view(), name="tapers"),
    path("tapers/<uuid:taper_id>", TaperDoor.as_view(), name="taper"),
    path("tapers/<uuid:taper_id>/activate", ActivateDoor.as_view(), name="activate"),
    path("tapers/<uuid:taper_id>/revise", ReviseDoor.as_view(), name="revise"),
    path("tapers/<uuid:taper_id>/hold", HoldDoor.as_view(), name="hold"),
    path("tapers/<uuid:taper_id>/resume", ResumeDoor.as_view(), name="resume"),
    path("tapers/<uuid:taper_id>/stop", StopDoor.as_view(), name="stop"),
    path("tapers/<uuid:taper_id>/complete", CompleteDoor.as_view(), name="complete"),
    path("tapers/<uuid:taper_id>/discard", DiscardDoor.as_view(), name="discard"),
    path("tapers/<uuid:taper_id>/step-reports", StepReportsDoor.as_view(), name="step-reports"),
    path(
        "clinics/<uuid:clinic_id>/reminder-policy",
        ReminderPolicyDoor.as_view(),
        name="reminder-policy",
    ),
    path("rules", RulesDoor.as_view(), name="rules"),
    path("alerts", AlertsDoor.as_view(), name="alerts"),
    path("alerts/<uuid:alert_id>/acknowledge", AcknowledgeDoor.as_view(), name="acknowledge"),
    path("patients/<uuid:patient_id>/course", CourseDoor.as_view(), name="course"),
    path(
        "patients/<uuid:patient_id>/symptom-reports",
        SymptomReportsDoor.as_view(),
        name="symptom-reports",
    ),
    path("patients/<uuid:patient_id>/timeline", TimelineDoor.as_view(), name="timeline"),
    path("patients/<uuid:patient_id>/assessments", AssessmentsDoor.as_view(), name="assessments"),
    path(
        "patients/<uuid:patient_id>/assessments/<uuid:assessment_id>/correct",
        CorrectionDoor.as_view(),
        name="correct-assessment",
    ),
]
