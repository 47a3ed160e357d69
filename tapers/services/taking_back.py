"""A step that was reported taken and was not: the report is taken back, never rubbed out."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from patients import audit
from patients.access import Permission, check
from patients.errors import Conflict
from patients.vocabulary import Event
from tapers.domain.course import Outcome
from tapers.domain.states import Status
from tapers.errors import AlreadyTakenBack
from tapers.models import StepReport, Taper
from tapers.selectors.plans import plan_of, standing_reports
from tapers.services.course_alerts import evaluate_course
from tapers.services.revisions import locked, words
from tapers.services.schedule import ask_for_reminders


@transaction.atomic
def take_back_report(
    *, actor: User, taper: Taper, report: StepReport, reason: str, at: datetime
) -> StepReport:
    """Take back that a step was taken; the report stays, with the reason, and counts no more.

    The step is asked about again on its day in the plan as it stands; what a late report has moved
    stays moved. Behind a step that stands as taken it comes first before any further one, and the
    rules ask what was taken. A taper that the report completed is over: that is refused.
    """
    check(actor, Permission.REPORT_STEP, taper.patient)
    taper = locked(taper)
    reason = words("reason", reason)
    _check_may_be_taken_back(taper, report)
    mine = standing_reports().filter(pk=report.pk, taper=taper)
    if not mine.update(taken_back_at=at, taken_back_by=actor, taken_back_reason=reason):
        raise AlreadyTakenBack(report.step_number)
    report.refresh_from_db()
    audit.record(
        Event.STEP_REPORT_TAKEN_BACK,
        patient=taper.patient,
        actor=actor,
        at=at,
        subject=report,
        taper=str(taper.pk),
        step=report.step_number,
        taken_on=str(report.taken_on),
    )
    ask_for_reminders(taper, plan_of(taper), at)
    evaluate_course(patient=taper.patient, actor=actor, cause=report, at=at)
    return report


def _check_may_be_taken_back(taper: Taper, report: StepReport) -> None:
    if report.outcome != Outcome.TAKEN:
        raise Conflict(
            "Only a step that was reported taken can be taken back. Report the step anew instead.",
            code="NOT_TAKEN",
        )
    if taper.status == Status.COMPLETED:
        raise Conflict(
            "This report completed the taper. If steroid is still taken, start a new plan from "
            "that dose.",
            code="TAPER_COMPLETED",
        )
    if not taper.is_running:
        raise Conflict("This taper is no longer running.", code="WRONG_STATUS")
