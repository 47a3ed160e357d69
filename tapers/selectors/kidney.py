"""The kidney function of a patient as the last results say, reported or calculated."""

from datetime import date

from patients.models import Measurement, Patient
from tapers.domain.kidney import CREATININES, EGFR, KidneyFunction, kidney_function
from tapers.domain.record import CourseFacts
from tapers.selectors.record import dated_reading, equation_sex


def kidney_function_of(*, patient: Patient, as_of: date) -> KidneyFunction | None:
    """Return what the results up to *as_of* say; None where nothing was measured."""
    rows = (
        Measurement.objects.filter(
            assessment__patient=patient,
            assessment__corrected_by__isnull=True,
            assessment__assessed_on__lte=as_of,
            code__in=[EGFR, *CREATININES],
        )
        .select_related("assessment")
        .order_by("assessment__assessed_on", "assessment__recorded_at", "position")
    )
    readings = tuple(dated_reading(row) for row in rows)
    return kidney_function(
        CourseFacts(born_on=patient.birth_date, sex=equation_sex(patient), readings=readings)
    )
