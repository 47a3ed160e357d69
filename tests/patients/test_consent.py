from datetime import timedelta

import pytest

from patients.errors import BadInput, NoAddress, NoStandingConsent, NotFound, NotPermitted
from patients.models import AddressVerification, AuditEvent, Consent
from patients.selectors import consents_of, standing_consent, verification_by_token
from patients.services.consent import (
    VERIFICATION_LIFE,
    give_consent,
    issue_verification,
    verify_address,
    withdraw_consent,
)
from patients.services.patients import flag_address, update_patient
from patients.vocabulary import Content, Event
from tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def give(nurse, patient, clinic_monday, at):
    def give(**changes):
        values = {
            "channel": "EMAIL",
            "content": "MINIMAL",
            "given_on": clinic_monday,
            "text_version": "2026-01",
        } | changes
        return give_consent(actor=nurse, patient=patient, **values, at=at)

    return give


class TestGive:
    def test_consent_stands_from_the_moment_it_is_recorded(self, give, patient, nurse):
        consent = give()

        assert standing_consent(patient=patient) == consent
        assert consent.recorded_by == nurse
        assert consents_of(actor=nurse, patient=patient) == [consent]

    def test_a_new_consent_takes_the_place_of_the_old(self, give, patient, nurse, at):
        old = give()

        new = give(content="DETAILS")

        old.refresh_from_db()
        assert (old.withdrawn_at, old.withdrawn_by) == (at, nurse)
        assert standing_consent(patient=patient) == new
        assert new.content == Content.DETAILS

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("channel", "SMS"),
            ("channel", None),
            ("content", "minimal"),
            ("text_version", ""),
            ("text_version", "1\x00"),
            ("text_version", "x" * 41),
            ("given_on", "2026-05-04"),
        ],
    )
    def test_odd_values_are_refused_by_name(self, field, value, give):
        with pytest.raises(BadInput) as refused:
            give(**{field: value})

        assert list(refused.value.fields) == [field]
        assert not Consent.objects.exists()

    @pytest.mark.parametrize("days", [1, 365 * 7000])
    def test_consent_is_not_given_in_the_future(self, days, give, clinic_monday):
        with pytest.raises(BadInput):
            give(given_on=clinic_monday + timedelta(days=days))

    def test_consent_is_not_older_than_the_patient(self, give, patient):
        with pytest.raises(BadInput):
            give(given_on=patient.birth_date - timedelta(days=1))

    @pytest.mark.parametrize("who", ["reader", "stranger"])
    def test_others_may_not(self, who, request, patient, clinic_monday, at):
        with pytest.raises(NotPermitted):
            give_consent(
                actor=request.getfixturevalue(who),
                patient=patient,
                channel="EMAIL",
                content="MINIMAL",
                given_on=clinic_monday,
                text_version="1",
                at=at,
            )


class TestWithdraw:
    def test_nothing_stands_afterwards(self, give, nurse, patient, clinic_monday, at):
        give()

        consent = withdraw_consent(
            actor=nurse, patient=patient, channel="EMAIL", on=clinic_monday, at=at
        )

        assert standing_consent(patient=patient) is None
        assert not consent.is_standing
        assert AuditEvent.objects.filter(event=Event.CONSENT_WITHDRAWN).count() == 1

    def test_what_does_not_stand_cannot_be_withdrawn(self, nurse, patient, clinic_monday, at):
        with pytest.raises(NoStandingConsent):
            withdraw_consent(actor=nurse, patient=patient, channel="EMAIL", on=clinic_monday, at=at)

    def test_not_before_it_was_given(self, give, nurse, patient, clinic_monday, at):
        give()

        with pytest.raises(BadInput) as refused:
            withdraw_consent(
                actor=nurse,
                patient=patient,
                channel="EMAIL",
                on=clinic_monday - timedelta(days=1),
                at=at,
            )

        assert refused.value.field == "on"
        assert standing_consent(patient=patient) is not None


class TestVerification:
    @pytest.fixture
    def unverified(self, clinic):
        return PatientFactory(clinic=clinic, unverified=True)

    def test_the_token_stands_in_no_table(self, unverified, at):
        verification, token = issue_verification(patient=unverified, at=at)

        row = AddressVerification.objects.filter(pk=verification.pk).values().get()
        assert token not in str(row)
        assert len(token) >= 22  # 128 bits

    def test_pressing_the_button_verifies_the_address(self, unverified, at):
        _, token = issue_verification(patient=unverified, at=at)

        verify_address(token=token, at=at + timedelta(hours=1))

        unverified.refresh_from_db()
        assert unverified.email_verified_at == at + timedelta(hours=1)
        event = AuditEvent.objects.get(event=Event.ADDRESS_VERIFIED)
        assert (event.actor, event.system) == (None, "patient")

    def test_pressing_it_twice_is_not_an_error_and_changes_nothing(self, unverified, at):
        _, token = issue_verification(patient=unverified, at=at)
        verify_address(token=token, at=at)

        verify_address(token=token, at=at + timedelta(hours=1))

        unverified.refresh_from_db()
        assert unverified.email_verified_at == at
        assert AuditEvent.objects.filter(event=Event.ADDRESS_VERIFIED).count() == 1

    def test_a_verified_address_is_flagged_no_longer(self, unverified, at):
        flag_address(patient=unverified, reason="550", at=at, system="engine")
        _, token = issue_verification(patient=unverified, at=at)

        patient = verify_address(token=token, at=at)

        assert patient.email_flagged_at is None

    def test_a_link_ends_after_its_life(self, unverified, at):
        _, token = issue_verification(patient=unverified, at=at)

        with pytest.raises(NotFound):
            verify_address(token=token, at=at + VERIFICATION_LIFE)

    def test_a_link_for_another_address_is_void(self, unverified, nurse, at):
        _, token = issue_verification(patient=unverified, at=at)
        changes = {"email": "other@mail.example"}
        update_patient(actor=nurse, patient=unverified, changes=changes, at=at)

        with pytest.raises(NotFound):
            verify_address(token=token, at=at)

        unverified.refresh_from_db()
        assert unverified.email_verified_at is None

    def test_a_used_link_does_not_verify_an_address_that_was_changed_and_changed_back(
        self, unverified, nurse, at
    ):
        _, token = issue_verification(patient=unverified, at=at)
        verify_address(token=token, at=at)
        for email in ("other@mail.example", unverified.email):
            update_patient(actor=nurse, patient=unverified, changes={"email": email}, at=at)

        with pytest.raises(NotFound):
            verify_address(token=token, at=at)

    @pytest.mark.parametrize("token", ["", "x", "\x00", "ü" * 10_000, "\ud800", "' OR 1=1 --"])
    def test_no_other_token_opens_anything(self, token, unverified, at):
        issue_verification(patient=unverified, at=at)

        with pytest.raises(NotFound):
            verify_address(token=token, at=at)
        with pytest.raises(NotFound):
            verification_by_token(token, at=at)

    def test_the_page_knows_whose_link_it_is(self, unverified, at, django_assert_num_queries):
        verification, token = issue_verification(patient=unverified, at=at)

        with django_assert_num_queries(1):
            found = verification_by_token(token, at=at)
            assert found.patient.clinic.name

        assert found == verification

    def test_without_an_address_there_is_nothing_to_verify(self, clinic, at):
        nowhere = PatientFactory(clinic=clinic, email="", unverified=True)

        with pytest.raises(NoAddress):
            issue_verification(patient=nowhere, at=at)
