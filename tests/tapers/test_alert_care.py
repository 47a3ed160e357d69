"""An alert has somebody who looks after it, a reason, and a day on which it is looked at again."""

from datetime import timedelta

import pytest

from notifications.models import Reminder
from patients.errors import BadInput, NotPermitted
from patients.models import AuditEvent, Membership
from patients.vocabulary import Event
from tapers.errors import AlertIsOver, AlreadyAcknowledged, NotAcknowledged
from tapers.models import Alert, AlertCheck
from tapers.selectors.escalations import escalations_of
from tapers.selectors.findings import alerts_to_check
from tapers.services.alert_care import assign_alert, check_alert
from tapers.services.alerts import acknowledge_alert
from tapers.services.escalation import ask_for_escalation
from tapers.services.protocols import change_protocol
from tapers.services.reminder_policy import change_reminder_policy
from tests.factories import MembershipFactory
from tests.factories_tapers import AlertFactory, TaperFactory
from tests.tapers.story import may, morning_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert(patient, at) -> Alert:
    """A warning of Monday the fourth, ten in the morning."""
    alert = AlertFactory(taper=TaperFactory(patient=patient, running=True), raised_at=at)
    ask_for_escalation(patient, at)
    return alert


@pytest.fixture
def critical(patient, at) -> Alert:
    taper = patient.tapers.first() or TaperFactory(patient=patient, running=True)
    alert = AlertFactory(taper=taper, severity="CRITICAL", raised_at=at)
    ask_for_escalation(patient, at)
    return alert


def member(user) -> Membership:
    return Membership.objects.get(user=user)


def told_to_leads(patient) -> list[tuple[object, str]]:
    """The mails to the leads that wait: the clinic's day and hour."""
    rows = Reminder.objects.filter(
        patient=patient, kind="ALERT_ESCALATED", audience="LEADS", status="SCHEDULED"
    ).filter(withdrawn_at=None)
    return sorted((row.local_date, f"{row.local_time:%H:%M}") for row in rows)


class TestOwner:
    def test_a_nurse_takes_it_on_hands_it_over_and_lets_it_go(self, alert, nurse, prescriber, at):
        taken = assign_alert(actor=nurse, alert=alert, owner=member(nurse), at=at)
        assert (taken.owner, taken.owner_changed_at) == (member(nurse), at)

        given = assign_alert(actor=nurse, alert=alert, owner=member(prescriber), at=at)
        assert given.owner == member(prescriber)

        released = assign_alert(actor=prescriber, alert=alert, owner=None, at=at)
        assert released.owner is None
        events = AuditEvent.objects.filter(event=Event.ALERT_ASSIGNED).order_by("at", "id")
        changes = {each.details["change"] for each in events}
        assert changes == {"TAKEN", "GIVEN", "RELEASED"}

    @pytest.mark.parametrize("role", ["COORDINATOR", "READ_ONLY"])
    def test_only_who_may_act_can_own(self, alert, nurse, clinic, role, at):
        other = MembershipFactory(clinic=clinic, role=role)

        with pytest.raises(BadInput, match="a nurse or a prescriber who works in this clinic"):
            assign_alert(actor=nurse, alert=alert, owner=other, at=at)

    def test_not_somebody_of_another_clinic_or_who_has_left(self, alert, nurse, stranger, at):
        left = MembershipFactory(clinic=alert.patient.clinic, role="NURSE", is_active=False)

        for owner in (member(stranger), left):
            with pytest.raises(BadInput):
                assign_alert(actor=nurse, alert=alert, owner=owner, at=at)

    def test_who_only_reads_takes_nothing_on(self, alert, reader, nurse, at):
        with pytest.raises(NotPermitted, match="take on an alert"):
            assign_alert(actor=reader, alert=alert, owner=member(nurse), at=at)

    def test_what_no_longer_applies_needs_nobody(self, alert, nurse, at):
        Alert.objects.update(closed_at=at)

        with pytest.raises(AlertIsOver):
            assign_alert(actor=nurse, alert=alert, owner=member(nurse), at=at)


class TestNextCheck:
    def test_it_comes_back_on_its_day(self, alert, prescriber, clinic, at):
        acknowledge_alert(
            actor=prescriber, alert=alert, reason="Watching", next_check_on=may(11), at=at
        )

        def again(day):
            return list(alerts_to_check(actor=prescriber, clinic=clinic, at=morning_of(day)))

        assert again(may(10)) == []
        assert again(may(11)) == [alert]
        assert again(may(20)) == [alert]

    def test_a_look_is_kept_and_names_the_next_day_or_none(self, alert, prescriber, clinic, at):
        acknowledge_alert(
            actor=prescriber, alert=alert, reason="Watching", next_check_on=may(11), at=at
        )
        monday = morning_of(may(11))

        check_alert(actor=prescriber, alert=alert, note="Same", next_check_on=may(25), at=monday)
        assert not alerts_to_check(actor=prescriber, clinic=clinic, at=monday).exists()

        check_alert(actor=prescriber, alert=alert, note="Gone", at=morning_of(may(25)))
        assert not alerts_to_check(actor=prescriber, clinic=clinic, at=morning_of(may(25))).exists()
        notes = AlertCheck.objects.order_by("checked_at").values_list("note", "next_check_on")
        assert list(notes) == [("Same", may(25)), ("Gone", None)]
        alert.refresh_from_db()
        assert alert.reason == "Watching"

    @pytest.mark.parametrize("days", [-1, 0, 91])
    def test_the_day_lies_ahead_and_within_ninety(self, alert, prescriber, days, at):
        with pytest.raises(BadInput, match="from 2026-05-05 to 2026-08-02") as refused:
            acknowledge_alert(
                actor=prescriber,
                alert=alert,
                reason="Watching",
                next_check_on=may(4) + timedelta(days=days),
                at=at,
            )
        assert refused.value.field == "next_check_on"
        alert.refresh_from_db()
        assert alert.acknowledged_at is None

    @pytest.mark.parametrize("days", [1, 90])
    def test_both_ends_are_allowed(self, alert, prescriber, days, at):
        day = may(4) + timedelta(days=days)
        acknowledge_alert(actor=prescriber, alert=alert, reason="Ok", next_check_on=day, at=at)

        alert.refresh_from_db()
        assert alert.next_check_on == day

    def test_without_a_reason_first_there_is_no_second_look(self, alert, prescriber, at):
        with pytest.raises(NotAcknowledged):
            check_alert(actor=prescriber, alert=alert, note="Fine", at=at)

    def test_a_reason_is_given_once(self, alert, prescriber, at):
        acknowledge_alert(actor=prescriber, alert=alert, reason="Agreed", at=at)

        with pytest.raises(AlreadyAcknowledged):
            acknowledge_alert(actor=prescriber, alert=alert, reason="Again", at=at)

    def test_a_nurse_gives_no_reason_and_reads_why(self, alert, nurse, at):
        with pytest.raises(NotPermitted, match="give the reason for an alert. A prescriber may"):
            acknowledge_alert(actor=nurse, alert=alert, reason="Ok", at=at)


class TestWhenNobodyActs:
    def test_a_warning_goes_to_the_leads_after_seven_days(self, alert, patient):
        assert told_to_leads(patient) == [(may(11), "09:00")]

    def test_a_critical_one_after_four_hours(self, critical, patient):
        assert told_to_leads(patient) == [(may(4), "14:00")]

    def test_the_page_knows_it_beforehand(self, alert, clinic):
        [(told, at)] = escalations_of([alert], clinic=clinic).items()

        assert (told, at) == (alert, morning_of(may(11)) - timedelta(hours=1))

    def test_a_warning_waits_for_a_working_day(self, patient):
        monday_of_the_holiday = may(18)
        AlertFactory(
            taper=TaperFactory(patient=patient, running=True),
            raised_at=morning_of(monday_of_the_holiday),
        )
        ask_for_escalation(patient, morning_of(monday_of_the_holiday))

        assert told_to_leads(patient) == [(may(26), "09:00")]  # the 25th is Memorial Day

    def test_it_follows_at_once_when_the_clinic_no_longer_waits_for_one(
        self, patient, clinic, lead
    ):
        monday_of_the_holiday = may(18)
        AlertFactory(
            taper=TaperFactory(patient=patient, running=True),
            raised_at=morning_of(monday_of_the_holiday),
        )
        ask_for_escalation(patient, morning_of(monday_of_the_holiday))

        change_reminder_policy(
            actor=lead,
            clinic=clinic,
            changes={"team_mail_on": "EVERY_DAY"},
            at=morning_of(may(19)),
        )

        assert told_to_leads(patient) == [(may(25), "09:00")]

    def test_taking_it_on_ends_it_and_letting_go_begins_anew(self, alert, patient, nurse, at):
        assign_alert(actor=nurse, alert=alert, owner=member(nurse), at=at)
        assert told_to_leads(patient) == []

        assign_alert(actor=nurse, alert=alert, owner=None, at=morning_of(may(6)))
        assert told_to_leads(patient) == [(may(13), "09:00")]

    def test_a_reason_ends_it(self, alert, patient, prescriber, at):
        acknowledge_alert(actor=prescriber, alert=alert, reason="Agreed", at=at)

        assert told_to_leads(patient) == []

    def test_two_of_one_day_are_one_mail(self, alert, patient, at):
        AlertFactory(taper=alert.taper, raised_at=at)
        ask_for_escalation(patient, at)

        assert told_to_leads(patient) == [(may(11), "09:00")]

    def test_a_note_is_nothing_to_escalate(self, patient, at):
        taper = TaperFactory(patient=patient, running=True)
        AlertFactory(taper=taper, severity="INFO", raised_at=at)
        ask_for_escalation(patient, at)

        assert told_to_leads(patient) == []

    def test_the_clinic_chooses_how_long(self, alert, critical, patient, clinic, lead, at):
        change_protocol(
            actor=lead,
            clinic=clinic,
            changes={"critical_escalates_after_hours": 2, "warning_escalates_after_days": 3},
            reason="We are few",
            version=1,
            at=at,
        )

        assert told_to_leads(patient) == [(may(4), "12:00"), (may(7), "09:00")]

    def test_what_became_worse_is_still_its_owners_but_waits_again(self, alert, clinic, nurse, at):
        owned = assign_alert(actor=nurse, alert=alert, owner=member(nurse), at=at)
        owned.raised_at = at + timedelta(days=1)

        assert escalations_of([owned], clinic=clinic)[owned].date() == may(12)
