"""Two people at the same moment, on a database with real transactions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections, transaction

from patients import audit
from patients.errors import AlreadyCorrected, BadInput, Refused
from patients.models import Assessment, AuditEvent, Consent, Patient, TeamTask
from patients.services.assessments import correct_assessment
from patients.services.consent import give_consent
from patients.services.patients import flag_address, register_patient, update_patient
from patients.vocabulary import Event
from tests.factories import AssessmentFactory, PatientFactory
from tests.patients.readings import FULL_VISIT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
AT_ONCE = 4


def all_at_once(act: Callable[[int], object]) -> list[object]:
    """Run *act* in several connections that start together; return results and refusals."""
    gate = Barrier(AT_ONCE)

    def one(number: int) -> object:
        try:
            gate.wait(timeout=10)
            return act(number)
        except Refused as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def test_no_two_patients_get_the_same_code(nurse, clinic, clinic_monday, at):
    def register(number: int) -> Patient:
        return register_patient(
            actor=nurse,
            clinic=clinic,
            record_number=f"MRN-{number}",
            given_name="Ada",
            family_name="Rivers",
            birth_date=clinic_monday,
            sex="FEMALE",
            time_zone="America/Chicago",
            at=at,
        )

    all_at_once(register)

    codes = sorted(Patient.objects.values_list("code", flat=True))
    assert codes == ["TL-0001", "TL-0002", "TL-0003", "TL-0004"]


def test_the_same_record_number_is_registered_once(nurse, clinic, clinic_monday, at):
    def register(number: int) -> Patient:
        return register_patient(
            actor=nurse,
            clinic=clinic,
            record_number="MRN-1",
            given_name="Ada",
            family_name="Rivers",
            birth_date=clinic_monday,
            sex="FEMALE",
            time_zone="America/Chicago",
            at=at,
        )

    results = all_at_once(register)

    assert sum(isinstance(result, BadInput) for result in results) == AT_ONCE - 1
    assert Patient.objects.count() == 1


def test_one_consent_stands(nurse, patient, clinic_monday, at):
    def give(number: int) -> Consent:
        return give_consent(
            actor=nurse,
            patient=patient,
            channel="EMAIL",
            content="MINIMAL",
            given_on=clinic_monday,
            text_version=str(number),
            at=at,
        )

    all_at_once(give)

    assert Consent.objects.count() == AT_ONCE
    assert Consent.objects.filter(withdrawn_at__isnull=True).count() == 1


def test_a_visit_is_corrected_once(nurse, patient, clinic_monday, at):
    wrong = AssessmentFactory(patient=patient)

    def correct(number: int) -> Assessment:
        return correct_assessment(
            actor=nurse,
            assessment=wrong,
            assessed_on=clinic_monday,
            rater="R. Ames",
            readings=FULL_VISIT,
            reason="Typing error",
            at=at,
        )

    results = all_at_once(correct)

    assert sum(isinstance(result, AlreadyCorrected) for result in results) == AT_ONCE - 1
    assert Assessment.objects.count() == 2


def test_a_refused_address_is_flagged_and_asked_for_once(patient, at):
    def flag(number: int) -> None:
        flag_address(
            patient=Patient.objects.select_related("clinic").get(pk=patient.pk),
            reason="550 no such user",
            at=at,
            system="engine",
        )

    all_at_once(flag)

    assert TeamTask.objects.count() == 1
    assert AuditEvent.objects.filter(event=Event.ADDRESS_FLAGGED).count() == 1


def test_a_registration_in_progress_does_not_hold_up_the_clinic(
    nurse, clinic, patient, clinic_monday, at
):
    """A lock that keeps others from referring to the clinic would stop every audited change."""
    another = PatientFactory(clinic=clinic)

    def record_meanwhile() -> AuditEvent:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '2s'")
                return audit.record(Event.PATIENT_CHANGED, patient=another, actor=nurse, at=at)
        finally:
            connections.close_all()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        update_patient(actor=nurse, patient=patient, changes={"record_number": "NEW"}, at=at)

        meanwhile = pool.submit(record_meanwhile).result()

    assert meanwhile.pk
