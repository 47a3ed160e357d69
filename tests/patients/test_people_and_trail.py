from datetime import date, timedelta

import pytest

from patients import audit
from patients.errors import NotFound
from patients.selectors import history_of, patient_for, patients_for
from patients.vocabulary import Event
from tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


class TestPatientFor:
    def test_a_member_finds_the_patient_with_its_clinic_in_one_query(
        self, nurse, patient, django_assert_num_queries
    ):
        with django_assert_num_queries(1):
            found = patient_for(actor=nurse, id=str(patient.pk))
            assert found.clinic.name

        assert found == patient

    @pytest.mark.parametrize("text", ["nonsense", "", "\x00", "1", "x" * 10_000])
    def test_what_is_no_id_is_not_there(self, text, nurse):
        with pytest.raises(NotFound):
            patient_for(actor=nurse, id=text)

    def test_another_clinics_patient_is_not_there(self, nurse, strangers_patient):
        with pytest.raises(NotFound):
            patient_for(actor=nurse, id=strangers_patient.pk)


class TestPatientsFor:
    @pytest.fixture
    def people(self, clinic):
        return {
            name: PatientFactory(
                clinic=clinic,
                given_name=given,
                family_name=name,
                record_number=f"MRN-{name}",
                birth_date=birth,
            )
            for name, given, birth in (
                ("Young", "Ada", date(1970, 1, 2)),
                ("Adams", "Bo", date(1960, 1, 2)),
                ("Rivers", "Ada", date(1950, 1, 2)),
            )
        }

    def names(self, **filters):
        return [patient.family_name for patient in patients_for(**filters)]

    def test_they_come_by_name(self, people, nurse):
        assert self.names(actor=nurse) == ["Adams", "Rivers", "Young"]

    @pytest.mark.parametrize(
        ("search", "found"),
        [
            ("ada", ["Adams", "Rivers", "Young"]),
            ("ada rivers", ["Rivers"]),
            ("rivers, ada", []),
            ("mrn-young", ["Young"]),
            ("1950-01-02", ["Rivers"]),
            ("%", []),
            ("nobody", []),
            ("", ["Adams", "Rivers", "Young"]),
            ("\x00", []),
            ("x" * 10_000, []),
            ("'; DROP TABLE patients_patient; --", []),
        ],
    )
    def test_every_word_must_be_found(self, search, found, people, nurse):
        assert self.names(actor=nurse, search=search) == found

    def test_by_status_and_clinic(self, people, nurse, clinic, other_clinic):
        PatientFactory(clinic=clinic, status="DIED", family_name="Gone")

        assert self.names(actor=nurse, status="DIED") == ["Gone"]
        assert self.names(actor=nurse, clinic=other_clinic) == []

    def test_a_stranger_finds_nobody(self, people, stranger):
        assert self.names(actor=stranger, search="ada") == []


class TestHistory:
    def test_newest_first_without_who_read_it(self, nurse, patient, at):
        for minutes, event in enumerate((Event.PATIENT_REGISTERED, Event.CONSENT_GIVEN)):
            audit.record(event, patient=patient, actor=nurse, at=at + timedelta(minutes=minutes))
        audit.record_read(actor=nurse, at=at, patient=patient, what="page")

        events = [row.event for row in history_of(actor=nurse, patient=patient)]

        assert events == [Event.CONSENT_GIVEN, Event.PATIENT_REGISTERED]

    def test_page_by_page(self, nurse, patient, at):
        for minutes in range(3):
            audit.record(
                Event.PATIENT_CHANGED,
                patient=patient,
                actor=nurse,
                at=at + timedelta(minutes=minutes),
            )

        first = history_of(actor=nurse, patient=patient, limit=2)
        rest = history_of(actor=nurse, patient=patient, before=first[-1].at, limit=2)

        assert [len(first), len(rest)] == [2, 1]

    def test_a_stranger_reads_none_of_it(self, nurse, stranger, patient, at):
        audit.record(Event.PATIENT_REGISTERED, patient=patient, actor=nurse, at=at)

        assert history_of(actor=stranger, patient=patient) == []
