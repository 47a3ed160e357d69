from tapers.models.alert import Alert
from tapers.models.course_evaluation import CourseEvaluation
from tapers.models.revision import DoseStep, PlanRevision
from tapers.models.step_report import StepReport
from tapers.models.symptom_report import SymptomReport
from tapers.models.taper import Taper

__all__ = [
    "Alert",
    "CourseEvaluation",
    "DoseStep",
    "PlanRevision",
    "StepReport",
    "SymptomReport",
    "Taper",
]
