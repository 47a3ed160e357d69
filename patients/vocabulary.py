"""The words that are stored: each is UPPER_CASE in the database, its label is for people."""

from django.db.models import TextChoices

SYMPTOMS_TASK = "symptoms:"  # how the key of the task to call about symptoms begins
RED_FLAG_PAUSE = "Red flag: "  # how the reason of a pause for a red flag begins


class Role(TextChoices):
    PRESCRIBER = "PRESCRIBER", "Prescriber"
    NURSE = "NURSE", "Nurse"
    COORDINATOR = "COORDINATOR", "Coordinator"
    READ_ONLY = "READ_ONLY", "Read-only"


class WindowAppliesTo(TextChoices):
    """To which part of a taper the clinic's protocol applies its 4 to 8 weeks."""

    TOTAL = "TOTAL", "The whole taper"
    TO_10_MG = "TO_10_MG", "The part down to 10 mg"


class Sex(TextChoices):
    FEMALE = "FEMALE", "Female"
    MALE = "MALE", "Male"
    OTHER = "OTHER", "Other"
    UNKNOWN = "UNKNOWN", "Unknown"


class Language(TextChoices):
    EN = "en", "English"
    DE = "de", "German"
    ES = "es", "Spanish"
    FR = "fr", "French"


class PatientStatus(TextChoices):
    ACTIVE = "ACTIVE", "Active"
    TRANSFERRED = "TRANSFERRED", "Transferred"
    DIED = "DIED", "Died"


class Channel(TextChoices):
    EMAIL = "EMAIL", "E-mail"


class Content(TextChoices):
    """How much an e-mail may say."""

    MINIMAL = "MINIMAL", "Appointment words only: no drug, no dose"
    DETAILS = "DETAILS", "Also the drug and the dose"


class DiagnosisKind(TextChoices):
    IBM = "IBM", "Inclusion body myositis"


class DiagnosisStatus(TextChoices):
    SUSPECTED = "SUSPECTED", "Suspected"
    CONFIRMED = "CONFIRMED", "Confirmed"


class Biopsy(TextChoices):
    DONE = "DONE", "Done"
    NOT_DONE = "NOT_DONE", "Not done"
    UNKNOWN = "UNKNOWN", "Not known"


class VisitKind(TextChoices):
    """What is entered together; each clinic chooses the measures of each."""

    VISIT = "VISIT", "Visit"
    LABORATORY = "LABORATORY", "Laboratory results"


class TaskKind(TextChoices):
    CORRECT_ADDRESS = "CORRECT_ADDRESS", "Correct an e-mail address"
    STEP_PROBLEM = "STEP_PROBLEM", "A problem with a dose step"
    NO_CHANNEL = "NO_CHANNEL", "No way to reach the patient"
    NOBODY_TO_REMIND = "NOBODY_TO_REMIND", "Nobody to remind"
    DELIVERY_UNKNOWN = "DELIVERY_UNKNOWN", "Not known whether an e-mail arrived"
    RED_FLAG = "RED_FLAG", "Red flag: call the patient now"
    CALL_PATIENT = "CALL_PATIENT", "Call the patient"
    LINK_LOCKED = "LINK_LOCKED", "A patient's link is locked"
    COURSE_NOT_READ = "COURSE_NOT_READ", "The rules could not be read"
    OTHER = "OTHER", "Other"


class Event(TextChoices):
    """Everything that can happen to a patient's record or a clinic."""

    CLINIC_CREATED = "CLINIC_CREATED", "Clinic created"
    CLINIC_CHANGED = "CLINIC_CHANGED", "Clinic changed"
    MEMBER_ADDED = "MEMBER_ADDED", "Member added"
    LOGGED_IN = "LOGGED_IN", "Logged in"
    RECORD_READ = "RECORD_READ", "Record read"
    PATIENT_REGISTERED = "PATIENT_REGISTERED", "Patient registered"
    PATIENT_CHANGED = "PATIENT_CHANGED", "Patient changed"
    PATIENT_STATUS_CHANGED = "PATIENT_STATUS_CHANGED", "Patient status changed"
    CONSENT_GIVEN = "CONSENT_GIVEN", "Consent given"
    CONSENT_WITHDRAWN = "CONSENT_WITHDRAWN", "Consent withdrawn"
    ADDRESS_VERIFIED = "ADDRESS_VERIFIED", "Address verified"
    ADDRESS_FLAGGED = "ADDRESS_FLAGGED", "Address flagged"
    DIAGNOSIS_RECORDED = "DIAGNOSIS_RECORDED", "Diagnosis recorded"
    EXPOSURE_RECORDED = "EXPOSURE_RECORDED", "Steroid exposure recorded"
    EXPOSURE_CORRECTED = "EXPOSURE_CORRECTED", "Steroid exposure corrected"
    FACT_RECORDED = "FACT_RECORDED", "Fact recorded"
    FACT_ENDED = "FACT_ENDED", "Fact ended"
    FACT_CORRECTED = "FACT_CORRECTED", "Fact corrected"
    FACT_IN_ERROR = "FACT_IN_ERROR", "Fact entered in error"
    ASSESSMENT_RECORDED = "ASSESSMENT_RECORDED", "Visit recorded"
    ASSESSMENT_CORRECTED = "ASSESSMENT_CORRECTED", "Visit corrected"
    TASK_OPENED = "TASK_OPENED", "Task opened"
    TASK_DONE = "TASK_DONE", "Task done"
    TAPER_DRAFTED = "TAPER_DRAFTED", "Taper drafted"
    TAPER_STARTED = "TAPER_STARTED", "Taper started"
    PLAN_REVISED = "PLAN_REVISED", "Plan revised"
    RULE_OVERRIDDEN = "RULE_OVERRIDDEN", "Warning accepted with a reason"
    TAPER_HELD = "TAPER_HELD", "Taper held"
    TAPER_RESUMED = "TAPER_RESUMED", "Taper resumed"
    TAPER_STOPPED = "TAPER_STOPPED", "Taper stopped"
    TAPER_COMPLETED = "TAPER_COMPLETED", "Taper completed"
    PAST_TAPER_RECORDED = "PAST_TAPER_RECORDED", "Taper from elsewhere recorded"
    PAST_TAPER_IN_ERROR = "PAST_TAPER_IN_ERROR", "Taper from elsewhere entered in error"
    DRAFT_DISCARDED = "DRAFT_DISCARDED", "Draft discarded"
    STEP_REPORTED = "STEP_REPORTED", "Step reported"
    STEP_REPORT_TAKEN_BACK = "STEP_REPORT_TAKEN_BACK", "Report of a step taken back"
    SPARING_STARTED = "SPARING_STARTED", "Steroid-sparing drug started"
    SPARING_REVISED = "SPARING_REVISED", "Steroid-sparing drug changed"
    SPARING_ENDED = "SPARING_ENDED", "Steroid-sparing drug ended"
    SPARING_DISCARDED = "SPARING_DISCARDED", "Steroid-sparing drug entered in error"
    INFUSION_RECORDED = "INFUSION_RECORDED", "Infusion recorded"
    INFUSION_DISCARDED = "INFUSION_DISCARDED", "Infusion entered in error"
    SYMPTOMS_REPORTED = "SYMPTOMS_REPORTED", "Symptoms reported"
    SYMPTOMS_IN_ERROR = "SYMPTOMS_IN_ERROR", "Symptoms entered in error"
    RED_FLAG_LIFTED = "RED_FLAG_LIFTED", "Red flag lifted"
    LINK_OPENED = "LINK_OPENED", "Patient's page opened"
    LINK_LOCKED = "LINK_LOCKED", "Patient's links locked"
    LINKS_REVOKED = "LINKS_REVOKED", "Patient's links revoked"
    ALERT_RAISED = "ALERT_RAISED", "Alert raised"
    ALERT_ACKNOWLEDGED = "ALERT_ACKNOWLEDGED", "Alert acknowledged"
    ALERT_ASSIGNED = "ALERT_ASSIGNED", "Alert taken on, handed over or released"
    ALERT_CHECKED = "ALERT_CHECKED", "Alert looked at again"
    PROTOCOL_CHANGED = "PROTOCOL_CHANGED", "Clinic's protocol changed"
    RULES_SIGNED = "RULES_SIGNED", "Clinical rules signed"
    DISPATCH_HELD = "DISPATCH_HELD", "Sending held after a restore"
    DISPATCH_CONFIRMED = "DISPATCH_CONFIRMED", "Sending confirmed after a restore"
    SURGE_HELD = "SURGE_HELD", "Mail to patients held: too much at once"
    SURGE_RELEASED = "SURGE_RELEASED", "Mail to patients released after a surge"
    REMINDERS_SCHEDULED = "REMINDERS_SCHEDULED", "Reminders scheduled"
    REMINDER_SENT = "REMINDER_SENT", "Reminder sent"
    REMINDER_GAVE_UP = "REMINDER_GAVE_UP", "Reminder could not be sent"
    REMINDER_CANCELLED = "REMINDER_CANCELLED", "Reminder cancelled"
    REMINDER_EXPIRED = "REMINDER_EXPIRED", "Reminder expired"
    REMINDER_RETRIED = "REMINDER_RETRIED", "Reminder tried again"
