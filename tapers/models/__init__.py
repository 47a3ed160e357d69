from tapers.models.alert import Alert, AlertCheck
from tapers.models.clinic_protocol import ClinicProtocol
from tapers.models.course_evaluation import CourseEvaluation
from tapers.models.revision import DoseStep, PlanRevision
from tapers.models.signature import RulebookSignature
from tapers.models.step_report import StepReport
from tapers.models.symptom_report import SymptomReport
from tapers.models.taper import Taper

__all__ = [
    "Alert",
    "AlertCheck",
    "ClinicProtocol",
    "CourseEvaluation",
    "DoseStep",
    "PlanRevision",
    "RulebookSignature",
    "StepReport",
    "SymptomReport",
    "Taper",
]
