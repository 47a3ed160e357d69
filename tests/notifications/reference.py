"""What ought to become of each mail, told once more in the plainest way.

It shares no rule with the engine: times, reasons to be silent and what a fault leaves are written
down here a second time, without batches, locks, statements or a database.
"""

import uuid
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, auto
from zoneinfo import ZoneInfo

from notifications.policy import Audience, Kind, Status

AUDIENCE_OF = {
    Kind.STEP_DAY: Audience.PATIENT,
    Kind.ASSESSMENT_DUE: Audience.PATIENT,
    Kind.STEP_UNANSWERED: Audience.NURSES,
    Kind.ALERT_ESCALATED: Audience.LEADS,
    Kind.RED_FLAG: Audience.TEAM,
    Kind.DIGEST: Audience.TEAM,
}
NO_PAUSE_HOLDS = {Kind.RED_FLAG, Kind.ALERT_ESCALATED}
LEASE, PAUSE = timedelta(minutes=3), timedelta(minutes=10)
WAITS = [timedelta(seconds=each) for each in (60, 300, 1800, 7200, 21600, 43200)]
MOST_TRIES = 7
SLACK = timedelta(seconds=25)  # what a sweep may take on a busy machine
UNSETTLED = {Status.SCHEDULED, Status.CLAIMED, Status.HANDING}


def instant(day: date, clock: time, zone: str) -> datetime:
    return datetime.combine(day, clock, tzinfo=ZoneInfo(zone)).astimezone(UTC)


class Fault(Enum):
    """What happens to a worker, or to its line, at one hand-over of a sweep."""

    NONE = auto()
    KILLED_AFTER_THE_CLAIM = auto()
    KILLED_BEFORE_THE_TEXT = auto()
    KILLED_AFTER_THE_TEXT = auto()
    LINE_LOST_AFTER_THE_TEXT = auto()


KILLED_AT_A_MAIL = {Fault.KILLED_BEFORE_THE_TEXT, Fault.KILLED_AFTER_THE_TEXT}


@dataclass(eq=False)
class Person:
    """A patient, as far as it matters to whom mail may go."""

    zone: str
    alive: bool = True
    consents: bool = True
    paused: bool = False
    red_flag: bool = False
    flagged: bool = False  # the address was refused
    server_says: str = ""  # to this address: "" accepts, 451 later, 550 never


@dataclass(frozen=True)
class Wish:
    kind: Kind
    day: date
    clock: time
    days_valid: int
    dose: str
    zone: str

    @property
    def due_at(self) -> datetime:
        return instant(self.day, self.clock, self.zone)

    @property
    def expires_at(self) -> datetime:
        return instant(self.day + timedelta(days=self.days_valid), time(0), self.zone)

    @property
    def says(self) -> tuple[Kind, date, str]:
        return self.kind, self.day, self.dose


@dataclass(eq=False)
class Mail:
    """One reminder; *earliest* and *latest* are the bounds of its next try."""

    row: uuid.UUID
    source: str
    person: Person | None
    wish: Wish
    earliest: datetime
    latest: datetime
    status: Status = Status.SCHEDULED
    withdrawn: bool = False
    tries: int = 0
    unknown: int = 0
    copies: int = 0
    may_have_been_given_up: bool = False

    @property
    def to_patient(self) -> bool:
        return AUDIENCE_OF[self.wish.kind] is Audience.PATIENT

    @property
    def can_be_stopped(self) -> bool:
        return not self.withdrawn and self.status in UNSETTLED | {Status.GAVE_UP}

    def try_at(self, earliest: datetime, latest: datetime | None = None) -> None:
        self.earliest, self.latest = earliest, latest or earliest


@dataclass
class Reference:
    """All mails of one clinic, and what holds them."""

    mails: list[Mail] = field(default_factory=list)
    paused_kinds: set[str] = field(default_factory=set)  # "" is every kind

    # What people do --------------------------------------------------------------------------

    def ask(self, source: str, wishes: Iterable[Wish], *, now: datetime) -> list[Wish]:
        """Replace what *source* wants; return those that need a row."""
        wishes = list(wishes)
        mine = [mail for mail in self.mails if mail.source == source]
        live = {mail.wish: mail for mail in mine if mail.can_be_stopped}
        sent = {mail.wish.says for mail in mine if mail.status is Status.SENT}
        self._stop(mail for wish, mail in live.items() if wish not in wishes)
        ahead = (wish for wish in wishes if wish not in live and wish.says not in sent)
        return [wish for wish in ahead if _is_ahead(wish, now=now)]

    def cancel(self, source: str) -> None:
        self._stop(mail for mail in self.mails if mail.source == source and mail.can_be_stopped)

    def move(self, person: Person, zone: str) -> None:
        if zone == person.zone:
            return
        for mail in self.mails:
            follows = mail.to_patient and mail.wish.zone == person.zone
            if mail.person is person and follows and mail.status is Status.SCHEDULED:
                mail.wish = replace(mail.wish, zone=zone)
                if mail.tries == 0:
                    mail.try_at(mail.wish.due_at)
        person.zone = zone

    def lift(self, kind: str, *, now: datetime) -> None:
        self.paused_kinds.remove(kind)
        for mail in self.mails:
            waits = mail.status is Status.SCHEDULED and mail.wish.due_at <= now and not mail.tries
            if waits and kind in ("", mail.wish.kind):
                mail.try_at(min(mail.earliest, now), min(mail.latest, now))

    def try_again(self, mail: Mail, *, now: datetime) -> bool:
        """A person asks to send what was given up; return whether that may be."""
        verdict, _ = self._verdict(mail, now=now, superseded=self._is_superseded(mail, now=now))
        if verdict in (None, Status.SCHEDULED):
            mail.status = Status.SCHEDULED
            mail.try_at(now)
            return True
        if mail.withdrawn:
            mail.status = Status.CANCELLED
        return False

    def _stop(self, mails: Iterable[Mail]) -> None:
        for mail in list(mails):
            mail.withdrawn = True
            if mail.status is Status.SCHEDULED:
                mail.status = Status.CANCELLED

    # What a sweep does -----------------------------------------------------------------------

    def sweep(
        self, *, now: datetime, next_try: Mapping[uuid.UUID, datetime], fault: Fault, at_mail: int
    ) -> None:
        """Treat all that is due; the *fault* strikes at that hand-over, counted from one."""
        due = [mail for mail in self.mails if mail.status in UNSETTLED]
        due = sorted((m for m in due if next_try[m.row] <= now), key=lambda m: m.row)
        claimed = [mail for mail in due if self._is_claimed(mail, now=now)]
        if fault is Fault.KILLED_AFTER_THE_CLAIM:
            return
        looked = {mail.row: self._is_superseded(mail, now=now) for mail in claimed}
        going = [m for m in claimed if self._may_go(m, now=now, superseded=looked[m.row])]
        self._hand_over(going, now=now, fault=fault, at_mail=at_mail)

    def _is_claimed(self, mail: Mail, *, now: datetime) -> bool:
        vanished = mail.status is Status.HANDING
        mail.status = Status.CLAIMED
        mail.try_at(now + LEASE, now + LEASE + SLACK)
        return not (vanished and self._is_unknown_again(mail))

    def _is_unknown_again(self, mail: Mail) -> bool:
        """Count a try of which nothing is known; the second is left to a person."""
        mail.unknown += 1
        if mail.unknown > 1 and not mail.withdrawn:
            mail.status = Status.GAVE_UP
            return True
        return False

    def _may_go(self, mail: Mail, *, now: datetime, superseded: bool) -> bool:
        verdict, until = self._verdict(mail, now=now, superseded=superseded)
        if verdict is None:
            return True
        mail.status = verdict
        if until is not None:
            mail.try_at(until, until + SLACK)
        return False

    def _verdict(
        self, mail: Mail, *, now: datetime, superseded: bool
    ) -> tuple[Status | None, datetime | None]:
        """Return what becomes of a mail instead of being sent, and until when it waits."""
        person, kind = mail.person, mail.wish.kind
        if (person and not person.alive) or mail.withdrawn:
            return Status.CANCELLED, None
        if superseded or now >= mail.wish.expires_at:
            return Status.EXPIRED, None
        if mail.to_patient and person and _is_not_to_be_written_to(person, kind):
            return Status.CANCELLED, None
        if {"", str(kind)} & self.paused_kinds and kind not in NO_PAUSE_HOLDS:
            return Status.SCHEDULED, min(now + PAUSE, mail.wish.expires_at)
        if mail.to_patient and person and (until := _end_of_the_night(now, person.zone)):
            return Status.SCHEDULED, min(until, mail.wish.expires_at)
        return None, None

    def _is_superseded(self, mail: Mail, *, now: datetime) -> bool:
        """A later one of the same kind for the same reader is due, or was sent."""
        return any(
            other.wish.kind is mail.wish.kind
            and other.person is mail.person
            and (mail.person is not None or other.source == mail.source)
            and other.status in UNSETTLED | {Status.SENT}
            and not other.withdrawn
            and mail.wish.due_at < other.wish.due_at <= now
            for other in self.mails
        )

    def _hand_over(self, going: list[Mail], *, now: datetime, fault: Fault, at_mail: int) -> None:
        # An address found to be wrong on the way is a reason to ask again about the others.
        queue = deque((mail, bool(mail.person and mail.person.flagged)) for mail in going)
        number = 0
        while queue:
            mail, was_flagged = queue.popleft()
            if mail.person and mail.person.flagged != was_flagged:
                superseded = self._is_superseded(mail, now=now)
                if self._may_go(mail, now=now, superseded=superseded):
                    queue.append((mail, mail.person.flagged))
                continue
            number += 1
            strikes = fault if number == at_mail else Fault.NONE
            self._try(mail, now=now, fault=strikes)
            if strikes in KILLED_AT_A_MAIL:
                return

    def _try(self, mail: Mail, *, now: datetime, fault: Fault) -> None:
        mail.status = Status.HANDING
        mail.tries += 1
        mail.try_at(now + LEASE, now + LEASE + SLACK)
        if fault is Fault.KILLED_BEFORE_THE_TEXT:
            return
        says = mail.person.server_says if mail.to_patient and mail.person else ""
        mail.copies += not says
        if fault is Fault.KILLED_AFTER_THE_TEXT:
            return
        if says == "451":
            self._put_off(mail, now=now)
        elif says == "550":
            mail.status = Status.GAVE_UP
            mail.person.flagged = True  # type: ignore[union-attr]
        elif fault is Fault.LINE_LOST_AFTER_THE_TEXT:
            if not self._is_unknown_again(mail):
                mail.status = Status.SCHEDULED
        else:
            mail.status = Status.SENT

    def _put_off(self, mail: Mail, *, now: datetime) -> None:
        wait = WAITS[min(mail.tries, len(WAITS)) - 1]
        mail.try_at(now + 0.8 * wait, now + 1.2 * wait + SLACK)
        if mail.tries >= MOST_TRIES or mail.earliest >= mail.wish.expires_at:
            mail.status = Status.GAVE_UP
            return
        mail.status = Status.SCHEDULED
        mail.may_have_been_given_up = mail.latest >= mail.wish.expires_at


def _is_ahead(wish: Wish, *, now: datetime) -> bool:
    return wish.expires_at > now and (wish.kind is Kind.RED_FLAG or wish.due_at > now)


def _is_not_to_be_written_to(person: Person, kind: Kind) -> bool:
    held = person.paused or (person.red_flag and kind is Kind.STEP_DAY)
    return held or person.flagged or not person.consents


def _end_of_the_night(now: datetime, zone: str) -> datetime | None:
    """Return eight in the morning when it is between eight in the evening and that."""
    local = now.astimezone(ZoneInfo(zone))
    if 8 <= local.hour < 20:
        return None
    morning = local.date() + timedelta(days=1 if local.hour >= 20 else 0)
    return instant(morning, time(8), zone)
