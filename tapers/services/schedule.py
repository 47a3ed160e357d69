"""Asks for the reminders a taper and its monitoring need, in the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from notifications.selectors.policy import policies_of
from notifications.services.schedule import (
    Schedule,
    ScheduleChange,
    cancel_schedule,
    replace_schedules,
)
from patients.models import Clinic, Patient
from patients.services.patients import set_next_assessment_due
from tapers.domain.plan import Plan
from tapers.domain.states import Status
from tapers.models import Taper
from tapers.selectors.findings import open_alert_counts
from tapers.selectors.plans import asking_from_of, plans_of, reports_of
from tapers.selectors.reminders import (
    monitoring_requests,
    monitoring_source,
    monitorings_of,
    step_requests,
    steps_source,
)
from tapers.services.escalation import escalation_schedules


def ask_for_reminders(taper: Taper, plan: Plan, at: datetime) -> ScheduleChange | None:
    """Make the waiting step reminders those of *plan*; a taper that is not active has none."""
    if taper.status != Status.ACTIVE:
        return None
    return replace_schedules(_step_schedules([taper], {taper.pk: plan}), at=at)[0]


def cancel_reminders(taper: Taper, reason: str, at: datetime) -> ScheduleChange:
    return cancel_schedule(source=steps_source(taper.pk), reason=reason, at=at)


def ask_for_monitoring(patient: Patient, at: datetime) -> ScheduleChange:
    """Bring the day of the next visit, and its reminders, in step with what is recorded."""
    return replace_schedules(_monitoring_schedules([patient]), at=at)[0]


def follow_the_clinic(clinic: Clinic, at: datetime) -> None:
    """Ask again for all of a clinic whose settings changed: steps, visits and waiting alerts.

    At once, so that the locks are taken in the order in which the engine takes them: patients by
    their ids, then reminders by theirs.
    """
    of_clinic = Patient.objects.filter(clinic=clinic)
    held = of_clinic.select_for_update(no_key=True, of=("self",)).order_by("id")
    patients = list(held.select_related("clinic"))
    running = Taper.objects.filter(patient__in=patients, status=Status.ACTIVE)
    tapers = list(running.select_related("patient__clinic").order_by("id"))
    alerted = open_alert_counts(patient_ids=[each.pk for each in patients])
    monitored = [each for each in patients if each.next_assessment_due_on is not None]
    replace_schedules(
        [
            *_step_schedules(tapers, plans_of(tapers)),
            *_monitoring_schedules(monitored),
            *escalation_schedules([each for each in patients if each.pk in alerted]),
        ],
        at=at,
    )


def _step_schedules(tapers: Sequence[Taper], plans: Mapping[UUID, Plan]) -> list[Schedule]:
    reports, settled = reports_of(tapers), asking_from_of(tapers)
    rules = policies_of({taper.patient.clinic for taper in tapers})
    return [
        Schedule(
            source=steps_source(taper.pk),
            clinic=taper.patient.clinic,
            patient=taper.patient,
            requests=step_requests(
                patient=taper.patient,
                rules=rules[taper.patient.clinic_id],
                plan=plans[taper.pk],
                reports=reports[taper.pk],
                strengths=taper.strengths,
                revision=taper.revision,
                asks_from_step=settled[taper.pk],
            ),
        )
        for taper in tapers
    ]


def _monitoring_schedules(patients: Sequence[Patient]) -> list[Schedule]:
    """The same of visits; the day that is stored with the patient follows."""
    monitorings = monitorings_of(patients)
    rules = policies_of({patient.clinic for patient in patients})
    for patient in patients:
        due_on = monitorings[patient.pk].due_on
        if patient.next_assessment_due_on != due_on:
            set_next_assessment_due(patient=patient, due_on=due_on)
    return [
        Schedule(
            source=monitoring_source(patient.pk),
            clinic=patient.clinic,
            patient=patient,
            requests=monitoring_requests(
                patient=patient,
                rules=rules[patient.clinic_id],
                monitoring=monitorings[patient.pk],
            ),
        )
        for patient in patients
    ]
