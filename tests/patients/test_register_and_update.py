from datetime import date, datetime, timedelta

import pytest

from patients.errors import BadInput, NotPermitted
from patients.models import AuditEvent, Patient, TeamTask
from patients.services.patients import (
    flag_address,
    pause_reminders,
    register_patient,
    set_next_assessment_due,
    unpause_reminders,
    update_patient,
    validate_patient,
)
from patients.vocabulary import Event, PatientStatus
from tests.factories import PatientFactory

TODAY = date(2026, 5, 4)
ADA = {
    "record_number": "MRN-1",
    "given_name": "Ada",
    "family_name": "Rivers",
    "birth_date": date(1958, 3, 14),
    "sex": "FEMALE",
    "time_zone": "America/Chicago",
}


@pytest.mark.django_db
class TestRegister:
    def test_a_nurse_registers_a_patient(self, nurse, clinic, at):
        patient = register_patient(actor=nurse, clinic=clinic, **ADA, at=at)

        assert patient.code == "TL-0001"
        assert (patient.status, patient.status_changed_at) == (PatientStatus.ACTIVE, at)
        assert (patient.created_by, patient.created_at) == (nurse, at)
        assert patient.email_verified_at is None

    def test_codes_count_up_in_each_clinic(self, nurse, clinic, stranger, other_clinic, at):
        codes = [
            register_patient(
                actor=nurse, clinic=clinic, **ADA | {"record_number": number}, at=at
            ).code
            for number in ("A", "B")
        ]
        elsewhere = register_patient(actor=stranger, clinic=other_clinic, **ADA, at=at)

        assert codes == ["TL-0001", "TL-0002"]
        assert elsewhere.code == "TL-0001"

    def test_a_record_number_is_taken_once(self, nurse, clinic, at):
        register_patient(actor=nurse, clinic=clinic, **ADA, at=at)

        with pytest.raises(BadInput) as refused:
            register_patient(actor=nurse, clinic=clinic, **ADA, at=at)

        assert refused.value.field == "record_number"
        assert Patient.objects.count() == 1

    def test_a_refused_registration_uses_up_no_code(self, nurse, clinic, at):
        register_patient(actor=nurse, clinic=clinic, **ADA, at=at)
        with pytest.raises(BadInput):
            register_patient(actor=nurse, clinic=clinic, **ADA, at=at)

        second = register_patient(
            actor=nurse, clinic=clinic, **ADA | {"record_number": "MRN-2"}, at=at
        )

        assert second.code == "TL-0002"

    @pytest.mark.parametrize("who", ["reader", "stranger"])
    def test_others_may_not(self, who, request, clinic, at):
        with pytest.raises(NotPermitted):
            register_patient(actor=request.getfixturevalue(who), clinic=clinic, **ADA, at=at)

    def test_the_trail_holds_no_name(self, nurse, clinic, at):
        patient = register_patient(actor=nurse, clinic=clinic, **ADA, at=at)
        update_patient(
            actor=nurse,
            patient=patient,
            changes={"family_name": "Streams", "email": "a@b.example"},
            at=at,
        )

        trail = str(list(AuditEvent.objects.values_list("details", flat=True)))
        assert "Streams" not in trail
        assert "Rivers" not in trail
        assert "b.example" not in trail


@pytest.mark.django_db
class TestUpdate:
    def test_what_differs_is_changed_and_named_in_the_trail(self, nurse, patient, at):
        changed = update_patient(
            actor=nurse,
            patient=patient,
            changes={"given_name": patient.given_name, "time_zone": "Europe/Berlin"},
            at=at,
        )

        assert changed.time_zone == "Europe/Berlin"
        event = AuditEvent.objects.get(event=Event.PATIENT_CHANGED)
        assert event.details["fields"] == ["time_zone"]
        assert event.details["changes"] == {"time_zone": ["America/Chicago", "Europe/Berlin"]}

    def test_nothing_different_leaves_no_trace(self, nurse, patient, at):
        update_patient(actor=nurse, patient=patient, changes={"given_name": "Ada"}, at=at)

        assert not AuditEvent.objects.exists()

    def test_a_new_address_is_neither_verified_nor_flagged(self, nurse, patient, at):
        flag_address(patient=patient, reason="550 no such user", at=at, system="engine")

        changed = update_patient(
            actor=nurse, patient=patient, changes={"email": "new@mail.example"}, at=at
        )

        changed.refresh_from_db()
        assert changed.email_verified_at is None
        assert changed.email_flagged_at is None
        assert changed.email_flag_reason == ""

    def test_a_new_address_settles_the_task_to_correct_it(self, nurse, patient, at):
        flag_address(patient=patient, reason="550", at=at, system="engine")

        update_patient(actor=nurse, patient=patient, changes={"email": "new@mail.example"}, at=at)

        task = TeamTask.objects.get()
        assert (task.done_at, task.done_by) == (at, nurse)

    def test_an_address_can_be_taken_away(self, nurse, patient, at):
        changed = update_patient(actor=nurse, patient=patient, changes={"email": ""}, at=at)

        assert (changed.email, changed.email_verified_at) == ("", None)

    def test_a_death_is_an_event_of_its_own(self, nurse, patient, at):
        later = at + timedelta(days=3)

        changed = update_patient(actor=nurse, patient=patient, changes={"status": "DIED"}, at=later)

        assert (changed.status, changed.status_changed_at) == (PatientStatus.DIED, later)
        event = AuditEvent.objects.get()
        assert event.event == Event.PATIENT_STATUS_CHANGED
        assert event.details == {"before": "ACTIVE", "after": "DIED"}

    def test_a_record_number_of_another_patient_is_refused(self, nurse, clinic, patient, at):
        other = PatientFactory(clinic=clinic)

        with pytest.raises(BadInput) as refused:
            update_patient(
                actor=nurse,
                patient=patient,
                changes={"record_number": other.record_number},
                at=at,
            )

        assert list(refused.value.fields) == ["record_number"]

    @pytest.mark.parametrize("field", ["clinic", "code", "email_verified_at", "id", "nonsense"])
    def test_what_is_not_a_patients_detail_is_refused_by_name(self, field, nurse, patient, at):
        with pytest.raises(BadInput) as refused:
            update_patient(actor=nurse, patient=patient, changes={field: "x"}, at=at)

        assert list(refused.value.fields) == [field]

    def test_an_older_copy_does_not_undo_a_newer_change(self, nurse, patient, at):
        stale = Patient.objects.get(pk=patient.pk)
        update_patient(actor=nurse, patient=patient, changes={"phone": "555 0101"}, at=at)

        changed = update_patient(actor=nurse, patient=stale, changes={"given_name": "Eve"}, at=at)

        changed.refresh_from_db()
        assert (changed.phone, changed.given_name) == ("555 0101", "Eve")


@pytest.mark.django_db
class TestFlagAndPause:
    def test_a_refused_address_is_flagged_once_and_asks_the_team_once(self, patient, at):
        for reason in ("550 5.1.1\r\nno such user", "550 again"):
            flag_address(patient=patient, reason=reason, at=at, system="engine")

        patient.refresh_from_db()
        assert patient.email_flag_reason == "550 5.1.1 no such user"
        assert TeamTask.objects.get().kind == "CORRECT_ADDRESS"
        assert AuditEvent.objects.filter(event=Event.ADDRESS_FLAGGED).count() == 1

    def test_an_endless_reason_is_cut(self, patient, at):
        flag_address(patient=patient, reason="x" * 10_000, at=at, system="engine")

        patient.refresh_from_db()
        assert len(patient.email_flag_reason) == 300

    def test_reminders_pause_with_a_reason_and_go_on(self, nurse, prescriber, patient, at):
        paused = pause_reminders(actor=nurse, patient=patient, reason="Fever", at=at)
        assert (paused.reminders_paused_at, paused.reminders_paused_reason) == (at, "Fever")

        with pytest.raises(NotPermitted):
            unpause_reminders(actor=nurse, patient=patient, at=at)

        assert (
            unpause_reminders(actor=prescriber, patient=patient, at=at).reminders_paused_at is None
        )

    def test_a_pause_needs_its_reason(self, nurse, patient, at):
        with pytest.raises(BadInput) as refused:
            pause_reminders(actor=nurse, patient=patient, reason=" ", at=at)

        assert refused.value.field == "reason"

    def test_the_next_visit_is_a_stored_day(self, patient, clinic_monday):
        set_next_assessment_due(patient=patient, due_on=clinic_monday)

        patient.refresh_from_db()
        assert patient.next_assessment_due_on == clinic_monday


class TestValues:
    """Hostile and odd values; the same check stands behind the pages and REST."""

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("given_name", ""),
            ("given_name", "   "),
            ("given_name", None),
            ("given_name", 7),
            ("given_name", ["Ada"]),
            ("given_name", "A\x00da"),
            ("given_name", "Ada\r\nBcc: all@mail.example"),
            ("given_name", "Ada\u2028"),
            ("given_name", "Ada\u202egnp.exe"),
            ("given_name", "\ud800"),
            ("given_name", "\u200b"),
            ("given_name", "..."),
            ("given_name", "x" * 61),
            ("family_name", "x" * 10_000),
            ("family_name", "e\u0301" * 61),
            ("record_number", ""),
            ("record_number", "x" * 41),
            ("record_number", "1\t2"),
            ("birth_date", date(1, 1, 1)),
            ("birth_date", date(1899, 12, 31)),
            ("birth_date", date(9999, 12, 31)),
            ("birth_date", TODAY + timedelta(days=1)),
            ("birth_date", datetime(1958, 3, 14, 12, 0)),  # noqa: DTZ001 - an instant is no day
            ("birth_date", "1958-03-14"),
            ("birth_date", None),
            ("sex", "female"),
            ("sex", "F"),
            ("sex", None),
            ("sex", True),
            ("status", "ENTERED_IN_ERROR"),
            ("language", "EN"),
            ("language", "tlh"),
            ("time_zone", ""),
            ("time_zone", "Mars/Olympus"),
            ("time_zone", "america/chicago"),
            ("time_zone", "../../etc/passwd"),
            ("time_zone", "UTC\x00"),
            ("time_zone", "localtime"),
            ("time_zone", None),
            ("email", "ada"),
            ("email", "ada@"),
            ("email", "@mail.example"),
            ("email", "ada@localhost"),
            ("email", "ada@[127.0.0.1]"),
            ("email", "ada@[IPv6:::1]"),
            ("email", '"ada b"@mail.example'),
            ("email", "ada@mail.example\nBcc: all@mail.example"),
            ("email", "ada@mail.example\r\n"),
            ("email", "ada@mail.example, eve@mail.example"),
            ("email", "Ada <ada@mail.example>"),
            ("email", "ada\x00@mail.example"),
            ("email", "ädä@mail.example"),
            ("email", f"ada@{'x' * 64}.example"),
            ("email", f"{'x' * 250}@mail.example"),
            ("email", "a@" + "x" * 10_000),
            ("email", f"{'x' * 60}@{'ü' * 40}.{'ü' * 40}.{'ü' * 40}.{'ü' * 40}.example"),
            ("email", None),
            ("phone", "call me"),
            ("phone", "+1 312 555 0100\r\nX: y"),
            ("phone", "1" * 33),
        ],
    )
    def test_it_is_refused_by_name(self, field, value):
        with pytest.raises(BadInput) as refused:
            validate_patient({field: value}, today=TODAY)

        assert list(refused.value.fields) == [field]
        assert refused.value.code == "INVALID"

    @pytest.mark.parametrize(
        ("field", "value", "stored"),
        [
            ("given_name", "  Ada  ", "Ada"),
            ("given_name", "O'Brien-Núñez", "O'Brien-Núñez"),
            ("given_name", "Zoe\u0308", "Zo\u00eb"),
            ("given_name", "李", "李"),
            ("family_name", "x" * 60, "x" * 60),
            ("birth_date", date(1900, 1, 1), date(1900, 1, 1)),
            ("birth_date", TODAY, TODAY),
            ("email", "", ""),
            ("email", " Ada.R+ibm@Mail.Example ", "Ada.R+ibm@mail.example"),
            ("email", "ada@bücher.example", "ada@xn--bcher-kva.example"),
            ("phone", "", ""),
            ("phone", "+1 (312) 555-0100 ext. 12", "+1 (312) 555-0100 ext. 12"),
            ("time_zone", "Pacific/Apia", "Pacific/Apia"),
        ],
    )
    def test_it_is_taken(self, field, value, stored):
        assert validate_patient({field: value}, today=TODAY) == {field: stored}

    def test_every_field_at_fault_is_named_at_once(self):
        with pytest.raises(BadInput) as refused:
            validate_patient({"given_name": "", "sex": "X", "family_name": "Ok"}, today=TODAY)

        assert set(refused.value.fields) == {"given_name", "sex"}

    def test_the_allowed_range_is_in_the_sentence(self):
        with pytest.raises(BadInput, match="between 1900-01-01 and 2026-05-04"):
            validate_patient({"birth_date": date(1800, 1, 1)}, today=TODAY)
