"""Every question about patients; each starts from what the actor may see."""

from patients.selectors.assessments import (
    LatestReading,
    MeasurementPoint,
    assessment_for,
    assessments_of,
    codes_in,
    last_domain_dates,
    latest_full_assessment_on,
    latest_readings_for,
    series_of,
    versions_of,
)
from patients.selectors.clinical import (
    ClinicalSnapshot,
    clinical_snapshot,
    clinical_snapshots,
    current_exposure,
    current_exposures_for,
    diagnosis_of,
    exposure_days_before,
    exposure_days_in,
    exposures_of,
)
from patients.selectors.clinics import (
    ClinicMembership,
    address_of_member,
    addresses_for,
    clinic_for,
    clinics_of,
    stocked_drugs,
    strengths_for,
)
from patients.selectors.consents import consents_of, standing_consent, verification_by_token
from patients.selectors.doubts import doubts_of
from patients.selectors.facts import exposure_for, fact_for, facts_of, standing_facts
from patients.selectors.people import patient_for, patient_in, patients_for
from patients.selectors.tasks import open_tasks_by_kind, open_tasks_for, task_for
from patients.selectors.trail import answers_to, events_of, history_of
from patients.selectors.visits import draft_of, has_chosen_visit_set, visit_set_of

__all__ = [
    "answers_to",
    "ClinicMembership",
    "ClinicalSnapshot",
    "LatestReading",
    "MeasurementPoint",
    "address_of_member",
    "addresses_for",
    "assessment_for",
    "assessments_of",
    "clinic_for",
    "clinical_snapshot",
    "clinical_snapshots",
    "clinics_of",
    "codes_in",
    "consents_of",
    "current_exposure",
    "current_exposures_for",
    "diagnosis_of",
    "doubts_of",
    "draft_of",
    "events_of",
    "exposure_days_before",
    "exposure_days_in",
    "exposure_for",
    "exposures_of",
    "has_chosen_visit_set",
    "fact_for",
    "facts_of",
    "history_of",
    "last_domain_dates",
    "latest_full_assessment_on",
    "latest_readings_for",
    "open_tasks_by_kind",
    "open_tasks_for",
    "patient_for",
    "patient_in",
    "patients_for",
    "series_of",
    "standing_consent",
    "standing_facts",
    "stocked_drugs",
    "strengths_for",
    "task_for",
    "verification_by_token",
    "versions_of",
    "visit_set_of",
]
