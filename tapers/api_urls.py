from collections.abc import Iterator

from django.urls import URLPattern, path

from patients.facts import FactKind
from tapers.api.alerts import AcknowledgeDoor, AlertsDoor, AssignDoor, CheckDoor
from tapers.api.assessments import AssessmentsDoor, CorrectionDoor
from tapers.api.budget import BudgetDoor
from tapers.api.changes import (
    ActivateDoor,
    CompleteDoor,
    DiscardDoor,
    HoldDoor,
    InErrorDoor,
    ResumeDoor,
    ReviseDoor,
    StopDoor,
)
from tapers.api.course import CourseDoor, ToxicityDoor
from tapers.api.exposures import CorrectExposureDoor, ExposureInErrorDoor, ExposuresDoor
from tapers.api.facts import CORRECT_DOORS, END_DOORS, IN_ERROR_DOORS, LIST_DOORS
from tapers.api.infusions import DiscardInfusionDoor, InfusionsDoor
from tapers.api.past_tapers import PastTapersDoor
from tapers.api.previews import PreviewsDoor
from tapers.api.protocols import ProtocolDoor
from tapers.api.reminder import ReminderTraceDoor
from tapers.api.reminder_policy import ReminderPolicyDoor
from tapers.api.reports import StepReportsDoor, TakeBackDoor
from tapers.api.rules import RulesDoor
from tapers.api.signatures import SignaturesDoor
from tapers.api.sparing import (
    DiscardSparingDoor,
    EndSparingDoor,
    ReviseSparingDoor,
    SparingCourseDoor,
    SparingCoursesDoor,
    SparingPreviewsDoor,
)
from tapers.api.symptoms import SymptomReportsDoor, SymptomsInErrorDoor
from tapers.api.tapers import TaperDoor, TapersDoor
from tapers.api.timeline import TimelineDoor

PATIENT = "patients/<uuid:patient_id>"
FACTS = {  # in an address: many, one
    FactKind.MEDICINE: ("medicines", "medicine"),
    FactKind.TEST: ("tests", "test"),
    FactKind.FALL: ("falls", "fall"),
    FactKind.INFECTION: ("infections", "infection"),
    FactKind.CIRCUMSTANCE: ("circumstances", "circumstance"),
    FactKind.LOW_DOSE_REASON: ("low-dose-reasons", "low-dose-reason"),
    FactKind.SICK_DAY_PLAN: ("sick-day-plans", "sick-day-plan"),
    FactKind.FOLLOW_UP: ("follow-ups", "follow-up"),
}
OF_A_FACT = (("correct", CORRECT_DOORS), ("end", END_DOORS), ("entered-in-error", IN_ERROR_DOORS))


def _facts() -> Iterator[URLPattern]:
    for kind, (many, one) in FACTS.items():
        yield path(f"{PATIENT}/{many}", LIST_DOORS[kind].as_view(), name=many)
        for change, doors in OF_A_FACT:
            if kind in doors:
                row = f"<uuid:{one.replace('-', '_')}_id>"
                route = f"{PATIENT}/{many}/{row}/{change}"
                yield path(route, doors[kind].as_view(), name=f"{change}-{one}")


urlpatterns = [
    *_facts(),
    path(f"{PATIENT}/past-tapers", PastTapersDoor.as_view(), name="past-tapers"),
    path(f"{PATIENT}/exposures", ExposuresDoor.as_view(), name="exposures"),
    path(
        f"{PATIENT}/exposures/<uuid:exposure_id>/correct",
        CorrectExposureDoor.as_view(),
        name="correct-exposure",
    ),
    path(
        f"{PATIENT}/exposures/<uuid:exposure_id>/entered-in-error",
        ExposureInErrorDoor.as_view(),
        name="entered-in-error-exposure",
    ),
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
    path(
        "tapers/<uuid:taper_id>/entered-in-error",
        InErrorDoor.as_view(),
        name="taper-entered-in-error",
    ),
    path("tapers/<uuid:taper_id>/step-reports", StepReportsDoor.as_view(), name="step-reports"),
    path(
        "clinics/<uuid:clinic_id>/reminder-policy",
        ReminderPolicyDoor.as_view(),
        name="reminder-policy",
    ),
    path(
        "tapers/<uuid:taper_id>/step-reports/<uuid:report_id>/take-back",
        TakeBackDoor.as_view(),
        name="take-back",
    ),
    path("reminders/<uuid:reminder_id>", ReminderTraceDoor.as_view(), name="reminder"),
    path("clinics/<uuid:clinic_id>/alert-budget", BudgetDoor.as_view(), name="alert-budget"),
    path("clinics/<uuid:clinic_id>/protocol", ProtocolDoor.as_view(), name="protocol"),
    path(
        "clinics/<uuid:clinic_id>/rule-signatures",
        SignaturesDoor.as_view(),
        name="rule-signatures",
    ),
    path("rules", RulesDoor.as_view(), name="rules"),
    path("alerts", AlertsDoor.as_view(), name="alerts"),
    path("alerts/<uuid:alert_id>/acknowledge", AcknowledgeDoor.as_view(), name="acknowledge"),
    path("alerts/<uuid:alert_id>/assign", AssignDoor.as_view(), name="assign-alert"),
    path("alerts/<uuid:alert_id>/check", CheckDoor.as_view(), name="check-alert"),
    path("patients/<uuid:patient_id>/course", CourseDoor.as_view(), name="course"),
    path(f"{PATIENT}/toxicity", ToxicityDoor.as_view(), name="toxicity"),
    path(
        "patients/<uuid:patient_id>/symptom-reports",
        SymptomReportsDoor.as_view(),
        name="symptom-reports",
    ),
    path(
        f"{PATIENT}/symptom-reports/<uuid:symptom_report_id>/entered-in-error",
        SymptomsInErrorDoor.as_view(),
        name="symptoms-entered-in-error",
    ),
    path("patients/<uuid:patient_id>/timeline", TimelineDoor.as_view(), name="timeline"),
    path("patients/<uuid:patient_id>/assessments", AssessmentsDoor.as_view(), name="assessments"),
    path(
        "patients/<uuid:patient_id>/assessments/<uuid:assessment_id>/correct",
        CorrectionDoor.as_view(),
        name="correct-assessment",
    ),
    path(
        "patients/<uuid:patient_id>/sparing-previews",
        SparingPreviewsDoor.as_view(),
        name="sparing-previews",
    ),
    path(
        "patients/<uuid:patient_id>/sparing-courses",
        SparingCoursesDoor.as_view(),
        name="sparing-courses",
    ),
    path("sparing-courses/<uuid:sparing_id>", SparingCourseDoor.as_view(), name="sparing-course"),
    path(
        "sparing-courses/<uuid:sparing_id>/revise",
        ReviseSparingDoor.as_view(),
        name="revise-sparing",
    ),
    path("sparing-courses/<uuid:sparing_id>/end", EndSparingDoor.as_view(), name="end-sparing"),
    path(
        "sparing-courses/<uuid:sparing_id>/discard",
        DiscardSparingDoor.as_view(),
        name="discard-sparing",
    ),
    path("patients/<uuid:patient_id>/infusions", InfusionsDoor.as_view(), name="infusions"),
    path(
        "infusions/<uuid:infusion_id>/discard",
        DiscardInfusionDoor.as_view(),
        name="discard-infusion",
    ),
]
