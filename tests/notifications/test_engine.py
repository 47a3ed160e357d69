"""The engine step by step, with a real mail server in another process or thread."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications import engine
from notifications.email import MailServer
from notifications.engine import SweepResult
from notifications.models import DeliveryAttempt, Reminder, SweepState
from notifications.policy import Audience, Kind, Outcome, Status
from notifications.services.schedule import cancel_schedule
from patients.models import AuditEvent, Clinic, Patient, TeamTask
from patients.vocabulary import Content, Event, TaskKind
from tests import factories, services
from tests.notifications.conftest import TUESDAY, Ask, StartSink
from tests.services import Mailbox

pytestmark = pytest.mark.django_db
TICK = timedelta(seconds=30)
HandOver = Callable[[MailServer, Any], Any]


def status_of(reminder: Reminder) -> str:
    reminder.refresh_from_db()
    return reminder.status


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def tries_of(reminder: Reminder) -> list[tuple[str, int | None]]:
    rows = DeliveryAttempt.objects.filter(reminder=reminder).order_by("handed_at", "number")
    return list(rows.values_list("outcome", "smtp_code"))


# What happens all day ------------------------------------------------------------------------


def test_a_due_reminder_is_sent_once(
    ask: Ask, reachable: Patient, mailbox: Mailbox, due: datetime
) -> None:
    reminder = ask()

    first = engine.sweep(at=due)
    second = engine.sweep(at=due + TICK)

    assert first == SweepResult(claimed=1, sent=1)
    assert second == SweepResult()
    assert status_of(reminder) == Status.SENT
    assert reminder.sent_at is not None
    assert (reminder.claim, reminder.attempts) == (None, 1)
    assert mailbox.journal == [reminder.message_id]
    assert mailbox.recipients == [reachable.email]
    assert tries_of(reminder) == [(Outcome.ACCEPTED, 250)]
    told = AuditEvent.objects.get(event=Event.REMINDER_SENT)
    assert (told.patient, told.system) == (reachable, "reminder engine")
    assert told.subject_id == str(reminder.pk)


def test_nothing_due_is_a_normal_sweep(ask: Ask, at: datetime) -> None:
    ask()

    assert engine.sweep(at=at) == SweepResult()
    assert SweepState.objects.get().last_sweep_at == pytest.approx(at, abs=timedelta(seconds=5))


def test_a_batch_is_claimed_and_rechecked_in_as_many_statements_as_one(
    ask: Ask, mailbox: Mailbox, due: datetime
) -> None:
    def statements_for(number: int) -> int:
        for _ in range(number):
            ask(patient=factories.PatientFactory(clinic=clinic, reachable=True))
        with CaptureQueriesContext(connection) as queries:
            engine.sweep(at=due)
        return len(queries)

    clinic = Clinic.objects.get()
    statements_for(1)  # the first sweep ever writes one row more
    one, two, nine = statements_for(1), statements_for(2), statements_for(9)

    assert nine - one == 8 * (two - one)


def test_a_long_batch_is_sent_in_several(
    ask: Ask, reachable: Patient, mailbox: Mailbox, due: datetime, settings: Any
) -> None:
    settings.REMINDER_BATCH_SIZE = 2
    for _ in range(5):
        ask(patient=factories.PatientFactory(clinic=reachable.clinic, reachable=True))

    assert engine.sweep(at=due) == SweepResult(claimed=5, sent=5)


def test_a_team_is_asked_for_when_the_mail_goes(
    ask: Ask, nurse: User, prescriber: User, reader: User, mailbox: Mailbox, due: datetime
) -> None:
    ask(kind=Kind.ASSESSMENT_DUE, audience=Audience.NURSES)
    ask(patient=None, kind=Kind.DIGEST, audience=Audience.TEAM)

    engine.sweep(at=due)

    to_nurses, to_team = sorted(mailbox.received, key=lambda mail: len(str(mail["To"])))
    assert to_nurses["To"] == nurse.email
    assert to_team["To"] == f"{nurse.email}, {prescriber.email}"


def test_nobody_to_remind_is_a_task_and_not_a_silence(ask: Ask, due: datetime) -> None:
    reminder = ask(kind=Kind.ASSESSMENT_DUE, audience=Audience.NURSES)

    assert engine.sweep(at=due) == SweepResult(claimed=1, gave_up=1)
    assert status_of(reminder) == Status.GAVE_UP
    assert reminder.task is not None
    assert reminder.task.kind == TaskKind.NOBODY_TO_REMIND


def test_details_are_told_to_whom_asked_for_them_only(
    ask: Ask, clinic: Clinic, mailbox: Mailbox, due: datetime
) -> None:
    curious = factories.PatientFactory(
        clinic=clinic, reachable=True, reachable__content=Content.DETAILS
    )
    ask()
    ask(patient=curious)

    engine.sweep(at=due)

    told = {str(mail["To"]): "7.5 mg" in text_of(mail) for mail in mailbox.received}
    assert told == {"ada@mail.example": False, curious.email: True}


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_mail_goes_out(
    ask: Ask, mailbox: Mailbox, due: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    hand_over: HandOver = MailServer.hand_over

    def look_first(self: MailServer, envelope: Any) -> Any:
        seen.append(connection.in_atomic_block)
        return hand_over(self, envelope)

    monkeypatch.setattr(MailServer, "hand_over", look_first)
    ask()

    engine.sweep(at=due)

    assert seen == [False]


# What the mail server says -------------------------------------------------------------------


def test_later_means_later_with_a_wait(ask: Ask, start_sink: StartSink, due: datetime) -> None:
    reminder = ask()
    sink = start_sink("greylist")

    first = engine.sweep(at=due)
    too_early = engine.sweep(at=due + TICK)
    second = engine.sweep(at=due + timedelta(minutes=2))

    assert (first.retried, too_early.claimed, second.sent) == (1, 0, 1)
    assert status_of(reminder) == Status.SENT
    assert reminder.attempts == 2
    assert tries_of(reminder) == [(Outcome.FAILED, 451), (Outcome.ACCEPTED, 250)]
    assert sink.journal == [reminder.message_id]


def test_put_off_for_ever_is_given_up_visibly(
    ask: Ask, start_sink: StartSink, due: datetime, settings: Any
) -> None:
    settings.REMINDER_BACKOFF_SECONDS = (60,)
    settings.REMINDER_MAX_ATTEMPTS = 3
    reminder = ask()
    start_sink("later")

    for minutes in range(0, 20, 2):
        engine.sweep(at=due + timedelta(minutes=minutes))

    assert status_of(reminder) == Status.GAVE_UP
    assert reminder.attempts == 3
    assert reminder.task is not None
    assert "451" in reminder.outcome_note


def test_put_off_past_its_end_is_given_up_at_once(
    ask: Ask, start_sink: StartSink, due: datetime
) -> None:
    reminder = ask(at=time(18), expires_on=TUESDAY, expires_time=time(19))
    start_sink("later")

    engine.sweep(at=reminder.expires_at - timedelta(seconds=20))

    assert status_of(reminder) == Status.GAVE_UP


def test_a_refused_address_is_flagged_and_the_others_are_not_concerned(
    ask: Ask, reachable: Patient, clinic: Clinic, mailbox: Mailbox, due: datetime
) -> None:
    refused = ask()
    others = [
        ask(patient=factories.PatientFactory(clinic=clinic, reachable=True)) for _ in range(4)
    ]
    mailbox.refuse(reachable.email)

    assert engine.sweep(at=due) == SweepResult(claimed=5, sent=4, gave_up=1)

    assert status_of(refused) == Status.GAVE_UP
    assert {status_of(other) for other in others} == {Status.SENT}
    reachable.refresh_from_db()
    assert reachable.email_flagged_at is not None
    assert "no such user" in reachable.email_flag_reason
    task = TeamTask.objects.get()
    assert task.kind == TaskKind.CORRECT_ADDRESS
    assert refused.task == task
    assert tries_of(refused) == [(Outcome.REFUSED, 550)]


def test_a_refused_text_costs_that_mail_only(
    ask: Ask, clinic: Clinic, start_sink: StartSink, due: datetime
) -> None:
    for _ in range(6):
        ask(patient=factories.PatientFactory(clinic=clinic, reachable=True))
    start_sink("refuse", every=3)

    assert engine.sweep(at=due) == SweepResult(claimed=6, sent=4, gave_up=2)
    assert not Patient.objects.filter(email_flagged_at__isnull=False).exists()
    assert TeamTask.objects.filter(kind=TaskKind.OTHER).count() == 2


def test_one_refused_colleague_does_not_cost_the_team_its_mail(
    ask: Ask, nurse: User, prescriber: User, mailbox: Mailbox, due: datetime
) -> None:
    reminder = ask(patient=None, kind=Kind.DIGEST, audience=Audience.TEAM)
    mailbox.refuse(nurse.email)

    assert engine.sweep(at=due).sent == 1
    assert mailbox.recipients == [prescriber.email]
    assert status_of(reminder) == Status.SENT
    assert TeamTask.objects.get().kind == TaskKind.CORRECT_ADDRESS


def test_an_unreachable_server_costs_no_attempt_and_is_asked_once_a_minute(
    ask: Ask, start_sink: StartSink, due: datetime, settings: Any
) -> None:
    settings.EMAIL_PORT = services.free_port()
    reminder = ask()

    first = engine.sweep(at=due)
    waits = engine.sweep(at=due + TICK)
    sink = start_sink()
    after = engine.sweep(at=due + timedelta(seconds=65))

    assert (first.unreachable, first.released) == (True, 1)
    assert waits == SweepResult()
    assert after == SweepResult(claimed=1, sent=1)
    assert status_of(reminder) == Status.SENT
    assert reminder.attempts == 1
    assert sink.journal == [reminder.message_id]
    assert SweepState.objects.get().unreachable_since is None


def test_what_expires_while_the_server_is_away_is_told_at_once(
    ask: Ask, due: datetime, settings: Any
) -> None:
    settings.EMAIL_PORT = services.free_port()
    reminder = ask()
    engine.sweep(at=due)
    Reminder.objects.update(expires_at=due + timedelta(seconds=5), next_attempt_at=due)

    assert engine.sweep(at=due + timedelta(seconds=10)) == SweepResult(claimed=1, expired=1)
    assert status_of(reminder) == Status.EXPIRED


@pytest.mark.parametrize("fault", ["closing", "silent"])
def test_a_server_that_takes_nothing_is_as_good_as_away(
    ask: Ask, start_sink: StartSink, due: datetime, settings: Any, fault: str
) -> None:
    settings.REMINDER_CONNECT_TIMEOUT = 0.3
    reminder = ask()
    start_sink(fault)

    assert engine.sweep(at=due).unreachable
    assert status_of(reminder) == Status.SCHEDULED
    assert reminder.attempts == 0


def test_a_line_that_broke_between_two_mails_is_opened_again(
    ask: Ask, clinic: Clinic, start_sink: StartSink, due: datetime
) -> None:
    for _ in range(4):
        ask(patient=factories.PatientFactory(clinic=clinic, reachable=True))
    sink = start_sink("closing", every=3, faults=1)

    assert engine.sweep(at=due) == SweepResult(claimed=4, sent=4)
    assert len(sink.journal) == len(set(sink.journal)) == 4


def test_a_line_that_broke_before_the_text_costs_no_attempt(
    ask: Ask, clinic: Clinic, start_sink: StartSink, due: datetime
) -> None:
    for _ in range(4):
        ask(patient=factories.PatientFactory(clinic=clinic, reachable=True))
    sink = start_sink("hang-up", every=3, faults=1)

    assert engine.sweep(at=due) == SweepResult(claimed=4, sent=4)
    assert len(sink.journal) == 4
    assert set(Reminder.objects.values_list("attempts", flat=True)) == {1}


def test_a_mail_at_which_the_server_always_hangs_up_does_not_stop_the_others(
    ask: Ask, reachable: Patient, clinic: Clinic, start_sink: StartSink, due: datetime
) -> None:
    hung_up_on = ask()
    for _ in range(4):
        ask(patient=factories.PatientFactory(clinic=clinic, reachable=True))
    start_sink("hang-up", only=reachable.email)

    first = engine.sweep(at=due)

    assert (first.sent, first.retried, first.unreachable) == (4, 1, False)
    assert status_of(hung_up_on) == Status.SCHEDULED
    assert hung_up_on.attempts == 1


def test_no_answer_after_the_text_is_unknown_and_repeated_once(
    ask: Ask, start_sink: StartSink, due: datetime, settings: Any
) -> None:
    settings.REMINDER_LEASE_SECONDS = 2
    reminder = ask()
    sink = start_sink("drop", faults=1)

    first = engine.sweep(at=due)
    at_once = engine.sweep(at=due)
    second = engine.sweep(at=due + timedelta(seconds=3))

    assert (first.unknown, at_once.claimed, second.sent) == (1, 0, 1)
    assert sink.journal == [reminder.message_id] * 2
    assert tries_of(reminder) == [(Outcome.UNKNOWN, None), (Outcome.ACCEPTED, 250)]
    assert status_of(reminder) == Status.SENT


def test_twice_unknown_is_left_to_a_person(
    ask: Ask, start_sink: StartSink, due: datetime, settings: Any
) -> None:
    settings.REMINDER_LEASE_SECONDS = 2
    reminder = ask()
    sink = start_sink("drop")

    for seconds in (0, 3, 6, 9):
        engine.sweep(at=due + timedelta(seconds=seconds))

    assert len(sink.journal) == 2
    assert status_of(reminder) == Status.GAVE_UP
    assert reminder.task is not None
    assert reminder.task.kind == TaskKind.DELIVERY_UNKNOWN


def test_the_repeat_says_that_it_may_be_one(ask: Ask, mailbox: Mailbox, due: datetime) -> None:
    ask()
    Reminder.objects.update(unknown_at=due)

    engine.sweep(at=due)

    assert "You may have had this message before." in text_of(mailbox.received[0])


# What stands still or goes wrong on our side --------------------------------------------------


def test_a_lapsed_claim_is_just_a_due_row(ask: Ask, mailbox: Mailbox, due: datetime) -> None:
    reminder = ask()
    Reminder.objects.update(status="CLAIMED", claim=reminder.pk)

    assert engine.sweep(at=due) == SweepResult(claimed=1, sent=1)
    assert tries_of(reminder) == [(Outcome.ACCEPTED, 250)]


def test_a_worker_that_vanished_while_handing_over_leaves_an_unknown_try(
    ask: Ask, mailbox: Mailbox, due: datetime
) -> None:
    reminder = ask()
    Reminder.objects.update(
        status="HANDING", claim=reminder.pk, attempts=1, handed_at=due, handed_to="ada@mail.example"
    )

    assert engine.sweep(at=due + TICK) == SweepResult(claimed=1, sent=1, unknown=1)
    assert tries_of(reminder) == [(Outcome.UNKNOWN, None), (Outcome.ACCEPTED, 250)]


def test_a_worker_that_lost_its_claim_stops_before_the_next_mail(
    ask: Ask, clinic: Clinic, mailbox: Mailbox, due: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        ask(patient=factories.PatientFactory(clinic=clinic, reachable=True))
    hand_over: HandOver = MailServer.hand_over

    def and_be_overtaken(self: MailServer, envelope: Any) -> Any:
        Reminder.objects.filter(status="CLAIMED").update(claim=clinic.pk)
        return hand_over(self, envelope)

    monkeypatch.setattr(MailServer, "hand_over", and_be_overtaken)

    assert engine.sweep(at=due).sent == 1
    assert len(mailbox.journal) == 1


def test_a_mail_that_cannot_be_written_costs_that_mail_only(
    ask: Ask, clinic: Clinic, mailbox: Mailbox, due: datetime, settings: Any
) -> None:
    settings.REMINDER_BACKOFF_SECONDS = (60,)
    poisoned = ask()
    Reminder.objects.update(context={"step_date": "no day"})
    for _ in range(3):
        ask(patient=factories.PatientFactory(clinic=clinic, reachable=True))

    results = [engine.sweep(at=due + timedelta(minutes=2 * n)) for n in range(7)]

    assert results[0] == SweepResult(claimed=4, sent=3, retried=1)
    assert sum(result.retried for result in results) == 4
    assert status_of(poisoned) == Status.GAVE_UP
    assert (poisoned.errors, poisoned.attempts) == (5, 0)
    assert "ValueError" in poisoned.outcome_note
    assert poisoned.task is not None


def test_a_broken_template_costs_its_kind_only_and_is_given_up_visibly(
    ask: Ask, mailbox: Mailbox, due: datetime, settings: Any, tmp_path: Path
) -> None:
    """As after a careless edit: the file stands in front of ours."""
    broken = tmp_path / "notifications" / "email" / "step_day.patient.txt"
    broken.parent.mkdir(parents=True)
    broken.write_text("{% nonsense %}")
    [engine_of_templates] = settings.TEMPLATES
    settings.TEMPLATES = [{**engine_of_templates, "DIRS": [str(tmp_path)]}]
    settings.REMINDER_BACKOFF_SECONDS = (60,)
    elsewhere = factories.ClinicFactory(phone="+1 312 555 0199")  # whose mails nobody wrote yet
    step, visit = (
        ask(patient=factories.PatientFactory(clinic=elsewhere, reachable=True), kind=kind)
        for kind in (Kind.STEP_DAY, Kind.ASSESSMENT_DUE)
    )

    for n in range(7):
        engine.sweep(at=due + timedelta(minutes=2 * n))

    assert mailbox.journal == [visit.message_id]
    assert status_of(step) == Status.GAVE_UP
    assert (step.errors, step.attempts) == (5, 0)
    assert "TemplateSyntaxError" in step.outcome_note
    assert step.task is not None


def test_told_to_stop_it_finishes_the_mail_in_hand_and_gives_back_the_rest(
    ask: Ask, clinic: Clinic, mailbox: Mailbox, due: datetime
) -> None:
    for _ in range(4):
        ask(patient=factories.PatientFactory(clinic=clinic, reachable=True))

    stopped = engine.sweep(at=due, stop=lambda: len(mailbox.received) == 2)

    assert stopped == SweepResult(claimed=4, sent=2, released=2)
    assert Reminder.objects.filter(status=Status.SCHEDULED).count() == 2
    assert engine.sweep(at=due + TICK).sent == 2


def test_its_time_being_up_it_stops_but_has_sent_one(
    ask: Ask, clinic: Clinic, mailbox: Mailbox, due: datetime
) -> None:
    for _ in range(3):
        ask(patient=factories.PatientFactory(clinic=clinic, reachable=True))

    assert engine.sweep(at=due, budget=0.0).sent >= 1
    while engine.sweep(at=due + TICK, budget=0.0).claimed:
        pass
    assert len(mailbox.journal) == len(set(mailbox.journal)) == 3


def test_a_long_batch_keeps_its_lease(
    ask: Ask, clinic: Clinic, start_sink: StartSink, due: datetime, settings: Any
) -> None:
    settings.REMINDER_LEASE_SECONDS = 1
    for _ in range(8):
        ask(patient=factories.PatientFactory(clinic=clinic, reachable=True))
    start_sink(latency=0.06)  # three commands and the text: about a quarter second a mail

    assert engine.sweep(at=due) == SweepResult(claimed=8, sent=8)


# What changes between asking and sending -------------------------------------------------------


def test_a_called_back_mail_is_not_begun(ask: Ask, mailbox: Mailbox, due: datetime) -> None:
    reminder = ask()
    Reminder.objects.update(status="CLAIMED", claim=reminder.pk)
    cancel_schedule(source=reminder.source, reason="The taper is on hold.", at=due)

    assert engine.sweep(at=due + TICK) == SweepResult(claimed=1, cancelled=1)
    assert status_of(reminder) == Status.CANCELLED
    assert reminder.outcome_note == "The taper is on hold."
    assert not mailbox.received


def test_a_called_back_mail_that_is_put_off_is_cancelled(
    ask: Ask, start_sink: StartSink, due: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    reminder = ask()
    start_sink("later")
    hand_over: HandOver = MailServer.hand_over

    def revised_meanwhile(self: MailServer, envelope: Any) -> Any:
        cancel_schedule(source=reminder.source, reason="The plan changed.", at=due)
        return hand_over(self, envelope)

    monkeypatch.setattr(MailServer, "hand_over", revised_meanwhile)

    assert engine.sweep(at=due) == SweepResult(claimed=1, cancelled=1)
    assert status_of(reminder) == Status.CANCELLED


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"status": "DIED"}, "died"),
        ({"status": "TRANSFERRED"}, "elsewhere"),
        ({"reminders_paused_reason": "Faint", "reminders_paused_at": "due"}, "paused"),
        ({"email": "", "email_verified_at": None}, "no e-mail address"),
        ({"email_verified_at": None}, "confirmed"),
        ({"email_flagged_at": "due", "email_flag_reason": "550"}, "refused"),
    ],
)
def test_what_changes_between_claim_and_hand_over_is_seen(
    ask: Ask,
    clinic: Clinic,
    mailbox: Mailbox,
    due: datetime,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, object],
    word: str,
) -> None:
    """The batch is rechecked at once, but its last mail may go out much later."""
    reminders = [
        ask(patient=factories.PatientFactory(clinic=clinic, reachable=True)) for _ in range(2)
    ]
    values = {name: due if value == "due" else value for name, value in change.items()}
    hand_over: HandOver = MailServer.hand_over

    def and_then_it_changes(self: MailServer, envelope: Any) -> Any:
        Patient.objects.exclude(email__in=envelope.recipients).update(**values)
        return hand_over(self, envelope)

    monkeypatch.setattr(MailServer, "hand_over", and_then_it_changes)

    assert engine.sweep(at=due) == SweepResult(claimed=2, sent=1, cancelled=1)
    [cancelled] = [each for each in reminders if status_of(each) == Status.CANCELLED]
    assert word in cancelled.outcome_note
    assert len(mailbox.received) == 1


def test_consent_to_less_between_claim_and_hand_over_means_less_is_said(
    ask: Ask, clinic: Clinic, mailbox: Mailbox, due: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    curious = [
        factories.PatientFactory(clinic=clinic, reachable=True, reachable__content=Content.DETAILS)
        for _ in range(2)
    ]
    for patient in curious:
        ask(patient=patient)
    hand_over: HandOver = MailServer.hand_over

    def and_then_consent_shrinks(self: MailServer, envelope: Any) -> Any:
        for patient in curious:
            if patient.email not in envelope.recipients:
                patient.consents.update(content=Content.MINIMAL)
        return hand_over(self, envelope)

    monkeypatch.setattr(MailServer, "hand_over", and_then_consent_shrinks)

    assert engine.sweep(at=due).sent == 2
    assert ["7.5 mg" in text_of(mail) for mail in mailbox.received] == [True, False]


def test_after_three_days_of_downtime_only_what_still_helps_is_sent(
    ask: Ask, mailbox: Mailbox, due: datetime
) -> None:
    too_late = ask(kind=Kind.STEP_DAY)
    older, newer = (
        ask(
            kind=Kind.ASSESSMENT_DUE,
            on=due.date() + timedelta(days=n),
            expires_on=due.date().replace(day=20),
        )
        for n in (0, 1)
    )

    result = engine.sweep(at=due + timedelta(days=3))

    assert result == SweepResult(claimed=3, sent=1, expired=2)
    assert status_of(too_late) == Status.EXPIRED
    assert "too late" in too_late.outcome_note
    assert status_of(older) == Status.EXPIRED
    assert "newer" in older.outcome_note
    assert status_of(newer) == Status.SENT
    assert TeamTask.objects.get().key == "reminders-too-late"


def test_after_an_outage_the_team_gets_the_newest_digest_only(
    ask: Ask, nurse: User, mailbox: Mailbox, due: datetime
) -> None:
    for day in range(3):
        ask(
            patient=None,
            source="digest:1",
            kind=Kind.DIGEST,
            audience=Audience.TEAM,
            on=due.date() + timedelta(days=day),
            expires_on=due.date() + timedelta(days=9),
            asked_at=due - timedelta(days=1),
        )

    assert engine.sweep(at=due + timedelta(days=3)) == SweepResult(claimed=1, sent=1)
    assert "Thursday 7 May 2026" in text_of(mailbox.received[0])


def test_the_counts_add_up(ask: Ask, clinic: Clinic, mailbox: Mailbox, due: datetime) -> None:
    for n in range(12):
        patient = factories.PatientFactory(
            clinic=clinic,
            reachable=n % 3 != 0,
            status="DIED" if n % 4 == 0 else "ACTIVE",
        )
        ask(patient=patient)
        if n % 5 == 0:
            mailbox.refuse(patient.email)

    result = engine.sweep(at=due)

    assert result.claimed == 12
    assert result.sent + result.cancelled + result.gave_up == 12
    assert (
        result.sent == Reminder.objects.filter(status=Status.SENT).count() == len(mailbox.journal)
    )
