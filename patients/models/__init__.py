from patients.models.assessment import Assessment, Measurement
from patients.models.audit_event import AuditEvent, AuditEventIsFinal
from patients.models.clinic import Clinic, Membership, StockedTablet
from patients.models.consent import AddressVerification, Consent
from patients.models.diagnosis import Diagnosis
from patients.models.fact import KnownFact
from patients.models.kept_answer import KeptAnswer
from patients.models.link import PatientLink
from patients.models.medication import SteroidExposure
from patients.models.patient import Patient
from patients.models.task import TeamTask
from patients.models.visit_draft import VisitDraft
from patients.models.visit_set import VisitSetMeasure
from patients.vocabulary import (
    Biopsy,
    Channel,
    Content,
    DiagnosisKind,
    DiagnosisStatus,
    Event,
    Language,
    PatientStatus,
    Role,
    Sex,
    TaskKind,
    VisitKind,
    WindowAppliesTo,
)

__all__ = [
    "AddressVerification",
    "Assessment",
    "AuditEvent",
    "AuditEventIsFinal",
    "Biopsy",
    "Channel",
    "Clinic",
    "Consent",
    "Content",
    "Diagnosis",
    "DiagnosisKind",
    "DiagnosisStatus",
    "Event",
    "KeptAnswer",
    "KnownFact",
    "Language",
    "Measurement",
    "Membership",
    "Patient",
    "PatientLink",
    "PatientStatus",
    "Role",
    "Sex",
    "SteroidExposure",
    "StockedTablet",
    "TaskKind",
    "TeamTask",
    "VisitDraft",
    "VisitKind",
    "VisitSetMeasure",
    "WindowAppliesTo",
]
