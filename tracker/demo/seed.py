"""Makes the demo's two clinics, and lives through their last months once, as they would have."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User

from patients.models import Clinic
from patients.services import clinics
from tapers.domain.dose import Drug
from tapers.services.daily import evaluate_courses
from tracker.demo import cast, mailbox, stories
from tracker.demo.home import Calendar, elsewhere_at, home_at
from tracker.demo.ward import Ward
from tracker.digest import request_digests
from tracker.simulation.replay import Replay, Story

OPENED_DAYS_AGO = 1000
DIGEST_DAYS = 5
# Today's reminders at 08:00 are left for the worker: somebody looks when they go out.
REPLAY_ENDS = "08:00"
STOCK: dict[Drug, tuple[tuple[str, bool], ...]] = {
    Drug.PREDNISONE: (("20", False), ("10", False), ("5", True), ("2.5", False), ("1", False)),
    Drug.PREDNISOLONE: (("20", False), ("5", True), ("2.5", False), ("1", False)),
    Drug.METHYLPREDNISOLONE: (("16", True), ("8", False), ("4", True), ("2", False)),
}


@dataclass(frozen=True)
class Seeded:
    home: str
    patients: int
    mails: int


class Seeding:
    def __init__(self, *, box: mailbox.Mailbox, at: datetime) -> None:
        self.box = box
        self.home = home_at(at)
        self.calendar = Calendar(zone=self.home.zone, today=at.astimezone(self.home.zone).date())
        self.elsewhere = elsewhere_at(at)
        self.replay = Replay(on_instant=self._set_clock)
        self.now = at
        self.wards: list[Ward] = []

    def run(self) -> Seeded:
        opened_at = self.calendar.at(-OPENED_DAYS_AGO, "09:00")
        users = _users(opened_at)
        installer = users["installer"]
        riverside = self._open(cast.RIVERSIDE, installer, users, at=opened_at)
        hillside = self._open(cast.HILLSIDE, installer, users, at=opened_at)
        acted = [story(riverside) for story in stories.RIVERSIDE]
        acted += [story(hillside) for story in stories.HILLSIDE]
        mornings = self._mornings()
        clock, self.box.clock = self.box.clock, lambda: self.now
        try:
            self.replay.run([*acted, mornings], until=self.calendar.at(0, REPLAY_ENDS))
        finally:
            self.box.clock = clock
        return Seeded(
            home=self.home.zone.key,
            patients=sum(len(ward.patients) for ward in self.wards),
            mails=self.replay.sent,
        )

    def _open(self, name: str, installer: User, users: dict[str, User], *, at: datetime) -> Ward:
        clinic = clinics.create_clinic(
            actor=installer,
            name=name,
            time_zone=self.home.zone.key,
            country=self.home.country,
            phone=self.home.phone,
            at=at,
        )
        for person in cast.PEOPLE:
            if person.clinic == name:
                clinics.add_member(
                    actor=installer,
                    clinic=clinic,
                    user=users[person.username],
                    role=person.role,
                    is_lead=person.is_lead,
                    at=at,
                )
        self._stock(clinic, installer, at=at)
        ward = Ward(
            clinic=clinic,
            prescriber=users[_first(name, "PRESCRIBER")],
            nurse=users[_first(name, "NURSE", "PRESCRIBER")],
            calendar=self.calendar,
            elsewhere=self.elsewhere,
            mailbox=self.box,
            begin=self.replay.begin,
        )
        self.wards.append(ward)
        return ward

    def _stock(self, clinic: Clinic, installer: User, *, at: datetime) -> None:
        for drug, strengths in STOCK.items():
            clinics.stock_tablets(
                actor=installer,
                clinic=clinic,
                drug=drug,
                strengths=[(Decimal(mg), scored) for mg, scored in strengths],
                at=at,
            )

    def _mornings(self) -> Story:
        """The daily jobs of the last working week."""
        for days in range(-DIGEST_DAYS, 1):
            at = yield self.calendar.at(days, "07:05")
            evaluate_courses(at=at)
            request_digests(at=at)

    def _set_clock(self, instant: datetime) -> None:
        self.now = instant


def seed(*, box: mailbox.Mailbox, at: datetime) -> Seeded:
    """Fill an empty database; *box* must be the mail server that the settings name."""
    return Seeding(box=box, at=at).run()


def _first(clinic: str, *roles: str) -> str:
    """Return the username of that clinic's first member in the first role that is filled."""
    return next(
        person.username
        for role in roles
        for person in cast.PEOPLE
        if (person.clinic, person.role) == (clinic, role)
    )


def _users(at: datetime) -> dict[str, User]:
    password = make_password(cast.PASSWORD)
    installer = User.objects.create(
        username="installer", is_superuser=True, date_joined=at, password=make_password(None)
    )
    members = {
        person.username: User.objects.create(
            username=person.username,
            first_name=person.first_name,
            last_name=person.last_name,
            email=person.email,
            password=password,
            date_joined=at,
        )
        for person in cast.PEOPLE
    }
    return members | {"installer": installer}
