from tapers.models.alert import Alert, AlertCheck
from tapers.models.clinic_protocol import ClinicProtocol
from tapers.models.course_evaluation import CourseEvaluation
from tapers.models.infusion import Infusion
from tapers.models.revision import DoseStep, PlanRevision
from tapers.models.signature import RulebookSignature
from tapers.models.sparing_course import SparingCourse, SparingDose, SparingRevision
from tapers.models.step_report import StepReport
from tapers.models.symptom_report import SymptomReport
from tapers.models.taper import Taper

__all__ = [
    "Alert",
    "AlertCheck",
    "ClinicProtocol",
    "CourseEvaluation",
    "DoseStep",
    "Infusion",
    "PlanRevision",
    "RulebookSignature",
    "SparingCourse",
    "SparingDose",
    "SparingRevision",
    "StepReport",
    "SymptomReport",
    "Taper",
]
