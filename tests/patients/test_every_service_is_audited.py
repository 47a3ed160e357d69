"""Forgetting the trail is a red test: every public service is called here, and must leave a row."""

import inspect
from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from pkgutil import iter_modules
from uuid import uuid4

import pytest

from patients import services
from patients.facts import FactKind
from patients.links import FOLDER, path_for
from patients.models import AuditEvent
from patients.services import (
    assessments,
    clinics,
    consent,
    diagnosis,
    exposure,
    facts,
    links,
    patients,
    tasks,
    visit_sets,
)
from patients.vocabulary import Event, TaskKind
from tests.factories import (
    AddressVerificationFactory,
    AssessmentFactory,
    ConsentFactory,
    KnownFactFactory,
    MembershipFactory,
    PatientFactory,
    SteroidExposureFactory,
    TeamTaskFactory,
    UserFactory,
)
from tests.patients.readings import FULL_VISIT

NOT_AUDITED = {
    "validate_patient": "checks values, changes nothing",
    "check_some_details": "checks values, changes nothing",
    "check_some_fields": "checks values, changes nothing",
    "validate_clinic": "checks values, changes nothing",
    "validate_drug": "checks a value, changes nothing",
    "last_day_to_record": "answers a question, changes nothing",
    "has_red_flag": "answers a question, changes nothing",
    "set_next_assessment_due": "a stored figure; what moved it has its own event",
    "keep_draft": "what is typed and not recorded is no part of the record",
    "drop_draft": "what is typed and not recorded is no part of the record",
    "answer_kept": "answers a question, changes nothing",
    "keep_answer": "a copy of an answer for a day; what changed has its own event",
    "forget_answers": "no part of the record",
    "issue_verification": "part of asking for a mail, whose sending has its own event",
}
NEW_PATIENT = {
    "record_number": "A-1",
    "given_name": "Ada",
    "family_name": "Rivers",
    "sex": "FEMALE",
    "time_zone": "America/Chicago",
}


def register_patient(world):
    patients.register_patient(
        actor=world.nurse, clinic=world.clinic, birth_date=world.day, at=world.at, **NEW_PATIENT
    )


def update_patient(world):
    changes = {"given_name": "Grace"}
    patients.update_patient(actor=world.nurse, patient=world.patient, changes=changes, at=world.at)


def flag_address(world):
    patients.flag_address(
        patient=world.patient, reason="550 no such user", at=world.at, system="engine"
    )


def pause_reminders(world):
    patients.pause_reminders(actor=world.nurse, patient=world.patient, reason="Fever", at=world.at)


def unpause_reminders(world):
    pause_reminders(world)
    patients.unpause_reminders(actor=world.prescriber, patient=world.patient, at=world.at)


def pause_for_red_flag(world):
    patients.pause_for_red_flag(
        actor=world.nurse, patient=world.patient, what="fainting", at=world.at
    )


def end_red_flag(world):
    pause_for_red_flag(world)
    patients.end_red_flag(actor=world.prescriber, patient=world.patient, at=world.at)


def withdraw_red_flag(world):
    pause_for_red_flag(world)
    patients.withdraw_red_flag(
        actor=world.prescriber, patient=world.patient, paused_at=None, reason="", at=world.at
    )


def give_birth_date(world):
    path = path_for(patient=world.patient, reminder_id=uuid4(), day=world.day)
    links.give_birth_date(
        token=path.removeprefix(FOLDER), birth_date=world.patient.birth_date, at=world.at
    )


def revoke_links(world):
    links.revoke_links(actor=world.nurse, patient=world.patient, at=world.at)


def give_consent(world):
    consent.give_consent(
        actor=world.nurse,
        patient=world.patient,
        channel="EMAIL",
        content="MINIMAL",
        given_on=world.day,
        text_version="1",
        at=world.at,
    )


def withdraw_consent(world):
    ConsentFactory(patient=world.patient)
    consent.withdraw_consent(
        actor=world.nurse, patient=world.patient, channel="EMAIL", on=world.day, at=world.at
    )


def verify_address(world):
    AddressVerificationFactory(token="mailed")
    consent.verify_address(token="mailed", at=world.at)


def record_diagnosis(world):
    diagnosis.record_diagnosis(
        actor=world.nurse,
        patient=world.patient,
        status="SUSPECTED",
        biopsy="NOT_DONE",
        at=world.at,
    )


def record_exposure(world):
    exposure.record_exposure(
        actor=world.nurse,
        patient=world.patient,
        drug="PREDNISONE",
        daily_mg=Decimal(40),
        at=world.at,
    )


def correct_exposure(world):
    exposure.correct_exposure(
        actor=world.nurse,
        exposure=SteroidExposureFactory(patient=world.patient),
        drug="PREDNISONE",
        daily_mg=Decimal(30),
        reason="Misread",
        at=world.at,
    )


def mark_exposure_in_error(world):
    exposure.mark_exposure_in_error(
        actor=world.nurse,
        exposure=SteroidExposureFactory(patient=world.patient),
        reason="Wrong patient",
        at=world.at,
    )


def record_fact(world):
    facts.record_fact(
        actor=world.nurse,
        patient=world.patient,
        kind=FactKind.FALL,
        given={"on": world.day},
        at=world.at,
    )


def end_fact(world):
    medicine = KnownFactFactory(patient=world.patient, kind="MEDICINE", code="STATIN")
    facts.end_fact(actor=world.nurse, fact=medicine, until_on=world.day, at=world.at)


def correct_fact(world):
    facts.correct_fact(
        actor=world.nurse,
        fact=KnownFactFactory(patient=world.patient),
        given={"on": world.day},
        reason="Another day",
        at=world.at,
    )


def mark_fact_in_error(world):
    fall = KnownFactFactory(patient=world.patient)
    facts.mark_fact_in_error(actor=world.nurse, fact=fall, reason="Wrong patient", at=world.at)


def store_assessment(world):
    assessments.store_assessment(
        actor=world.nurse,
        patient=world.patient,
        assessed_on=world.day,
        rater="R. Ames",
        readings=FULL_VISIT,
        at=world.at,
    )


def correct_assessment(world):
    assessments.correct_assessment(
        actor=world.nurse,
        assessment=AssessmentFactory(patient=world.patient),
        assessed_on=world.day,
        rater="R. Ames",
        readings=FULL_VISIT,
        reason="Wrong day",
        at=world.at,
    )


def create_clinic(world):
    clinics.create_clinic(
        actor=world.administrator, name="Lakeside", time_zone="America/Chicago", at=world.at
    )


def change_clinic(world):
    clinics.change_clinic(
        actor=world.lead, clinic=world.clinic, changes={"phone": "555 0100"}, at=world.at
    )


def add_member(world):
    clinics.add_member(
        actor=world.lead, clinic=world.clinic, user=UserFactory(), role="NURSE", at=world.at
    )


def change_member(world):
    clinics.change_member(
        actor=world.lead,
        membership=MembershipFactory(clinic=world.clinic),
        role="COORDINATOR",
        is_lead=False,
        is_active=False,
        at=world.at,
    )


def stock_tablets(world):
    clinics.stock_tablets(
        actor=world.lead,
        clinic=world.clinic,
        drug="PREDNISONE",
        strengths=((Decimal(5), True),),
        at=world.at,
    )


def choose_visit_set(world):
    visit_sets.choose_visit_set(
        actor=world.lead, clinic=world.clinic, kind="VISIT", codes=("CK", "MMT8"), at=world.at
    )


def open_task(world):
    tasks.open_task(
        clinic=world.clinic,
        patient=world.patient,
        kind=TaskKind.OTHER,
        key="call",
        text="Call.",
        at=world.at,
        system="engine",
    )


def finish_task(world):
    task = TeamTaskFactory(clinic=world.clinic)
    tasks.finish_task(actor=world.nurse, task=task, note="Called.", at=world.at)


def close_tasks(world):
    TeamTaskFactory(clinic=world.clinic, key="call")
    tasks.close_tasks(actor=world.nurse, clinic=world.clinic, key="call", at=world.at)


def close_calls(world):
    TeamTaskFactory(
        clinic=world.clinic,
        patient=world.patient,
        kind=TaskKind.CALL_PATIENT,
        key=f"call:taper:1:STEP_UNANSWERED:{world.day}",
    )
    tasks.close_calls(
        actor=world.nurse,
        patient=world.patient,
        about="taper:1",
        until=world.day,
        note="Answered.",
        at=world.at,
    )


EXAMPLES = {
    register_patient: Event.PATIENT_REGISTERED,
    update_patient: Event.PATIENT_CHANGED,
    flag_address: Event.ADDRESS_FLAGGED,
    pause_reminders: Event.PATIENT_CHANGED,
    unpause_reminders: Event.PATIENT_CHANGED,
    pause_for_red_flag: Event.PATIENT_CHANGED,
    end_red_flag: Event.PATIENT_CHANGED,
    withdraw_red_flag: Event.PATIENT_CHANGED,
    give_birth_date: Event.LINK_OPENED,
    revoke_links: Event.LINKS_REVOKED,
    give_consent: Event.CONSENT_GIVEN,
    withdraw_consent: Event.CONSENT_WITHDRAWN,
    verify_address: Event.ADDRESS_VERIFIED,
    record_diagnosis: Event.DIAGNOSIS_RECORDED,
    record_exposure: Event.EXPOSURE_RECORDED,
    correct_exposure: Event.EXPOSURE_CORRECTED,
    mark_exposure_in_error: Event.EXPOSURE_CORRECTED,
    record_fact: Event.FACT_RECORDED,
    end_fact: Event.FACT_ENDED,
    correct_fact: Event.FACT_CORRECTED,
    mark_fact_in_error: Event.FACT_IN_ERROR,
    store_assessment: Event.ASSESSMENT_RECORDED,
    correct_assessment: Event.ASSESSMENT_CORRECTED,
    create_clinic: Event.CLINIC_CREATED,
    change_clinic: Event.CLINIC_CHANGED,
    add_member: Event.MEMBER_ADDED,
    change_member: Event.CLINIC_CHANGED,
    stock_tablets: Event.CLINIC_CHANGED,
    choose_visit_set: Event.CLINIC_CHANGED,
    open_task: Event.TASK_OPENED,
    finish_task: Event.TASK_DONE,
    close_tasks: Event.TASK_DONE,
    close_calls: Event.TASK_DONE,
}


class World:
    def __init__(self, **cast):
        self.__dict__.update(cast)


@pytest.fixture
def world(clinic, nurse, prescriber, lead, administrator, clinic_monday, at):
    return World(
        clinic=clinic,
        nurse=nurse,
        prescriber=prescriber,
        lead=lead,
        administrator=administrator,
        patient=PatientFactory(clinic=clinic),
        day=clinic_monday - timedelta(days=1),
        at=at,
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("example", "event"), EXAMPLES.items(), ids=[each.__name__ for each in EXAMPLES]
)
def test_a_service_leaves_a_row_in_the_trail(example, event, world):
    before = AuditEvent.objects.count()

    example(world)

    added = AuditEvent.objects.order_by("pk").count() - before
    assert added >= 1
    assert AuditEvent.objects.filter(event=event).exists()


def test_every_public_service_has_an_example_or_a_reason():
    known = {each.__name__ for each in EXAMPLES} | set(NOT_AUDITED)

    assert set(_public_functions()) == known


def _public_functions():
    for module in iter_modules(services.__path__, f"{services.__name__}."):
        if module.name.rpartition(".")[2].startswith("_"):
            continue
        loaded = import_module(module.name)
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            if function.__module__ == module.name and not name.startswith("_"):
                yield name
