"""The words that are stored beside those of the domain; labels are for people."""

from django.db.models import TextChoices


class Origin(TextChoices):
    """Why a revision of a plan exists."""

    DRAFTED = "DRAFTED", "Drafted"
    REVISED = "REVISED", "Revised by the prescriber"
    LATE_STEP = "LATE_STEP", "Moved by a late step"
    RESUMED = "RESUMED", "Resumed after a hold"


class ReportedBy(TextChoices):
    PATIENT = "PATIENT", "Patient"
    STAFF = "STAFF", "Care team"


class CourseStatus(TextChoices):
    """Where a course of a steroid-sparing drug stands."""

    RUNNING = "RUNNING", "Running"
    ENDED = "ENDED", "Ended"
    ENTERED_IN_ERROR = "ENTERED_IN_ERROR", "Entered in error"


class AlertState(TextChoices):
    OPEN = "OPEN", "Open"
    ACKNOWLEDGED = "ACKNOWLEDGED", "Taken note of"
    CHECK_DUE = "CHECK_DUE", "To be looked at again"
    CLOSED = "CLOSED", "No longer applies"
