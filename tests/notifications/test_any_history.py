"""Any history at all: plans, people, clocks and crashes in any order, against `reference.py`.

A state machine does to the services, the engine and a real mail server what a clinic and its bad
luck may do, and after each sweep holds every row and every mail against the reference.
"""

import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from notifications import engine
from notifications.email import MailServer
from notifications.models import Reminder, SendingPause
from notifications.policy import Kind, ReminderRequest, Status
from notifications.services.contact import change_patient, give_mail_consent, withdraw_mail_consent
from notifications.services.policy import lift_pause, pause_sending
from notifications.services.retry import MayNotBeSent, retry_now
from notifications.services.schedule import cancel_schedule, replace_schedule
from patients.models import Patient
from patients.services.consent import issue_verification, verify_address
from patients.services.patients import (
    end_red_flag,
    pause_for_red_flag,
    pause_reminders,
    unpause_reminders,
)
from patients.vocabulary import Content, Role
from tests import factories
from tests.notifications import reference
from tests.notifications.conftest import request
from tests.notifications.outcome import SEEDS
from tests.notifications.reference import AUDIENCE_OF, Fault, Mail, Person, Reference, Wish
from tests.services import Mailbox

pytestmark = pytest.mark.django_db

# In London the clock goes back on the 25th, in Chicago on 1 November.
BEGIN = datetime(2026, 10, 23, 15, 0, 30, tzinfo=UTC)
ZONES = ("America/Chicago", "Europe/London", "Asia/Kolkata")
CLOCKS = (time(1, 30), time(8), time(9, 30), time(21))
OF_A_PATIENT = (Kind.STEP_DAY, Kind.ASSESSMENT_DUE, Kind.STEP_UNANSWERED, Kind.RED_FLAG)
PAUSABLE = ("", Kind.STEP_DAY.value, Kind.DIGEST.value)
CLINIC = "story:clinic"
PEOPLE = st.sampled_from((0, 1))
# Half a minute keeps clear of the milliseconds a sweep takes: what is due is never in doubt.
STEP = timedelta(minutes=5, seconds=30)
LATE = timedelta(days=2)  # whoever dies at once leaves nothing to look at
BACK = timedelta(hours=2, seconds=13)
ENDS_WITHIN = 500


class Killed(BaseException):
    """As kill -9: nothing catches it, and nothing is written any more."""


Given = list[tuple[Any, ...]]


def wishes_of(*kinds: Kind, least: int = 0) -> st.SearchStrategy[Given]:
    """Some reminders of the next days, of each kind and day one at most."""
    one = st.tuples(
        st.sampled_from(kinds),
        st.integers(0, 3),
        st.sampled_from(CLOCKS),
        st.integers(1, 3),
        st.sampled_from(("7.5 mg", "5 mg")),
    )
    return st.lists(one, min_size=least, max_size=4, unique_by=lambda each: each[:2])


class AnyHistory(RuleBasedStateMachine):
    def __init__(self, box: Mailbox, given: Any, folder: Path) -> None:
        super().__init__()
        self.box, self.now = box, BEGIN
        self.given_on = [date.min, date.min]  # when each patient consented
        self.model = Reference()
        box.received.clear()
        box.accept_again()
        given.DISPATCH_MARKER = folder / uuid.uuid4().hex
        self.database = transaction.atomic()
        self.database.__enter__()

    def teardown(self) -> None:
        try:
            self.settle()
        finally:
            transaction.set_rollback(True)
            self.database.__exit__(None, None, None)

    @initialize(first=wishes_of(*OF_A_PATIENT, least=2), second=wishes_of(*OF_A_PATIENT, least=2))
    def a_clinic_with_two_patients_on_a_plan(self, first: Given, second: Given) -> None:
        self.clinic = factories.ClinicFactory()
        self.lead = factories.UserFactory()
        nurse = factories.UserFactory()
        member = factories.MembershipFactory
        member(clinic=self.clinic, user=self.lead, role=Role.PRESCRIBER, is_lead=True)
        member(clinic=self.clinic, user=nurse, role=Role.NURSE)
        self.people = [Person(zone=zone) for zone in ZONES[:2]]
        self.patients = [
            factories.PatientFactory(clinic=self.clinic, time_zone=each.zone, reachable=True)
            for each in self.people
        ]
        self.a_plan_is_made_or_changed(0, first)
        self.a_plan_is_made_or_changed(1, second)

    # What the team wants ---------------------------------------------------------------------

    @rule(who=PEOPLE, given=wishes_of(*OF_A_PATIENT))
    def a_plan_is_made_or_changed(self, who: int, given: Given) -> None:
        zone = self.people[who].zone
        self._ask(f"story:{who}", who, [self._wish(each, zone) for each in given])

    @rule(given=wishes_of(Kind.DIGEST))
    def the_morning_list_is_asked_for(self, given: Given) -> None:
        self._ask(CLINIC, None, [self._wish(each, self.clinic.time_zone) for each in given])

    @rule(source=st.sampled_from(("story:0", "story:1", CLINIC)))
    def a_plan_is_stopped(self, source: str) -> None:
        cancel_schedule(source=source, reason="The plan was stopped.", at=self.now)
        self.model.cancel(source)

    @rule(number=st.integers(0, 5))
    def somebody_presses_try_again(self, number: int) -> None:
        given_up = [mail for mail in self.model.mails if mail.status is Status.GAVE_UP]
        if not given_up:
            return
        mail = given_up[number % len(given_up)]
        row = Reminder.objects.get(pk=mail.row)
        if self.model.try_again(mail, now=self.now):
            retry_now(actor=self.lead, reminder=row, at=self.now)
        else:
            with pytest.raises(MayNotBeSent):
                retry_now(actor=self.lead, reminder=row, at=self.now)

    # What becomes of people ------------------------------------------------------------------

    @rule(who=PEOPLE)
    def reminders_to_a_patient_are_paused_or_go_on(self, who: int) -> None:
        person, patient = self.people[who], self._patient(who)
        if person.red_flag:
            return
        if person.paused:
            unpause_reminders(actor=self.lead, patient=patient, at=self.now)
        else:
            pause_reminders(actor=self.lead, patient=patient, reason="On a journey.", at=self.now)
        person.paused = not person.paused

    @rule(who=PEOPLE)
    def a_red_flag_is_told_or_lifted(self, who: int) -> None:
        person, patient = self.people[who], self._patient(who)
        if person.red_flag:
            end_red_flag(actor=self.lead, patient=patient, at=self.now)
        else:
            pause_for_red_flag(actor=self.lead, patient=patient, what="Fever.", at=self.now)
        person.red_flag, person.paused = not person.red_flag, False

    @rule(who=PEOPLE)
    def consent_is_withdrawn_or_given_again(self, who: int) -> None:
        person = self.people[who]
        today = self.now.date()
        about = {"actor": self.lead, "patient": self._patient(who), "channel": "EMAIL"}
        if person.consents:
            # The clock may have jumped back since it was given, and none ends before that.
            on = max(today, self.given_on[who])
            withdraw_mail_consent(**about, on=on, at=self.now)
        else:
            text = {"content": Content.MINIMAL, "text_version": "2026-01"}
            give_mail_consent(**about, **text, given_on=today, at=self.now)
            self.given_on[who] = today
        person.consents = not person.consents

    @rule(who=PEOPLE, zone=st.sampled_from(ZONES))
    def a_patient_moves(self, who: int, zone: str) -> None:
        self._change(who, time_zone=zone)
        self.model.move(self.people[who], zone)

    @precondition(lambda self: self.now > BEGIN + LATE)
    @rule(who=PEOPLE)
    def a_patient_dies(self, who: int) -> None:
        self._change(who, status="DIED")
        self.people[who].alive = False

    @rule(who=PEOPLE)
    def the_address_is_confirmed_anew(self, who: int) -> None:
        _, token = issue_verification(patient=self._patient(who), at=self.now)
        verify_address(token=token, at=self.now)
        self.people[who].flagged = False

    @rule(who=PEOPLE, reply=st.sampled_from(("", "451", "550")))
    def the_mail_server_answers_to_the_address(self, who: int, reply: str) -> None:
        address = self.patients[who].email
        self.box.refused.pop(address, None)
        if reply:
            self.box.refuse(address, f"{reply} because")
        self.people[who].server_says = reply

    @rule(kind=st.sampled_from(PAUSABLE))
    def sending_is_paused_or_goes_on(self, kind: str) -> None:
        if kind in self.model.paused_kinds:
            pause = SendingPause.objects.get(kind=kind, lifted_at__isnull=True)
            lift_pause(actor=self.lead, pause=pause, at=self.now)
            self.model.lift(kind, now=self.now)
        else:
            why = {"reason": "A wrong text.", "at": self.now}
            pause_sending(actor=self.lead, clinic=self.clinic, kind=kind, **why)
            self.model.paused_kinds.add(kind)

    # Time, and what a sweep makes of it ------------------------------------------------------

    @rule()
    def the_clock_jumps_back(self) -> None:
        self.now -= BACK

    @rule(steps=st.sampled_from((1, 2, 7, 40, 150, 260)))
    def time_passes(self, steps: int) -> None:
        self.now += steps * STEP
        self._sweep(Fault.NONE, at_mail=1)

    @rule(fault=st.sampled_from(Fault), at_mail=st.integers(1, 3))
    def a_mail_falls_due(self, fault: Fault, at_mail: int) -> None:
        if waiting := self._next_tries():
            self.now = max(self.now, min(waiting.values())) + STEP
        self._sweep(fault, at_mail=at_mail)

    @rule(fault=st.sampled_from(Fault))
    def the_lease_of_a_dead_worker_ends(self, fault: Fault) -> None:
        """The same mail is met by a second fault."""
        self.now += STEP
        self._sweep(fault, at_mail=1)

    def settle(self) -> None:
        """The faults and the pauses end; then so does all that waits."""
        if not hasattr(self, "people"):
            return
        for kind in sorted(self.model.paused_kinds):
            self.sending_is_paused_or_goes_on(kind)
        for who in range(len(self.people)):
            self.the_mail_server_answers_to_the_address(who, "")
        for _ in range(ENDS_WITHIN):
            if not (waiting := self._next_tries()):
                break
            self.now = max(self.now, min(waiting.values())) + STEP
            self._sweep(Fault.NONE, at_mail=1)
        assert not self._next_tries()
        self._hold_against_the_reference()
        given_up = Reminder.objects.filter(status=Status.GAVE_UP, withdrawn_at__isnull=True)
        assert not given_up.filter(task__isnull=True).exists()

    # How ---------------------------------------------------------------------------------------

    def _wish(self, given: tuple[Any, ...], zone: str) -> Wish:
        kind, ahead, clock, days_valid, dose = given
        return Wish(kind, self.now.date() + timedelta(days=ahead), clock, days_valid, dose, zone)

    def _ask(self, source: str, who: int | None, wishes: list[Wish]) -> None:
        missing = self.model.ask(source, wishes, now=self.now)
        known = {mail.row for mail in self.model.mails}
        asked = {
            "source": source,
            "clinic": self.clinic,
            "patient": None if who is None else self._patient(who),
            "requests": [_request(wish) for wish in wishes],
        }
        change = replace_schedule(**asked, at=self.now)
        again = replace_schedule(**asked, at=self.now)

        assert not again.changes_anything
        assert change.added == len(missing)
        made = Reminder.objects.filter(source=source).exclude(pk__in=known)
        rows = {(row.kind, row.local_date): row for row in made}
        for wish in missing:
            row = rows.pop((wish.kind.value, wish.day))
            assert (row.due_at, row.expires_at) == (wish.due_at, wish.expires_at)
            person = None if who is None else self.people[who]
            self.model.mails.append(
                Mail(row.pk, source, person, wish, earliest=wish.due_at, latest=wish.due_at)
            )
        assert not rows

    def _sweep(self, fault: Fault, *, at_mail: int) -> None:
        self._hold_against_the_reference()
        tries = self._next_tries()
        with _striking(fault, at_mail, self.box), suppress(Killed):
            engine.sweep(at=self.now)
        self.model.sweep(now=self.now, next_try=tries, fault=fault, at_mail=at_mail)
        self._hold_against_the_reference()

    def _hold_against_the_reference(self) -> None:
        rows = {row.pk: row for row in Reminder.objects.all()}
        assert set(rows) == {mail.row for mail in self.model.mails}
        copies = Counter(self.box.journal)
        for mail in self.model.mails:
            row = rows[mail.row]
            if mail.may_have_been_given_up and row.status == Status.GAVE_UP:
                mail.status = Status.GAVE_UP
            mail.may_have_been_given_up = False
            assert row.status == mail.status, (mail, row.outcome_note)
            assert copies[row.message_id] == mail.copies, mail
            assert mail.copies <= 1 + mail.unknown, "a copy that nothing announces"
            if mail.status in reference.UNSETTLED:
                assert mail.earliest <= row.next_attempt_at <= mail.latest, mail

    def _next_tries(self) -> dict[uuid.UUID, datetime]:
        waiting = Reminder.objects.filter(status__in=reference.UNSETTLED)
        return dict(waiting.values_list("pk", "next_attempt_at"))

    def _patient(self, who: int) -> Patient:
        return Patient.objects.get(pk=self.patients[who].pk)

    def _change(self, who: int, **changes: object) -> None:
        patient = self._patient(who)
        change_patient(actor=self.lead, patient=patient, changes=changes, at=self.now)


def _request(wish: Wish) -> ReminderRequest:
    of_a_step = wish.kind in (Kind.STEP_DAY, Kind.STEP_UNANSWERED)
    return request(
        wish.kind,
        AUDIENCE_OF[wish.kind],
        on=wish.day,
        at=wish.clock,
        zone=wish.zone,
        expires_on=wish.day + timedelta(days=wish.days_valid),
        **({"dose": wish.dose, "step_date": wish.day.isoformat()} if of_a_step else {}),
        **({} if of_a_step else {"says": wish.dose}),
    )


def _striking(fault: Fault, at_mail: int, box: Mailbox) -> Any:
    """Let *fault* strike at this hand-over of the sweep, counted from one."""
    if fault is Fault.KILLED_AFTER_THE_CLAIM:
        return mock.patch("notifications.engine.sweep.recheck", side_effect=_die)
    number = 0
    hand_over: Callable[..., Any] = MailServer.hand_over

    def strike(server: MailServer, envelope: Any) -> Any:
        nonlocal number
        number += 1
        is_it = number == at_mail
        if is_it and fault is Fault.KILLED_BEFORE_THE_TEXT:
            _die()
        box.loses_the_next = is_it and fault is Fault.LINE_LOST_AFTER_THE_TEXT
        reply = hand_over(server, envelope)
        box.loses_the_next = False
        if is_it and fault is Fault.KILLED_AFTER_THE_TEXT:
            _die()
        return reply

    return mock.patch.object(MailServer, "hand_over", strike)


def _die(*_: Any, **__: Any) -> None:
    raise Killed


@pytest.mark.timeout(1800)
def test_whatever_happens_each_mail_ends_as_the_reference_says(
    mailbox: Mailbox, settings: Any, tmp_path: Path
) -> None:
    run_state_machine_as_test(
        lambda: AnyHistory(mailbox, settings, tmp_path), settings=AS_LONG_AS_ASKED
    )


# As everywhere 3 means the build server, where the same histories are tried each time.
AS_LONG_AS_ASKED = settings(
    max_examples=20 * SEEDS if SEEDS <= 3 else 100 * SEEDS,
    stateful_step_count=30,
    derandomize=SEEDS <= 3,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
