"""Every question about tapers; each starts from what the actor may see."""

from tapers.selectors.courses import (
    Course,
    CurrentDose,
    course_of,
    courses_for,
    doses_by_course,
    doses_for,
)
from tapers.selectors.findings import (
    alert_for,
    alerts_for,
    findings_of,
    open_alert_counts,
    stored_findings_of,
)
from tapers.selectors.mails import PreviewedMail, mail_preview
from tapers.selectors.plans import (
    current_revision,
    plan_of,
    plan_of_revision,
    plans_of,
    reports_for,
    reports_of,
    revisions_of,
    step_reports_of,
)
from tapers.selectors.previews import Preview, preview
from tapers.selectors.reminders import monitoring_source, steps_source
from tapers.selectors.revising import Remainder, RevisionPreview, preview_revision
from tapers.selectors.symptoms import (
    latest_symptom_report,
    open_red_flag,
    report_to_call_about,
    symptom_report_for,
    symptom_reports_for,
)
from tapers.selectors.tapers import (
    latest_taper_of,
    running_taper_of,
    taper_for,
    tapers_for,
)
from tapers.selectors.timeline import TimelineEntry, timeline_of
from tapers.selectors.worklist import (
    StepDue,
    VisitDue,
    drafts_waiting,
    steps_due_or_late,
    visits_due,
)

__all__ = [
    "Course",
    "CurrentDose",
    "Preview",
    "PreviewedMail",
    "Remainder",
    "RevisionPreview",
    "StepDue",
    "TimelineEntry",
    "VisitDue",
    "alert_for",
    "alerts_for",
    "course_of",
    "courses_for",
    "current_revision",
    "doses_by_course",
    "doses_for",
    "drafts_waiting",
    "findings_of",
    "latest_symptom_report",
    "latest_taper_of",
    "mail_preview",
    "monitoring_source",
    "open_alert_counts",
    "open_red_flag",
    "plan_of",
    "plan_of_revision",
    "plans_of",
    "preview",
    "preview_revision",
    "report_to_call_about",
    "reports_for",
    "reports_of",
    "revisions_of",
    "running_taper_of",
    "step_reports_of",
    "steps_due_or_late",
    "steps_source",
    "stored_findings_of",
    "symptom_report_for",
    "symptom_reports_for",
    "taper_for",
    "tapers_for",
    "timeline_of",
    "visits_due",
]
