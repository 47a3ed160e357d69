"""Whether the rules are held against every course, as they are each morning."""

from datetime import datetime, timedelta

from django.db.models import Q

from patients.models import Patient
from patients.vocabulary import PatientStatus
from tapers.models import CourseEvaluation

READ_WITHIN = timedelta(days=2)


def failed_courses() -> int:
    """Return for how many patients under care the rules gave no answer at the last try."""
    rows = CourseEvaluation.objects.filter(patient__status=PatientStatus.ACTIVE)
    return rows.filter(failed_at__isnull=False).count()


def unread_courses(*, at: datetime) -> int:
    """Return how many patients under care nobody's run has reached for two days."""
    since = at - READ_WITHIN
    read = Q(course_evaluation__evaluated_on__gte=since.date())
    rows = Patient.objects.filter(status=PatientStatus.ACTIVE, created_at__lt=since)
    return rows.exclude(read).count()
