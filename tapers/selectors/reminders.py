"""Which mails a plan and its monitoring ask for. Read by the schedule and by the mail preview."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from notifications.policy import (
    Audience,
    ClinicRules,
    Kind,
    ReminderRequest,
    TeamMailOn,
    working_day_from,
)
from patients.models import Patient
from patients.selectors import full_assessment_days
from tapers.domain.course import Outcome, Report
from tapers.domain.dose import TabletCount, TabletStrength, mg_text, tablets_for
from tapers.domain.monitoring import GRACE_DAYS, assessment_due_on, overdue_from
from tapers.domain.plan import Plan
from tapers.domain.protocol import Protocol
from tapers.domain.reminders import (
    PlannedReminder,
    ReminderKind,
    Rung,
    monitoring_reminders,
    reminders_for,
    rungs_after,
    unanswered_steps,
)
from tapers.domain.states import RUNNING, Status
from tapers.models import Taper
from tapers.selectors.plans import taken_steps
from tapers.selectors.protocols import protocols_of

MONITORED_AFTER_DAYS = 365
KINDS = {
    ReminderKind.STEP_HEADS_UP: Kind.STEP_HEADS_UP,
    ReminderKind.STEP_DAY: Kind.STEP_DAY,
    ReminderKind.ASSESS_DUE: Kind.ASSESSMENT_DUE,
    ReminderKind.ASSESS_OVERDUE: Kind.ASSESSMENT_OVERDUE,
    ReminderKind.STEP_SECOND: Kind.STEP_SECOND,
    ReminderKind.STEP_UNANSWERED: Kind.STEP_UNANSWERED,
    ReminderKind.STEP_ESCALATED: Kind.STEP_ESCALATED,
    ReminderKind.VISIT_SECOND: Kind.VISIT_SECOND,
    ReminderKind.VISIT_UNANSWERED: Kind.VISIT_UNANSWERED,
    ReminderKind.VISIT_ESCALATED: Kind.VISIT_ESCALATED,
    ReminderKind.SPARING_HEADS_UP: Kind.SPARING_HEADS_UP,
    ReminderKind.SPARING_DAY: Kind.SPARING_DAY,
    ReminderKind.LAB_HEADS_UP: Kind.LAB_HEADS_UP,
    ReminderKind.LAB_DUE: Kind.LAB_DUE,
    ReminderKind.LAB_OVERDUE: Kind.LAB_OVERDUE,
}
READER_OF_RUNG = {
    ReminderKind.STEP_UNANSWERED: Audience.TEAM,
    ReminderKind.STEP_ESCALATED: Audience.LEADS,
    ReminderKind.VISIT_UNANSWERED: Audience.TEAM,
    ReminderKind.VISIT_ESCALATED: Audience.LEADS,
}


def steps_source(taper_id: UUID) -> str:
    return f"taper:{taper_id}"


def monitoring_source(patient_id: UUID) -> str:
    return f"monitoring:{patient_id}"


# Dose steps --------------------------------------------------------------------------------------


def step_requests(
    *,
    patient: Patient,
    rules: ClinicRules,
    plan: Plan,
    reports: Sequence[Report],
    strengths: Sequence[TabletStrength],
    revision: int | None,
    asks_from_step: int = 1,
) -> tuple[ReminderRequest, ...]:
    """Return two mails for each step that still lies before the patient, and the clinic's rungs.

    None for a step reported taken, nor for one before it, nor for one before *asks_from_step*,
    which a revision or a resumption has settled. When a step was not taken although it
    was due, none for those after it: nobody is told to make two reductions in one.
    """
    first = max(max(taken_steps(reports), default=0) + 1, asks_from_step)
    last = first_refused(plan=plan, reports=reports) or len(plan.steps)
    planned = (
        *reminders_for(plan=plan, from_step=first),
        *(
            reminder
            for step in unanswered_steps(plan=plan, reports=reports, from_step=first, to_step=last)
            for reminder in rungs_after(
                step.starts_on, rungs=_step_rungs(rules), step_number=step.number
            )
        ),
    )
    requests = (
        _for_reader(_step_request(patient, plan, each, strengths, revision), patient, each, rules)
        for each in planned
        if each.step_number is not None and each.step_number <= last
    )
    # Moved to a working day, the rungs of two steps may fall together: one mail, of the later one.
    return tuple({(each.kind, each.local_date, each.audience): each for each in requests}.values())


def _step_rungs(rules: ClinicRules) -> tuple[Rung, ...]:
    return _rungs(
        (ReminderKind.STEP_SECOND, rules.step_second_days),
        (ReminderKind.STEP_UNANSWERED, rules.step_team_days),
        (ReminderKind.STEP_ESCALATED, rules.step_lead_days),
    )


def _visit_rungs(rules: ClinicRules) -> tuple[Rung, ...]:
    return _rungs(
        (ReminderKind.VISIT_SECOND, rules.visit_second_days),
        (ReminderKind.VISIT_UNANSWERED, rules.visit_team_days),
        (ReminderKind.VISIT_ESCALATED, rules.visit_lead_days),
    )


def _rungs(*given: tuple[ReminderKind, int | None]) -> tuple[Rung, ...]:
    return tuple(Rung(kind, days) for kind, days in given if days is not None)


def _for_reader(
    request: ReminderRequest, patient: Patient, reminder: PlannedReminder, rules: ClinicRules
) -> ReminderRequest:
    """Address a rung: the team's goes by the clinic's clock, on a day that the team works."""
    audience = READER_OF_RUNG.get(reminder.kind)
    if audience is None:
        return request
    clinic, day = patient.clinic, request.local_date
    if rules.team_mail_on is TeamMailOn.WORKING_DAYS:
        day = working_day_from(day, country=clinic.country)
    return replace(
        request,
        audience=audience,
        time_zone=clinic.time_zone,
        local_date=day,
        expires_date=request.expires_date + (day - request.local_date),
    )


def first_refused(*, plan: Plan, reports: Sequence[Report]) -> int | None:
    """Return the first step reported, on its day or later, as not yet taken or as a problem."""
    last_taken = max(taken_steps(reports), default=0)
    refused = [
        each.step_number
        for each in reports
        if each.outcome is not Outcome.TAKEN
        and last_taken < each.step_number <= len(plan.steps)
        and each.on >= plan.step(each.step_number).starts_on
    ]
    return min(refused, default=None)


def _step_request(
    patient: Patient,
    plan: Plan,
    reminder: PlannedReminder,
    strengths: Sequence[TabletStrength],
    revision: int | None,
) -> ReminderRequest:
    number = reminder.step_number or 1
    step = plan.step(number)
    return ReminderRequest(
        kind=KINDS[reminder.kind],
        audience=Audience.PATIENT,
        local_date=reminder.local_date,
        local_time=reminder.local_time,
        time_zone=patient.time_zone,
        expires_date=reminder.expires_date,
        expires_time=reminder.expires_time,
        context={
            "step_number": number,
            "step_date": step.starts_on.isoformat(),
            "before": f"{mg_text(plan.dose_before(number))} mg",
            "dose": f"{mg_text(step.daily_mg)} mg",
            "drug": plan.drug.label.lower(),
            "tablets": tablets_text(tablets_for(daily_mg=step.daily_mg, strengths=strengths)),
        },
        reason=f"Step {number} of the taper begins on {step.starts_on.isoformat()}.",
        revision=revision,
    )


def tablets_text(tablets: Sequence[TabletCount] | None) -> str:
    """Return "1 × 5 mg and 1 × 2.5 mg"; "" for none, and where the dose cannot be made."""
    words = [f"{mg_text(each.count)} × {mg_text(each.strength_mg)} mg" for each in tablets or ()]
    *others, last = words or [""]
    return f"{', '.join(others)} and {last}" if others else last


# Monitoring --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Monitoring:
    """When the next visit falls due, and until which day anybody is reminded of it."""

    last_full_on: date | None
    due_on: date | None
    reminds: bool
    until: date | None
    grace_days: int = GRACE_DAYS

    @property
    def overdue_on(self) -> date | None:
        if self.due_on is None:
            return None
        return overdue_from(due_on=self.due_on, grace_days=self.grace_days)


def monitoring_of(*, patient: Patient) -> Monitoring:
    """Visits are reminded of while a taper runs and for a year after it was completed."""
    return monitorings_of([patient])[patient.pk]


def monitorings_of(patients: Collection[Patient]) -> dict[UUID, Monitoring]:
    """The same of several patients, by id, in three queries."""
    ids = [patient.pk for patient in patients]
    last_full_on, tapers = full_assessment_days(patient_ids=ids), _monitored_tapers(ids)
    protocols = protocols_of({patient.clinic for patient in patients})
    return {
        patient.pk: _monitoring(
            protocols[patient.clinic_id], last_full_on.get(patient.pk), tapers.get(patient.pk)
        )
        for patient in patients
    }


def _monitoring(protocol: Protocol, last_full_on: date | None, taper: Taper | None) -> Monitoring:
    due_on = assessment_due_on(
        last_full_on=last_full_on,
        taper_starts_on=taper.starts_on if taper else None,
        due_days=protocol.visit_due_days,
    )
    until = None
    if taper is not None and taper.ended_on is not None:
        until = taper.ended_on + timedelta(days=MONITORED_AFTER_DAYS)
    return Monitoring(
        last_full_on,
        due_on,
        reminds=taper is not None,
        until=until,
        grace_days=protocol.visit_grace_days,
    )


def _monitored_tapers(patient_ids: Collection[UUID]) -> dict[UUID, Taper]:
    """The running taper of each; else the one that ended last, if it was completed."""
    rows = Taper.objects.filter(
        patient__in=patient_ids, status__in=[*RUNNING, Status.COMPLETED, Status.REVOKED]
    )
    last: dict[UUID, Taper] = {}
    for row in rows.order_by("ended_at"):
        held = last.get(row.patient_id)
        if held is None or not held.is_running:
            last[row.patient_id] = row
    return {pk: row for pk, row in last.items() if row.status != Status.REVOKED}


def monitoring_requests(
    *, patient: Patient, rules: ClinicRules, monitoring: Monitoring
) -> tuple[ReminderRequest, ...]:
    """Return the mails of the due day and of the first overdue one, to patient and nurses."""
    overdue_on = monitoring.overdue_on
    if monitoring.due_on is None or overdue_on is None or not monitoring.reminds:
        return ()
    planned = monitoring_reminders(due_on=monitoring.due_on, overdue_on=overdue_on)
    rungs = rungs_after(overdue_on, rungs=_visit_rungs(rules))
    requests = [
        *(
            _monitoring_request(patient, monitoring, each, audience)
            for each in planned
            for audience in (Audience.PATIENT, Audience.NURSES)
        ),
        *(
            _for_reader(
                _monitoring_request(patient, monitoring, each, Audience.PATIENT),
                patient,
                each,
                rules,
            )
            for each in rungs
        ),
    ]
    return tuple(
        each for each in requests if monitoring.until is None or each.local_date <= monitoring.until
    )


def _monitoring_request(
    patient: Patient, monitoring: Monitoring, reminder: PlannedReminder, audience: Audience
) -> ReminderRequest:
    zone = patient.time_zone if audience is Audience.PATIENT else patient.clinic.time_zone
    due_on, last_on = monitoring.due_on, monitoring.last_full_on
    return ReminderRequest(
        kind=KINDS[reminder.kind],
        audience=audience,
        local_date=reminder.local_date,
        local_time=reminder.local_time,
        time_zone=zone,
        expires_date=reminder.expires_date,
        expires_time=reminder.expires_time,
        context={
            "due_on": due_on.isoformat() if due_on else None,
            "last_on": last_on.isoformat() if last_on else None,
        },
        reason=(
            f"The last visit with strength, function and CK was on {last_on.isoformat()}."
            if last_on
            else "No visit with strength, function and CK is recorded yet."
        ),
    )
