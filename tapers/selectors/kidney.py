"""The kidney function of a patient as the last results say, reported or calculated."""

from datetime import date

from patients.models import Patient
from tapers.domain.kidney import CREATININES, EGFR, KidneyFunction, kidney_function
from tapers.domain.record import CourseFacts
from tapers.selectors.readings import readings_of
from tapers.selectors.record import equation_sex


def kidney_function_of(*, patient: Patient, as_of: date) -> KidneyFunction | None:
    """Return what the results up to *as_of* say; None where nothing was measured."""
    codes = (EGFR, *CREATININES)
    readings = readings_of([patient.pk], codes=codes, until=as_of)[patient.pk]
    return kidney_function(
        CourseFacts(born_on=patient.birth_date, sex=equation_sex(patient), readings=tuple(readings))
    )
