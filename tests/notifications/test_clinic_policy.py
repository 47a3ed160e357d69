"""Quiet hours, pauses and rungs of a clinic; and the one predicate over all kinds and states."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import User

from notifications import engine, selectors
from notifications.models import ClinicPolicy
from notifications.policy import (
    ASKED_FOR_NOW,
    BY_DEFAULT,
    NEVER_PAUSED,
    OF_A_REDUCTION,
    OF_A_RISE,
    Audience,
    ContactFacts,
    Kind,
    Status,
    may_contact,
    quiet_until,
)
from notifications.services.policy import (
    AlreadyPaused,
    NotPaused,
    change_policy,
    lift_pause,
    pause_sending,
)
from patients.errors import BadInput, NotPermitted
from patients.models import Clinic, Patient, TeamTask
from patients.vocabulary import RED_FLAG_PAUSE, PatientStatus, TaskKind
from tests import factories
from tests.notifications.conftest import Ask
from tests.services import Mailbox

AT = datetime(2026, 5, 5, 13, tzinfo=UTC)  # 08:00 in Chicago
NIGHT = datetime(2026, 5, 6, 3, tzinfo=UTC)  # 22:00 in Chicago
CHICAGO = "America/Chicago"


@pytest.fixture
def lead(clinic: Clinic) -> User:
    member = factories.MembershipFactory(clinic=clinic, role="PRESCRIBER", is_lead=True)
    user: User = member.user
    return user


def facts(kind: Kind, audience: Audience, **given: Any) -> ContactFacts:
    everything_is_well = ContactFacts(
        kind=kind,
        audience=audience,
        expires_at=AT + timedelta(days=1),
        patient_status="ACTIVE",
        consent="MINIMAL",
        has_address=True,
        address_verified=True,
        rules=BY_DEFAULT,
        time_zone=CHICAGO,
    )
    return replace(everything_is_well, **given)


# One predicate for all ------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "audience"), list(product(Kind, Audience)))
class TestEveryKindToEveryReader:
    def test_goes_when_all_is_well(self, kind: Kind, audience: Audience) -> None:
        assert may_contact(facts(kind, audience), at=AT).allowed

    @pytest.mark.parametrize("status", [each for each in PatientStatus if each != "ACTIVE"])
    def test_is_cancelled_for_a_patient_who_is_gone(
        self, kind: Kind, audience: Audience, status: str
    ) -> None:
        verdict = may_contact(facts(kind, audience, patient_status=status), at=AT)

        assert verdict.status is Status.CANCELLED
        assert verdict.reason.endswith(".")

    @pytest.mark.parametrize(
        "missing",
        [{"consent": ""}, {"has_address": False}, {"address_flagged": True}, {"paused": True}],
    )
    def test_needs_the_patients_consent_address_and_wish(
        self, kind: Kind, audience: Audience, missing: dict[str, Any]
    ) -> None:
        verdict = may_contact(facts(kind, audience, **missing), at=AT)

        assert verdict.allowed is (audience is not Audience.PATIENT)

    def test_is_stopped_by_a_red_flag_only_when_a_dose_is_to_change(
        self, kind: Kind, audience: Audience
    ) -> None:
        verdict = may_contact(facts(kind, audience, paused=True, red_flag=True), at=AT)

        stopped = audience is Audience.PATIENT and kind in OF_A_REDUCTION | OF_A_RISE
        assert verdict.allowed is not stopped

    def test_waits_for_the_morning_when_it_is_for_the_patient(
        self, kind: Kind, audience: Audience
    ) -> None:
        verdict = may_contact(facts(kind, audience), at=NIGHT)

        waits = audience is Audience.PATIENT and kind not in ASKED_FOR_NOW
        assert verdict.is_later is waits
        assert verdict.status is (Status.SCHEDULED if waits else None)
        assert verdict.again_at == (AT + timedelta(days=1) if waits else None)

    def test_waits_while_sending_is_paused_unless_it_is_never_paused(
        self, kind: Kind, audience: Audience
    ) -> None:
        verdict = may_contact(facts(kind, audience, sending_paused=True), at=AT)

        waits = (False, Status.SCHEDULED)
        goes = (True, None)
        assert (verdict.allowed, verdict.status) == (goes if kind in NEVER_PAUSED else waits)

    def test_expires_although_it_is_night_or_paused(self, kind: Kind, audience: Audience) -> None:
        late = facts(kind, audience, sending_paused=True, expires_at=NIGHT)

        assert may_contact(late, at=NIGHT).status is Status.EXPIRED


def test_what_waits_is_looked_at_when_it_expires_and_not_later() -> None:
    soon = facts(Kind.STEP_DAY, Audience.PATIENT, expires_at=NIGHT + timedelta(hours=1))

    assert may_contact(soon, at=NIGHT).again_at == NIGHT + timedelta(hours=1)


@pytest.mark.parametrize(
    ("hour", "ends"), [(19, None), (20, 24 + 8), (23, 24 + 8), (0, 8), (7, 8), (8, None)]
)
def test_quiet_hours_go_over_midnight(hour: int, ends: int | None) -> None:
    midnight = datetime(2026, 5, 5, tzinfo=UTC)
    until = quiet_until(BY_DEFAULT, zone="UTC", at=midnight + timedelta(hours=hour))

    assert until == (None if ends is None else midnight + timedelta(hours=ends))


def test_quiet_hours_that_end_when_they_begin_are_none() -> None:
    rules = replace(BY_DEFAULT, quiet_from=time(0), quiet_until=time(0))

    assert quiet_until(rules, zone="UTC", at=AT) is None


# Through the engine ---------------------------------------------------------------------------


@pytest.mark.django_db
class TestThroughTheEngine:
    def test_a_mail_of_the_night_goes_in_the_morning(self, ask: Ask, mailbox: Mailbox) -> None:
        reminder = ask(at=time(22))

        night = engine.sweep(at=NIGHT)
        reminder.refresh_from_db()

        assert (night.sent, night.retried, reminder.attempts) == (0, 1, 0)
        assert "quiet" in reminder.outcome_note
        reminder.expires_at = NIGHT + timedelta(days=2)
        reminder.save()
        assert engine.sweep(at=AT + timedelta(days=1)).sent == 1

    def test_a_pause_keeps_mail_back_until_it_is_lifted(
        self, ask: Ask, mailbox: Mailbox, clinic: Clinic, lead: User, due: datetime
    ) -> None:
        ask()
        pause = pause_sending(actor=lead, clinic=clinic, reason="A wrong text.", at=due)
        engine.sweep(at=due)
        assert mailbox.journal == []

        lift_pause(actor=lead, pause=pause, at=due + timedelta(minutes=1))

        assert engine.sweep(at=due + timedelta(minutes=1)).sent == 1

    def test_a_pause_of_one_kind_leaves_the_others(
        self, ask: Ask, mailbox: Mailbox, clinic: Clinic, lead: User, due: datetime
    ) -> None:
        ask(kind=Kind.STEP_DAY)
        visit = ask(kind=Kind.ASSESSMENT_DUE)
        pause_sending(actor=lead, clinic=clinic, kind="STEP_DAY", reason="Wrong.", at=due)

        engine.sweep(at=due)

        assert mailbox.journal == [visit.message_id]

    def test_no_pause_holds_a_red_flag_or_the_mail_that_confirms_an_address(
        self, ask: Ask, mailbox: Mailbox, clinic: Clinic, lead: User, nurse: User, due: datetime
    ) -> None:
        flag = ask(kind=Kind.RED_FLAG, audience=Audience.TEAM)
        link = ask(kind=Kind.ADDRESS_VERIFICATION)
        step = ask(kind=Kind.STEP_DAY)
        pause_sending(actor=lead, clinic=clinic, reason="A wrong text.", at=due)

        engine.sweep(at=due)

        assert set(mailbox.journal) == {flag.message_id, link.message_id}
        step.refresh_from_db()
        assert (step.status, step.outcome_note) == (Status.SCHEDULED, "Sending is paused.")

    def test_a_red_flag_lets_visits_be_reminded_of(
        self, ask: Ask, mailbox: Mailbox, reachable: Patient, due: datetime
    ) -> None:
        step, visit = ask(kind=Kind.STEP_DAY), ask(kind=Kind.ASSESSMENT_DUE)
        reachable.reminders_paused_at = due
        reachable.reminders_paused_reason = f"{RED_FLAG_PAUSE}faint"
        reachable.save()

        engine.sweep(at=due)
        step.refresh_from_db()

        assert mailbox.journal == [visit.message_id]
        assert step.status == Status.CANCELLED

    def test_an_unanswered_step_asks_the_team_and_opens_one_task(
        self, ask: Ask, mailbox: Mailbox, reachable: Patient, nurse: User, due: datetime
    ) -> None:
        ask(kind=Kind.STEP_UNANSWERED, audience=Audience.NURSES, source="taper:1")

        engine.sweep(at=due)

        task = TeamTask.objects.get(kind=TaskKind.CALL_PATIENT)
        assert task.patient == reachable
        assert len(mailbox.journal) == 1

    def test_the_last_rung_reaches_the_leads_and_nobody_else(
        self, ask: Ask, mailbox: Mailbox, nurse: User, lead: User, due: datetime
    ) -> None:
        ask(kind=Kind.STEP_ESCALATED, audience=Audience.LEADS)

        engine.sweep(at=due)

        assert mailbox.recipients == [lead.email]


# Changing it ----------------------------------------------------------------------------------


@pytest.mark.django_db
class TestChangingIt:
    def test_a_clinic_without_a_row_has_the_defaults(self, clinic: Clinic) -> None:
        assert selectors.policy_of(clinic) == BY_DEFAULT

    def test_a_lead_changes_what_is_given_and_no_more(
        self, clinic: Clinic, lead: User, at: datetime
    ) -> None:
        change_policy(actor=lead, clinic=clinic, changes={"step_lead_days": None}, at=at)
        change_policy(actor=lead, clinic=clinic, changes={"quiet_from": time(21)}, at=at)

        rules = selectors.policy_of(clinic)
        assert rules == replace(BY_DEFAULT, step_lead_days=None, quiet_from=time(21))

    def test_others_may_not(self, clinic: Clinic, nurse: User, at: datetime) -> None:
        with pytest.raises(NotPermitted):
            change_policy(actor=nurse, clinic=clinic, changes={}, at=at)
        with pytest.raises(NotPermitted):
            pause_sending(actor=nurse, clinic=clinic, reason="x", at=at)

    @pytest.mark.parametrize(
        "changes",
        [
            {"step_second_days": 0},
            {"step_second_days": 91},
            {"step_second_days": True},
            {"step_second_days": "1"},
            {"step_second_days": 4},
            {"step_lead_days": 3},
            {"quiet_from": "20:00"},
            {"team_mail_on": "SUNDAYS"},
            {"no_such": 1},
        ],
    )
    def test_what_makes_no_sense_is_refused(
        self, clinic: Clinic, lead: User, at: datetime, changes: dict[str, object]
    ) -> None:
        with pytest.raises(BadInput):
            change_policy(actor=lead, clinic=clinic, changes=changes, at=at)
        assert not ClinicPolicy.objects.exists()

    @pytest.mark.parametrize("kind", sorted(NEVER_PAUSED))
    def test_what_somebody_waits_for_is_not_paused_by_name(
        self, clinic: Clinic, lead: User, at: datetime, kind: Kind
    ) -> None:
        with pytest.raises(BadInput, match="never paused"):
            pause_sending(actor=lead, clinic=clinic, kind=kind, reason="Why.", at=at)

    @pytest.mark.parametrize("reason", ["", "  ", "x" * 301, "a\0b"])
    def test_a_pause_has_a_reason_that_can_be_read(
        self, clinic: Clinic, lead: User, at: datetime, reason: str
    ) -> None:
        with pytest.raises(BadInput) as refused:
            pause_sending(actor=lead, clinic=clinic, reason=reason, at=at)
        assert refused.value.field == "reason"

    def test_the_trail_keeps_what_was_before_and_after_and_of_what_changed_only(
        self, clinic: Clinic, lead: User, stranger: User, at: datetime
    ) -> None:
        given = {"quiet_from": time(21), "step_lead_days": None, "step_team_days": 3}
        change_policy(actor=lead, clinic=clinic, changes=given, at=at)
        change_policy(actor=lead, clinic=clinic, changes=given, at=at)

        [change] = selectors.policy_changes_for(actor=lead, clinic=clinic)

        assert change.actor == lead
        assert change.details["changes"] == {
            "quiet_from": {"before": "20:00", "after": "21:00"},
            "step_lead_days": {"before": 7, "after": None},
        }
        assert not selectors.policy_changes_for(actor=stranger, clinic=clinic).exists()

    def test_who_pauses_reads_how_many_mails_are_held(
        self, ask: Ask, clinic: Clinic, due: datetime
    ) -> None:
        ask()
        ask(kind=Kind.ASSESSMENT_DUE)
        ask(kind=Kind.ADDRESS_VERIFICATION)

        held = [selectors.held_by_a_pause(clinic=clinic, kind=k, at=due) for k in ("", "STEP_DAY")]

        assert held == [2, 1]

    def test_a_pause_is_made_and_lifted_once(
        self, clinic: Clinic, lead: User, at: datetime
    ) -> None:
        pause = pause_sending(actor=lead, clinic=clinic, reason="A wrong text.", at=at)
        with pytest.raises(AlreadyPaused):
            pause_sending(actor=lead, clinic=clinic, reason="Again.", at=at)
        assert list(selectors.pauses_for(actor=lead)) == [pause]

        lift_pause(actor=lead, pause=pause, at=at)

        with pytest.raises(NotPaused):
            lift_pause(actor=lead, pause=pause, at=at)
        assert not selectors.pauses_for(actor=lead).exists()
