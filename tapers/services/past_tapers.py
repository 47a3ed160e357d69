"""A taper that was finished elsewhere, entered with its days as they really were."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction

from patients import audit
from patients.access import Permission, check
from patients.errors import BadInput, Conflict
from patients.models import Patient
from patients.services.patients import last_day_to_record
from patients.vocabulary import Event
from tapers.domain.course import Outcome
from tapers.domain.dose import Drug, check_daily_mg, mg_text
from tapers.domain.errors import OutOfRange
from tapers.domain.plan import Plan, plan_from_steps
from tapers.domain.states import RUNNING, Action, Status
from tapers.models import PlanRevision, StepReport, Taper
from tapers.services.course_alerts import evaluate_course
from tapers.services.revisions import locked, status_after, store_revision, words
from tapers.services.schedule import ask_for_monitoring
from tapers.vocabulary import Origin, ReportedBy

MAX_STEPS = 100
MAX_EXPOSURE_DAYS = 36_500
HAPPENED = (*RUNNING, Status.COMPLETED, Status.REVOKED)


@transaction.atomic
def record_past_taper(
    *,
    actor: User,
    patient: Patient,
    drug: Drug,
    daily_mg: Decimal,
    steps: Sequence[tuple[date, Decimal]],
    exposure_days: int | None = None,
    note: str = "",
    at: datetime,
) -> Taper:
    """Store a taper as completed, each step as taken on its day; nothing is reminded of.

    *daily_mg* is the dose before the first step, the last step is the first day at 0 mg. No rule
    is asked about the plan, since nobody can change it any more; the course is.
    """
    check(actor, Permission.EDIT_DIAGNOSIS, patient)
    plan = _plan(drug, daily_mg, steps)
    _check_days(patient, plan, at=at)
    if exposure_days is not None and not 0 <= exposure_days <= MAX_EXPOSURE_DAYS:
        raise OutOfRange("exposure_days", 0, MAX_EXPOSURE_DAYS, "days")
    note = words("note", note, blank=True)
    patient = _locked(patient)
    ends_on = plan.steps[-1].starts_on
    _check_alone(patient, plan.starts_on, ends_on)
    taper = Taper(
        patient=patient,
        status=Status.COMPLETED,
        drug=drug,
        start_daily_mg=daily_mg,
        given_daily_mg=daily_mg,
        exposure_days=exposure_days,
        window_applies_to=patient.clinic.window_applies_to,
        created_by=actor,
        created_at=at,
        activated_by=actor,
        activated_at=at,
        ended_on=ends_on,
        ended_by=actor,
        ended_at=at,
        end_reason=note,
    )
    revision = store_revision(actor=actor, taper=taper, plan=plan, origin=Origin.DRAFTED, at=at)
    _store_reports(actor, patient, revision, plan, at=at)
    ask_for_monitoring(patient, at)
    audit.record(
        Event.PAST_TAPER_RECORDED,
        patient=patient,
        actor=actor,
        at=at,
        subject=taper,
        drug=taper.drug,
        daily_mg=mg_text(daily_mg),
        starts_on=plan.starts_on.isoformat(),
        first_zero_on=ends_on.isoformat(),
    )
    evaluate_course(patient=patient, actor=actor, at=at)
    return taper


@transaction.atomic
def mark_past_taper_in_error(*, actor: User, taper: Taper, reason: str, at: datetime) -> Taper:
    """Say that a taper entered as finished was none of this patient's, or not as entered.

    From then on it counts on no day, earlier ones included; its steps stay readable with the
    reason. One that ran here is refused: what patient and team were told of it was told.
    """
    check(actor, Permission.MARK_TAPER_IN_ERROR, taper.patient)
    taper = locked(taper)
    reason = words("reason", reason)
    taper.status = status_after(taper, Action.MARK_IN_ERROR)
    if not taper.was_entered_finished:
        raise Conflict(
            "This taper ran here: patient and team were told its doses. It stays in the record.",
            code="TAPER_RAN_HERE",
        )
    taper.in_error_at, taper.in_error_by, taper.in_error_reason = at, actor, reason
    taper.save(update_fields=["status", "in_error_at", "in_error_by", "in_error_reason"])
    ask_for_monitoring(taper.patient, at)
    audit.record(
        Event.PAST_TAPER_IN_ERROR,
        patient=taper.patient,
        actor=actor,
        at=at,
        subject=taper,
        drug=taper.drug,
        daily_mg=mg_text(taper.start_daily_mg),
        starts_on=taper.starts_on.isoformat(),
        first_zero_on=taper.first_zero_on.isoformat(),
    )
    evaluate_course(patient=taper.patient, actor=actor, at=at)
    return taper


def _plan(drug: Drug, daily_mg: Decimal, steps: Sequence[tuple[date, Decimal]]) -> Plan:
    check_daily_mg(drug=drug, daily_mg=daily_mg)
    if not 1 <= len(steps) <= MAX_STEPS:
        raise OutOfRange("steps", 1, MAX_STEPS, "steps")
    for before, after in zip(steps, steps[1:], strict=False):
        if after[0] <= before[0]:
            raise BadInput("steps", f"{after[0]} does not follow {before[0]}; give days in order.")
    for _, mg in steps:
        if not mg.is_finite() or not 0 <= mg <= drug.max_daily_mg:
            raise OutOfRange("steps", 0, drug.max_daily_mg, "mg")
    if steps[-1][1]:
        raise BadInput(
            "steps",
            "A finished taper ends at 0 mg: give its first day without the drug. What ended at a "
            "dose is recorded as earlier steroid treatment.",
        )
    return plan_from_steps(drug=drug, start_daily_mg=daily_mg, steps=steps)


def _check_days(patient: Patient, plan: Plan, *, at: datetime) -> None:
    first, last = patient.birth_date, last_day_to_record(patient, at=at)
    if plan.starts_on < first or plan.steps[-1].starts_on > last:
        raise BadInput("steps", f"The days must lie between {first} and {last}.")


def _locked(patient: Patient) -> Patient:
    rows = Patient.objects.select_for_update(of=("self",), no_key=True).select_related("clinic")
    return rows.get(pk=patient.pk)


def _check_alone(patient: Patient, starts_on: date, ends_on: date) -> None:
    """A patient is on one taper at a time; the day one ends another may begin."""
    for taper in Taper.objects.filter(patient=patient, status__in=list(HAPPENED)):
        over_on = None if taper.is_running else taper.ended_on
        if starts_on < (over_on or date.max) and taper.starts_on < ends_on:
            raise Conflict(
                f"On some of these days the patient was on the taper from {taper.starts_on}.",
                code="TAPERS_OVERLAP",
            )


def _store_reports(
    actor: User, patient: Patient, revision: PlanRevision, plan: Plan, *, at: datetime
) -> None:
    StepReport.objects.bulk_create(
        StepReport(
            taper=revision.taper,
            revision_number=revision.number,
            step_number=step.number,
            outcome=Outcome.TAKEN,
            taken_on=step.starts_on,
            reported_on=last_day_to_record(patient, at=at),
            reported_by=ReportedBy.STAFF,
            recorded_by=actor,
            recorded_at=at,
        )
        for step in plan.steps
    )
