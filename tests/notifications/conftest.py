"""Reminders that are really asked for, and a mail server that fails when told to."""

import re
import resource
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from notifications.models import ClinicPolicy, Reminder
from notifications.policy import Audience, Kind, ReminderRequest
from notifications.services.schedule import replace_schedule
from patients.models import Clinic, Patient
from tests import factories, services

TUESDAY = date(2026, 5, 5)
TUESDAY_AT_EIGHT = datetime(2026, 5, 5, 13, tzinfo=UTC)  # 08:00 in Chicago
STEP = {
    "step_number": 2,
    "step_date": "2026-05-05",
    "before": "10 mg",
    "dose": "7.5 mg",
    "drug": "prednisone",
    "tablets": "1 × 5 mg and 1 × 2.5 mg",
}
VISIT = {"due_on": "2026-05-05", "last_on": "2026-04-07"}
SPARING = {
    "step_date": "2026-05-05",
    "before": "15 mg",
    "dose": "17.5 mg",
    "drug": "methotrexate",
    "frequency": "ONCE_A_WEEK",
}
BLOOD_TEST = {"due_on": "2026-05-05"}
CONTEXT_OF = {
    Kind.STEP_HEADS_UP: STEP,
    Kind.STEP_DAY: STEP,
    Kind.ASSESSMENT_DUE: VISIT,
    Kind.ASSESSMENT_OVERDUE: VISIT,
    Kind.DIGEST: {"date": "2026-05-05", "counts": {"steps_due": 2, "visits_overdue": 1}},
    Kind.ADDRESS_VERIFICATION: {"path": "/reminders/verify/a-token"},
    Kind.RED_FLAG: {},
    Kind.STEP_SECOND: STEP,
    Kind.STEP_UNANSWERED: STEP,
    Kind.STEP_ESCALATED: STEP,
    Kind.VISIT_SECOND: VISIT,
    Kind.VISIT_UNANSWERED: VISIT,
    Kind.VISIT_ESCALATED: VISIT,
    Kind.ALERT_ESCALATED: {},
    Kind.TEST: {"member": 1},
    Kind.SPARING_HEADS_UP: SPARING,
    Kind.SPARING_DAY: SPARING,
    Kind.LAB_HEADS_UP: BLOOD_TEST,
    Kind.LAB_DUE: BLOOD_TEST,
    Kind.LAB_OVERDUE: BLOOD_TEST,
}


def request(
    kind: Kind = Kind.STEP_DAY,
    audience: Audience = Audience.PATIENT,
    *,
    on: date = TUESDAY,
    at: time = time(8),
    zone: str = "America/Chicago",
    expires_on: date | None = None,
    expires_time: time = time(0),
    **context: object,
) -> ReminderRequest:
    return ReminderRequest(
        kind=kind,
        audience=audience,
        local_date=on,
        local_time=at,
        time_zone=zone,
        expires_date=expires_on or on + timedelta(days=1),
        expires_time=expires_time,
        context=CONTEXT_OF[kind] | context,
        reason="The plan lowers the dose on this day.",
        revision=1,
    )


@pytest.fixture
def due() -> datetime:
    """The instant at which what was asked for by default falls due."""
    return TUESDAY_AT_EIGHT


@pytest.fixture
def reachable(clinic: Clinic) -> Patient:
    """A patient who may be mailed."""
    patient: Patient = factories.PatientFactory(
        clinic=clinic, email="ada@mail.example", reachable=True
    )
    return patient


Ask = Callable[..., Reminder]


@pytest.fixture
def ask(clinic: Clinic, reachable: Patient, at: datetime) -> Ask:
    """Ask for one reminder, on Monday for Tuesday at eight unless said; each its own source."""
    number = 0

    def ask_for(
        patient: Patient | None = reachable,
        *,
        source: str = "",
        asked_at: datetime = at,
        **given: Any,
    ) -> Reminder:
        nonlocal number
        number += 1
        source = source or f"test:{number}"
        asked = request(**given)
        replace_schedule(
            source=source,
            clinic=patient.clinic if patient else clinic,
            patient=patient,
            requests=[asked],
            at=asked_at,
        )
        return Reminder.objects.filter(source=source).latest("generation")

    return ask_for


@dataclass
class Sink:
    """bench/smtp_sink.py as a process of its own."""

    process: services.Process
    file: Path
    port: int

    @property
    def journal(self) -> list[str]:
        """The Message-ID of each mail that the server took, in order."""
        if not self.file.exists():
            return []
        return [line.split(" ")[0] for line in self.file.read_text().splitlines()]

    def stop(self) -> None:
        self.process.stop()


StartSink = Callable[..., Sink]


@pytest.fixture
def start_sink(tmp_path: Path, settings: Any) -> Iterator[StartSink]:
    """Start a sink with a fault; the settings of this test point at it."""
    started: list[Sink] = []

    def start(fault: str = "", *, port: int = 0, **options: object) -> Sink:
        given = {"port": port, "journal": tmp_path / "journal", **options}
        words = [word for name, value in given.items() for word in (f"--{name}", str(value))]
        process = services.Process(
            [sys.executable, "bench/smtp_sink.py", *words, *(["--fault", fault] if fault else [])],
            environment=services.inherited(),
            log=tmp_path / f"sink{len(started)}.log",
        ).start()
        process.wait_for_output("listening on")
        heard = re.search(r"listening on (\d+)", process.output)
        assert heard
        sink = Sink(process, tmp_path / "journal", int(heard[1]))
        started.append(sink)
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        return sink

    yield start
    for sink in started:
        sink.stop()


# The engine as processes, by the real clock ----------------------------------------------------

DueNow = Callable[[int], None]
Sweeper = Callable[..., services.Process]
NO_QUIET = time(0)  # at whatever hour the tests run


@pytest.fixture
def due_now(clinic: Clinic) -> DueNow:
    """Store reminders that fell due ten minutes ago by the real clock."""

    ClinicPolicy.objects.create(clinic=clinic, quiet_from=NO_QUIET, quiet_until=NO_QUIET)

    def make(number: int) -> None:
        now = datetime.now(UTC)  # noqa: TID251 - the processes read the real clock
        due = now - timedelta(minutes=10)
        for n in range(number):
            asked = request(
                on=due.date(),
                at=due.time(),
                zone="UTC",
                expires_on=due.date() + timedelta(days=2),
                step_date=due.date().isoformat(),
            )
            replace_schedule(
                source=f"taper:{n}",
                clinic=clinic,
                patient=factories.PatientFactory(clinic=clinic, reachable=True),
                requests=[asked],
                at=due - timedelta(days=1),
            )

    return make


@pytest.fixture
def sweeper(processes: services.Processes, settings: object) -> Sweeper:
    """Start `manage.py sweep_reminders` as a process."""

    def start(*arguments: str, sink: Sink) -> services.Process:
        return processes.manage(
            "sweep_reminders",
            *arguments,
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=str(sink.port),
            REMINDER_LEASE_SECONDS="2",
            REMINDER_TICK_SECONDS="0.5",
            REMINDER_BATCH_SIZE="20",
            REMINDER_BACKOFF_SECONDS="1",
        )

    return start


@pytest.fixture
def own_postgres(transactional_db: None) -> Iterator[services.Postgres]:
    """A PostgreSQL that only this test uses; the test's own connection goes there meanwhile."""
    server = services.Postgres(durable=True)
    url = server.start()
    others = dict(connection.settings_dict)
    connection.close()
    host, _, name = url.partition("@")[2].partition("/")
    connection.settings_dict |= {"PORT": host.partition(":")[2], "NAME": name, "USER": "taperline"}
    call_command("migrate", verbosity=0, interactive=False)
    yield server
    connection.close()
    connection.settings_dict |= others
    server.stop()


class FullDisk:
    """No room is left for what is written; what is there can be read.

    On SQLite the limit on the size of a file makes writes of one process really fail. PostgreSQL
    cannot be given a small disk without rights on the machine: there a trigger refuses each row
    with the SQLSTATE of a full disk.
    """

    TABLES = ("notifications_reminder", "patients_patient", "patients_auditevent")
    ROOM_BYTES = 100_000  # for the log of the process, not for the next pages of the database

    def __init__(self) -> None:
        self.process: services.Process | None = None

    def fill(self, process: services.Process | None = None) -> None:
        self.process = process
        if connection.vendor == "sqlite":
            self._limit(self.ROOM_BYTES)
            return
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                " RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full';"
                " END $$"
            )
            for table in self.TABLES:
                cursor.execute(
                    f"CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON {table}"
                    " FOR EACH ROW EXECUTE FUNCTION no_room()"
                )

    def empty(self) -> None:
        if connection.vendor == "sqlite":
            self._limit(resource.RLIM_INFINITY)
            return
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION IF EXISTS no_room() CASCADE")

    def _limit(self, number: int) -> None:
        if self.process is not None and self.process.alive:
            pid, hard = self.process.child.pid, resource.RLIM_INFINITY
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (number, hard))


@pytest.fixture
def full_disk(transactional_db: None) -> Iterator[FullDisk]:
    disk = FullDisk()
    yield disk
    disk.empty()
