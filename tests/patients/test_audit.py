import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from patients import audit
from patients.models import AuditEvent, AuditEventIsFinal
from patients.vocabulary import Event
from tests.factories import PatientFactory


@pytest.fixture
def event(patient, nurse, at):
    return audit.record(Event.PATIENT_CHANGED, patient=patient, actor=nurse, at=at, fields=["sex"])


@pytest.mark.django_db
class TestRecord:
    def test_an_event_knows_its_clinic_subject_and_details(self, event, patient, nurse, at):
        event.refresh_from_db()

        assert (event.patient, event.clinic, event.actor) == (patient, patient.clinic, nurse)
        assert event.details == {"fields": ["sex"]}
        assert event.at == at

    @pytest.mark.parametrize("authors", ["neither", "both"])
    def test_an_event_has_exactly_one_author(self, authors, patient, nurse, at):
        who = {"actor": nurse, "system": "engine"} if authors == "both" else {}

        with pytest.raises(IntegrityError), transaction.atomic():
            audit.record(Event.PATIENT_CHANGED, patient=patient, at=at, **who)


@pytest.mark.django_db
class TestAppendOnly:
    def test_an_event_is_not_saved_again(self, event):
        event.system = "somebody else"

        with pytest.raises(AuditEventIsFinal):
            event.save()

    def test_an_event_is_not_deleted(self, event):
        with pytest.raises(AuditEventIsFinal):
            event.delete()

    def test_the_database_refuses_to_change_events_wholesale(self, event):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            AuditEvent.objects.update(system="somebody else")

    def test_the_database_refuses_to_delete_events_wholesale(self, event):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            AuditEvent.objects.all().delete()

    @pytest.mark.parametrize(
        "sql",
        ["UPDATE patients_auditevent SET details = '{}'", "DELETE FROM patients_auditevent"],
    )
    def test_not_even_sql_gets_past_the_trigger(self, sql, event):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)

        assert AuditEvent.objects.get().details == {"fields": ["sex"]}


@pytest.mark.django_db
class TestRecordRead:
    def test_one_patient(self, patient, nurse, at):
        event = audit.record_read(actor=nurse, at=at, patient=patient, what="patient page")

        assert (event.event, event.patient) == (Event.RECORD_READ, patient)
        assert event.details == {"what": "patient page"}

    def test_a_list_is_one_row_with_the_ids_it_showed(
        self, clinic, nurse, at, django_assert_num_queries
    ):
        shown = PatientFactory.create_batch(3, clinic=clinic)

        with django_assert_num_queries(1):
            event = audit.record_read(actor=nurse, at=at, patients=shown, what="patient list")

        assert event.details["patients"] == [str(patient.pk) for patient in shown]

    def test_ids_will_do(self, patient, nurse, at):
        event = audit.record_read(actor=nurse, at=at, patients=[patient.pk], what="list")

        assert event.details["patients"] == [str(patient.pk)]
