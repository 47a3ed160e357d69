"""Forgetting the trail is a red test: every public service is called here, and leaves a row."""

import inspect
from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib import import_module
from pkgutil import iter_modules

import pytest

from patients.facts import FactKind
from patients.models import AuditEvent, Membership
from patients.vocabulary import Event
from tapers import services
from tapers.domain.prescription import Prescription
from tapers.domain.rules.rulebook import VERSION
from tapers.domain.sparing import Agent, Frequency
from tapers.services import (
    alert_care,
    alerts,
    assessments,
    changing,
    drafting,
    facts,
    follow_up,
    infusions,
    past_tapers,
    protocols,
    reminder_policy,
    reporting,
    signatures,
    sparing,
    symptoms,
    symptoms_in_error,
    taking_back,
)
from tests.factories import (
    AssessmentFactory,
    KnownFactFactory,
    MembershipFactory,
    SteroidExposureFactory,
)
from tests.factories_tapers import FAST, AlertFactory, TaperFactory
from tests.patients.readings import FULL_VISIT
from tests.tapers.story import FORTY_MG, REASONS, june, may, morning_of

WEEKLY = Prescription(
    Agent.METHOTREXATE,
    starts_on=may(4),
    start_mg=Decimal(15),
    frequency=Frequency.ONCE_A_WEEK,
)
NOT_AUDITED = {
    "alerts_of_reports": "reads rows",
    "ask_the_team": "part of a report of symptoms; the task tells of itself",
    "in_words": "answers a question, changes nothing",
    "locked_patient": "reads a row",
    "of_a_day": "answers a question, changes nothing",
    "open_alerts": "reads rows",
    "pause_text": "answers a question, changes nothing",
    "raise_alert": "part of a report of symptoms; tells of the alert it raises",
    "red_flag_key": "answers a question, changes nothing",
    "said_of": "answers a question, changes nothing",
    "symptoms_told": "answers a question, changes nothing",
    "task_key": "answers a question, changes nothing",
    "task_text": "answers a question, changes nothing",
    "ask_for_escalation": "part of a change that has its own event; the schedule tells of itself",
    "already_accepted": "answers a question, changes nothing",
    "ask_for_monitoring": "part of a change that has its own event; the schedule tells of itself",
    "ask_for_reminders": "part of a change that has its own event; the schedule tells of itself",
    "ask_for_sparing": "part of a change that has its own event; the schedule tells of itself",
    "ask_for_sparing_of": "part of storing a visit; the schedule tells of itself",
    "asks_for_a_reason": "answers a question, changes nothing",
    "cancel_reminders": "part of a change that has its own event; the schedule tells of itself",
    "cancel_sparing": "part of a change that has its own event; the schedule tells of itself",
    "check_day": "checks a value, changes nothing",
    "check_next_day": "checks a value, changes nothing",
    "check_not_ahead": "checks a value, changes nothing",
    "check_patient_is_treated": "checks a value, changes nothing",
    "checked_reasons": "checks values, changes nothing",
    "close_alerts": "part of ending a taper, which has its own event",
    "close_what_a_plan_ends": "part of activating, which has its own event",
    "complete": "part of complete_taper and report_step; writes the event itself",
    "escalation_schedules": "answers a question, changes nothing",
    "follow_the_clinic": "part of a change that has its own event; the schedule tells of itself",
    "differences": "answers a question, changes nothing",
    "evaluate_course": "part of storing a visit or a report; tells of each warning it raises",
    "evaluate_courses": "tells of each warning it raises, and opens a task for what it cannot read",
    "read_course": "tells of each warning and each mail asked for, opens a task where it fails",
    "try_course": "tells of each warning it raises, and opens a task for what it cannot read",
    "end": "part of stop_taper and complete_taper, which have their own events",
    "keep_reasons": "part of starting and revising a drug; acknowledge_alert tells of each",
    "locked": "reads a row",
    "locked_alert": "reads a row",
    "proposed_protocol": "checks values, changes nothing",
    "status_after": "answers a question, changes nothing",
    "store_findings": "part of activating and revising; tells of each warning accepted or open",
    "store_revision": "part of drafting and revising, which have their own events",
    "stored_source": "turns a value into JSON",
    "today_of": "answers a question, changes nothing",
    "words": "checks a value, changes nothing",
}


def record_follow_ups(world):
    follow_up.record_follow_ups(
        actor=world.nurse, patient=world.patient, items=["EYES"], on=may(4), at=world.at
    )


def draft_taper(world):
    drafting.draft_taper(actor=world.nurse, patient=world.patient, proposal=FORTY_MG, at=world.at)


def discard_draft(world):
    drafting.discard_draft(actor=world.nurse, taper=world.draft, at=world.at)


def activate_taper(world):
    drafting.activate_taper(actor=world.prescriber, taper=world.draft, reasons=REASONS, at=world.at)


def start_taper(world):
    drafting.start_taper(
        actor=world.prescriber,
        patient=world.patient,
        proposal=FORTY_MG,
        reasons=REASONS,
        at=world.at,
    )


def revise_taper(world):
    changing.revise_taper(
        actor=world.prescriber,
        taper=world.running,
        reason="Tired",
        reasons=REASONS,
        starts_on=may(6),
        daily_mg=FORTY_MG.daily_mg,
        regimen=FAST,
        at=world.at,
    )


def hold_taper(world):
    changing.hold_taper(
        actor=world.nurse, taper=world.running, on=may(4), reason="Fever", at=world.at
    )


def resume_taper(world):
    hold_taper(world)
    changing.resume_taper(actor=world.prescriber, taper=world.running, on=may(5), at=world.at)


def stop_taper(world):
    changing.stop_taper(
        actor=world.prescriber, taper=world.running, on=may(4), reason="Moved", at=world.at
    )


def complete_taper(world):
    changing.complete_taper(
        actor=world.prescriber, taper=world.running, on=june(15), at=morning_of(june(15))
    )


def take_back_report(world):
    report_step(world)
    taking_back.take_back_report(
        actor=world.nurse,
        taper=world.running,
        report=world.running.reports.get(),
        reason="The wrong patient",
        at=world.at,
    )


def report_step(world):
    reporting.report_step(
        actor=world.nurse,
        taper=world.running,
        step_number=1,
        outcome="TAKEN",
        taken_on=may(4),
        reported_by="STAFF",
        at=world.at,
    )


def acknowledge_alert(world):
    alert = AlertFactory(taper=world.running)
    alerts.acknowledge_alert(actor=world.prescriber, alert=alert, reason="Agreed", at=world.at)


def assign_alert(world):
    alert = AlertFactory(taper=world.running)
    owner = Membership.objects.get(user=world.nurse)
    alert_care.assign_alert(actor=world.nurse, alert=alert, owner=owner, at=world.at)


def check_alert(world):
    alert = AlertFactory(taper=world.running)
    alerts.acknowledge_alert(actor=world.prescriber, alert=alert, reason="Agreed", at=world.at)
    alert_care.check_alert(actor=world.prescriber, alert=alert, note="Better", at=world.at)


def change_protocol(world):
    clinic = world.patient.clinic
    lead = MembershipFactory(clinic=clinic, role="NURSE", is_lead=True).user
    protocols.change_protocol(
        actor=lead,
        clinic=clinic,
        changes={"visit_due_days": 35},
        reason="Few rooms",
        version=1,
        at=world.at,
    )


def sign_rules(world):
    signatures.sign_rules(
        actor=world.prescriber,
        clinic=world.patient.clinic,
        rulebook_version=VERSION,
        protocol_version=1,
        at=world.at,
    )


def record_assessment(world):
    assessments.record_assessment(
        actor=world.nurse,
        patient=world.patient,
        assessed_on=date(2026, 5, 3),
        rater="R. Ames",
        readings=FULL_VISIT,
        at=world.at,
    )


def correct_assessment(world):
    assessments.correct_assessment(
        actor=world.nurse,
        assessment=AssessmentFactory(patient=world.patient),
        assessed_on=date(2026, 5, 3),
        rater="R. Ames",
        readings=FULL_VISIT,
        reason="Wrong day",
        at=world.at,
    )


def record_past_taper(world):
    past_tapers.record_past_taper(
        actor=world.nurse,
        patient=world.patient,
        drug=FORTY_MG.drug,
        daily_mg=FORTY_MG.daily_mg,
        steps=[(date(2025, 3, 3), Decimal(5)), (date(2025, 3, 10), Decimal(0))],
        at=world.at,
    )


def mark_past_taper_in_error(world):
    taper = past_tapers.record_past_taper(
        actor=world.nurse,
        patient=world.patient,
        drug=FORTY_MG.drug,
        daily_mg=FORTY_MG.daily_mg,
        steps=[(date(2025, 3, 3), Decimal(5)), (date(2025, 3, 10), Decimal(0))],
        at=world.at,
    )
    past_tapers.mark_past_taper_in_error(
        actor=world.prescriber, taper=taper, reason="Another patient", at=world.at
    )


def record_fact(world):
    facts.record_fact(
        actor=world.nurse,
        patient=world.patient,
        kind=FactKind.FALL,
        given={"on": may(3)},
        at=world.at,
    )


def end_fact(world):
    medicine = KnownFactFactory(patient=world.patient, kind="MEDICINE", code="STATIN")
    facts.end_fact(actor=world.nurse, fact=medicine, until_on=may(3), at=world.at)


def correct_fact(world):
    facts.correct_fact(
        actor=world.nurse,
        fact=KnownFactFactory(patient=world.patient),
        given={"on": may(3)},
        reason="Another day",
        at=world.at,
    )


def mark_fact_in_error(world):
    fall = KnownFactFactory(patient=world.patient)
    facts.mark_fact_in_error(actor=world.nurse, fact=fall, reason="Wrong patient", at=world.at)


def record_exposure(world):
    facts.record_exposure(
        actor=world.nurse,
        patient=world.patient,
        drug="PREDNISONE",
        daily_mg=FORTY_MG.daily_mg,
        at=world.at,
    )


def correct_exposure(world):
    facts.correct_exposure(
        actor=world.nurse,
        exposure=SteroidExposureFactory(patient=world.patient),
        drug="PREDNISONE",
        daily_mg=FORTY_MG.daily_mg,
        reason="Misread",
        at=world.at,
    )


def mark_exposure_in_error(world):
    facts.mark_exposure_in_error(
        actor=world.nurse,
        exposure=SteroidExposureFactory(patient=world.patient),
        reason="Wrong patient",
        at=world.at,
    )


def report_symptoms(world):
    symptoms.report_symptoms(
        actor=world.nurse,
        patient=world.patient,
        symptoms=["FAINTING"],
        reported_by="PATIENT",
        at=world.at,
    )


def lift_red_flag(world):
    report_symptoms(world)
    symptoms.lift_red_flag(
        actor=world.prescriber, patient=world.patient, reason="Seen", at=world.at
    )


def mark_symptoms_in_error(world):
    report_symptoms(world)
    symptoms_in_error.mark_symptoms_in_error(
        actor=world.prescriber,
        report=world.patient.symptom_reports.get(),
        reason="The wrong patient",
        at=world.at,
    )


def start_sparing(world):
    return sparing.start_sparing(
        actor=world.prescriber,
        patient=world.patient,
        prescription=WEEKLY,
        reasons={"MTX_NO_FOLATE": "Allergy"},
        at=world.at,
    )


def revise_sparing(world):
    sparing.revise_sparing(
        actor=world.prescriber,
        course=start_sparing(world),
        prescription=replace(WEEKLY, start_mg=Decimal(10), starts_on=may(11)),
        reason="Nausea",
        reasons={},
        at=world.at,
    )


def end_sparing(world):
    sparing.end_sparing(
        actor=world.prescriber,
        course=start_sparing(world),
        on=may(4),
        reason="Cough",
        at=world.at,
    )


def discard_sparing(world):
    sparing.discard_sparing(
        actor=world.prescriber, course=start_sparing(world), reason="Wrong patient", at=world.at
    )


def record_infusion(world):
    return infusions.record_infusion(
        actor=world.nurse,
        patient=world.patient,
        infusion=infusions.GivenInfusion(may(4), "Immunoglobulin 10 %", Decimal(2)),
        at=world.at,
    )


def discard_infusion(world):
    infusions.discard_infusion(
        actor=world.nurse, infusion=record_infusion(world), reason="Twice", at=world.at
    )


def change_reminder_policy(world):
    clinic = world.patient.clinic
    lead = MembershipFactory(clinic=clinic, role="PRESCRIBER", is_lead=True).user
    reminder_policy.change_reminder_policy(
        actor=lead, clinic=clinic, changes={"step_lead_days": 9}, at=world.at
    )


EXAMPLES = {
    record_follow_ups: Event.FACT_RECORDED,
    draft_taper: Event.TAPER_DRAFTED,
    discard_draft: Event.DRAFT_DISCARDED,
    activate_taper: Event.TAPER_STARTED,
    start_taper: Event.TAPER_STARTED,
    revise_taper: Event.PLAN_REVISED,
    hold_taper: Event.TAPER_HELD,
    resume_taper: Event.TAPER_RESUMED,
    stop_taper: Event.TAPER_STOPPED,
    complete_taper: Event.TAPER_COMPLETED,
    report_step: Event.STEP_REPORTED,
    take_back_report: Event.STEP_REPORT_TAKEN_BACK,
    record_past_taper: Event.PAST_TAPER_RECORDED,
    mark_past_taper_in_error: Event.PAST_TAPER_IN_ERROR,
    record_fact: Event.FACT_RECORDED,
    end_fact: Event.FACT_ENDED,
    correct_fact: Event.FACT_CORRECTED,
    mark_fact_in_error: Event.FACT_IN_ERROR,
    record_exposure: Event.EXPOSURE_RECORDED,
    correct_exposure: Event.EXPOSURE_CORRECTED,
    mark_exposure_in_error: Event.EXPOSURE_CORRECTED,
    report_symptoms: Event.SYMPTOMS_REPORTED,
    lift_red_flag: Event.RED_FLAG_LIFTED,
    mark_symptoms_in_error: Event.SYMPTOMS_IN_ERROR,
    acknowledge_alert: Event.ALERT_ACKNOWLEDGED,
    assign_alert: Event.ALERT_ASSIGNED,
    check_alert: Event.ALERT_CHECKED,
    change_protocol: Event.PROTOCOL_CHANGED,
    sign_rules: Event.RULES_SIGNED,
    record_assessment: Event.ASSESSMENT_RECORDED,
    correct_assessment: Event.ASSESSMENT_CORRECTED,
    start_sparing: Event.SPARING_STARTED,
    revise_sparing: Event.SPARING_REVISED,
    end_sparing: Event.SPARING_ENDED,
    discard_sparing: Event.SPARING_DISCARDED,
    record_infusion: Event.INFUSION_RECORDED,
    discard_infusion: Event.INFUSION_DISCARDED,
    change_reminder_policy: Event.CLINIC_CHANGED,
}


OF_THE_CLINIC = {Event.CLINIC_CHANGED, Event.PROTOCOL_CHANGED, Event.RULES_SIGNED}


class World:
    """Drafts and running tapers are made when an example asks: one patient, one running taper."""

    def __init__(self, **cast):
        self.__dict__.update(cast)

    @property
    def draft(self):
        return TaperFactory(patient=self.patient)

    @property
    def running(self):
        running = self.patient.tapers.filter(activated_at__isnull=False).first()
        return running or TaperFactory(patient=self.patient, running=True)


@pytest.fixture
def world(nurse, prescriber, patient, at):
    return World(nurse=nurse, prescriber=prescriber, patient=patient, at=at)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("example", "event"), EXAMPLES.items(), ids=[each.__name__ for each in EXAMPLES]
)
def test_a_service_leaves_a_row_in_the_trail(example, event, world):
    example(world)

    row = AuditEvent.objects.get(event=event)
    assert row.patient == (None if event in OF_THE_CLINIC else world.patient)
    assert row.actor is not None
    assert "mg" not in str(row.details.get("reason", ""))


def test_every_public_service_has_an_example_or_a_reason():
    known = {each.__name__ for each in EXAMPLES} | set(NOT_AUDITED)

    assert set(_public_functions()) == known


def _public_functions():
    for module in iter_modules(services.__path__, f"{services.__name__}."):
        loaded = import_module(module.name)
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            if function.__module__ == module.name and not name.startswith("_"):
                yield name
