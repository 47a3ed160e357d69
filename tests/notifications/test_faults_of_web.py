"""The servers beside the web go away: what people and programs are told, and what is stored.

gunicorn, PostgreSQL, Redis, worker and beat are processes of their own. Every answer is a 2xx or a
503 that says when to ask again, and nobody restarts gunicorn.
"""

import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import User
from django.db import connection

from notifications.models import ClinicPolicy, Reminder
from notifications.policy import Kind
from notifications.services.schedule import replace_schedule
from patients.links import path_for
from patients.models import AuditEvent, Clinic, KeptAnswer, Patient
from patients.vocabulary import Event
from tests import factories, services
from tests.notifications.conftest import NO_QUIET, FullDisk, StartSink, Sweeper
from tests.notifications.conftest import request as request_for
from tests.notifications.outcome import settled, wait_for
from tests.plugin import database_url_of_the_test
from tests.visitor import ADA, Answer, Visitor

pytestmark = pytest.mark.django_db(transaction=True)
PATIENTS = "/api/v1/patients"
NOT_STORED = "What you typed was not stored, and it is kept on this page."
WRITERS = 3


def is_503_of_the_api(answer: Answer) -> None:
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["Content-Type"] == "application/json"
    assert set(answer.json) == {"code", "message"}
    assert answer.json["code"] == "UNAVAILABLE"


def is_503_of_a_page(answer: Answer) -> None:
    assert answer.status == 503, answer.text
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "no-store" in answer.headers["Cache-Control"]


# PostgreSQL --------------------------------------------------------------------------------------


class Unceasing:
    """Asks again and again in a thread, and keeps every answer."""

    def __init__(self, ask: Callable[[], Answer]) -> None:
        self.ask, self.answers = ask, list[Answer]()
        self.failed: Exception | None = None
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._go_on)

    def _go_on(self) -> None:
        while not self.over.is_set():
            try:
                self.answers.append(self.ask())
            except Exception as error:  # noqa: BLE001 - told in the test's own thread
                self.failed = error
                return

    def count(self, *, refused: bool, since: int = 0) -> int:
        if self.failed:
            raise self.failed
        return sum((answer.status == 503) is refused for answer in self.answers[since:])

    def stop(self) -> None:
        self.over.set()
        self.thread.join(timeout=60)


class Registrar:
    """Registers one patient after the other; each with its key, again until it is accepted."""

    def __init__(self, port: int, user: User, name: str) -> None:
        self.program, self.name, self.number = Visitor.program(port, user), name, 0
        self.acknowledged: list[str] = []

    def __call__(self) -> Answer:
        record_number = f"{self.name}-{self.number}"
        body = ADA | {"record_number": record_number}
        answer = self.program.post(PATIENTS, body, **{"Idempotency-Key": record_number})
        if answer.status == 201:
            self.acknowledged.append(record_number)
            self.number += 1
        return answer


class Rush:
    """Programs that register patients and browsers that read pages, all at once."""

    def __init__(self, port: int, nurse: User) -> None:
        self.registrars = [Registrar(port, nurse, f"writer{n}") for n in range(WRITERS)]
        reader = Visitor.logged_in(port, nurse)
        self.programs = [Unceasing(each) for each in self.registrars]
        self.pages = [Unceasing(lambda path=path: reader.get(path)) for path in ("/", "/patients")]

    def __enter__(self) -> "Rush":
        for each in self.everyone:
            each.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for each in self.everyone:
            each.stop()

    @property
    def everyone(self) -> list[Unceasing]:
        return [*self.programs, *self.pages]

    def wait_until_each_is(self, *, refused: bool) -> None:
        """Let each have three such answers from now on."""
        so_far = [len(each.answers) for each in self.everyone]
        services.wait_until(
            lambda: all(
                each.count(refused=refused, since=since) >= 3
                for each, since in zip(self.everyone, so_far, strict=True)
            ),
            says=lambda: str(
                [[answer.status for answer in each.answers] for each in self.everyone]
            ),
            seconds=60,
        )


@pytest.mark.postgres
def test_while_postgresql_is_away_the_web_answers_503_and_then_goes_on_by_itself(
    own_postgres: services.Postgres,
    processes: services.Processes,
    request: pytest.FixtureRequest,
) -> None:
    processes.environment["DATABASE_URL"] = database_url_of_the_test()
    nurse: User = request.getfixturevalue("nurse")  # not before the database is there
    link = _link_of(request.getfixturevalue("clinic"))
    web = processes.web()
    browser, phone = Visitor.logged_in(web.port, nurse), Visitor(web.port)
    form, birth = browser.get("/patients/new").hidden, phone.get(link).hidden

    with Rush(web.port, nurse) as rush:
        rush.wait_until_each_is(refused=False)
        connection.close()
        own_postgres.go_away()
        rush.wait_until_each_is(refused=True)
        refused = browser.send_form("/patients/new", form | ADA | {"record_number": "typed"})
        _the_patient_reads_whom_to_call(phone, link, birth)
        _the_load_balancer_hears_why(phone)
        own_postgres.come_back()
        rush.wait_until_each_is(refused=False)

    assert web.process.alive
    _each_answer_is_right_or_says_when_to_ask_again(rush)
    _each_was_registered_once(rush.registrars)
    is_503_of_a_page(refused)
    assert NOT_STORED in refused.text
    _what_was_typed_can_be_sent_from_the_page_of_the_503(browser, refused)


def _each_answer_is_right_or_says_when_to_ask_again(rush: Rush) -> None:
    for program in rush.programs:
        assert {answer.status for answer in program.answers} == {201, 503}
        for answer in program.answers:
            if answer.status == 503:
                is_503_of_the_api(answer)
    for page in rush.pages:
        assert {answer.status for answer in page.answers} == {200, 503}
        for answer in page.answers:
            if answer.status == 503:
                is_503_of_a_page(answer)
                assert "The database does not answer." in answer.text
                assert "load the page again" in answer.text


def _the_patient_reads_whom_to_call(phone: Visitor, link: str, birth: dict[str, str]) -> None:
    typed = phone.send_form(link, birth | {"day": "14", "month": "3", "year": "1958"})
    in_german = phone.get(link, **{"Accept-Language": "de"})

    for answer in (typed, in_german):
        is_503_of_a_page(answer)
    assert "What you entered could not be stored" in typed.text
    assert "Diese Seite geht gerade nicht" in in_german.text
    assert "worklist" not in typed.text + in_german.text


def _the_load_balancer_hears_why(outside: Visitor) -> None:
    health = outside.get("/readyz")

    assert health.status == 503
    assert health.json["parts"]["database"] == "the database does not answer"
    assert outside.get("/healthz").status == 200


def _link_of(clinic: Clinic) -> str:
    patient = factories.PatientFactory(clinic=clinic, reachable=True)
    today = datetime.now(UTC).date()  # noqa: TID251 - the web reads the real clock
    return path_for(patient=patient, reminder_id=uuid4(), day=today)


def _each_was_registered_once(registrars: list[Registrar]) -> None:
    """What was acknowledged is there; row, trail and kept answer are there together or not."""
    acknowledged = {name for each in registrars for name in each.acknowledged}
    underway = {f"{each.name}-{each.number}" for each in registrars}  # 503, and not asked again
    stored = dict(
        Patient.objects.filter(record_number__startswith="writer").values_list(
            "record_number", "id"
        )
    )
    assert acknowledged <= set(stored) <= acknowledged | underway
    told = AuditEvent.objects.filter(event=Event.PATIENT_REGISTERED, patient__in=stored.values())
    assert sorted(told.values_list("patient", flat=True)) == sorted(stored.values())
    assert KeptAnswer.objects.count() == len(stored)


def _what_was_typed_can_be_sent_from_the_page_of_the_503(
    browser: Visitor, page: Answer, record_number: str = "typed"
) -> None:
    first = browser.send_form("/patients/new", page.hidden)
    again = browser.send_form("/patients/new", page.hidden)

    assert (first.status, again.status) == (302, 302), first.text
    assert first.headers["Location"] == again.headers["Location"]
    assert Patient.objects.filter(record_number=record_number).count() == 1


# Redis -------------------------------------------------------------------------------------------


@pytest.fixture
def own_redis(processes: services.Processes) -> Iterator[services.Redis]:
    """A Redis that only this test uses, for messages and for tries as in docker-compose.yml."""
    server = services.Redis()
    url = server.start()
    processes.environment |= {
        "CELERY_BROKER_URL": f"{url}/0",
        "CACHE_URL": f"{url.replace('redis:', 'rediscache:')}/1",
    }
    yield server
    processes.stop()  # a worker that has lost its broker does not end by itself
    server.stop()


@pytest.fixture
def nurse(nurse: User) -> User:
    """With a password that the web, a process of its own, can check."""
    nurse.password = PBKDF2PasswordHasher().encode(factories.PASSWORD, "salt", iterations=1)
    nurse.save()
    return nurse


class Entrance:
    """The three doors at which tries are counted: log-in, API token, a patient's birth date."""

    def __init__(self, port: int, user: User, *, link: str) -> None:
        self.outside, self.phone, self.link = Visitor(port), Visitor(port), link
        typed = {"login": user.username, "password": factories.PASSWORD}
        self.log_in = self.outside.get("/accounts/login/").hidden | typed
        self.birth = self.phone.get(link).hidden | {"day": "14", "month": "3", "year": "1958"}
        self.credentials = {"username": user.username, "password": factories.PASSWORD}

    def is_shut(self) -> None:
        log_in = self.outside.send_form("/accounts/login/", self.log_in)
        is_503_of_a_page(log_in)
        assert "Nobody can be let in at the moment" in log_in.text
        assert factories.PASSWORD not in log_in.text
        assert settings.SESSION_COOKIE_NAME not in self.outside.cookies
        is_503_of_a_page(self.phone.send_form(self.link, self.birth))
        is_503_of_the_api(self.outside.post("/api/v1/auth/token", self.credentials))

    def is_open(self) -> None:
        assert self.outside.send_form("/accounts/login/", self.log_in).status == 302
        assert self.outside.get("/").status == 200
        assert self.phone.send_form(self.link, self.birth).status == 302
        assert self.outside.post("/api/v1/auth/token", self.credentials).status == 200


def test_while_redis_is_away_people_work_on_and_nobody_is_let_in_uncounted(
    own_redis: services.Redis,
    processes: services.Processes,
    mailbox: services.Mailbox,
    clinic: Clinic,
    nurse: User,
) -> None:
    ClinicPolicy.objects.create(clinic=clinic, quiet_from=NO_QUIET, quiet_until=NO_QUIET)
    patient = factories.PatientFactory(clinic=clinic, reachable=True)
    processes.environment |= {
        "REMINDER_TICK_SECONDS": "0.5",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(mailbox.port),
    }
    web, worker, beat = processes.web(), processes.worker(), processes.beat()
    browser, program = Visitor.logged_in(web.port, nurse), Visitor.program(web.port, nurse)
    entrance = Entrance(web.port, nurse, link=_link_of(clinic))

    own_redis.go_away()
    form = browser.get("/patients/new")
    stored = browser.send_form("/patients/new", form.hidden | ADA | {"record_number": "typed"})
    changed = program.patch(f"{PATIENTS}/{patient.pk}", {"email": "new@mail.example"})

    assert (form.status, stored.status, changed.status) == (200, 302, 200), changed.text
    asked_for = Reminder.objects.get(patient=patient)
    assert asked_for.status == "SCHEDULED"
    entrance.is_shut()

    own_redis.come_back()
    wait_for(lambda: mailbox.journal == [asked_for.message_id], seconds=60)
    entrance.is_open()
    assert all(process.alive for process in (web.process, worker, beat))


# SQLite ------------------------------------------------------------------------------------------


@contextmanager
def locked_by_another() -> Iterator[None]:
    """Hold BEGIN IMMEDIATE on the database of the test; the web is the other process."""
    line = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    try:
        line.execute("BEGIN IMMEDIATE")
        yield
    finally:
        line.close()  # which rolls back


class Typist:
    """Registers one patient by a form and one by the API, at the same time."""

    def __init__(self, port: int, nurse: User) -> None:
        self.browser, self.program = Visitor.logged_in(port, nurse), Visitor.program(port, nurse)
        self.pool = ThreadPoolExecutor(2)

    def both(self, name: str, *, form: dict[str, str]) -> "tuple[Future[Answer], Future[Answer]]":
        typed, body = (ADA | {"record_number": f"{name} {by}"} for by in ("typed", "sent"))
        return (
            self.pool.submit(self.browser.send_form, "/patients/new", form | typed),
            self.pool.submit(self.program.post, PATIENTS, body),
        )


@pytest.fixture
def typist(processes: services.Processes, nurse: User) -> Iterator[Typist]:
    typist = Typist(processes.web().port, nurse)
    yield typist
    typist.pool.shutdown()


def test_sqlite_locked_by_another_for_three_seconds_only_makes_wait(typist: Typist) -> None:
    if connection.vendor != "sqlite":
        return
    form = typist.browser.get("/patients/new").hidden
    with locked_by_another():
        answers = typist.both("waited", form=form)
        began = time.monotonic()
        while time.monotonic() < began + 3:
            assert not any(answer.done() for answer in answers)
            time.sleep(0.1)

    assert [answer.result().status for answer in answers] == [302, 201]
    assert Patient.objects.filter(record_number__startswith="waited").count() == 2


def test_sqlite_locked_for_longer_answers_503_and_stores_nothing_in_part(typist: Typist) -> None:
    """It is held until both have their answer: a web that waits for it would wait for ever."""
    if connection.vendor != "sqlite":
        return
    form = typist.browser.get("/patients/new").hidden
    with locked_by_another():
        page, answer = (each.result() for each in typist.both("refused", form=form))

    is_503_of_a_page(page)
    assert NOT_STORED in page.text
    is_503_of_the_api(answer)
    assert not Patient.objects.filter(record_number__startswith="refused").exists()
    assert not AuditEvent.objects.filter(event=Event.PATIENT_REGISTERED).exists()
    assert not KeptAnswer.objects.exists()
    _what_was_typed_can_be_sent_from_the_page_of_the_503(typist.browser, page, "refused typed")


# A week without a sweep --------------------------------------------------------------------------

PATIENTS_OF_A_WEEK = 20
A_DAY = timedelta(days=1)


def test_after_a_week_without_a_sweep_each_patient_gets_the_newest_mail_only(
    processes: services.Processes,
    sweeper: Sweeper,
    start_sink: StartSink,
    clinic: Clinic,
    nurse: User,
) -> None:
    """Of seven visits due one a day the newest; of a dose step of six days ago nothing."""
    newest = _a_week_of_mail(clinic)
    web, sink = processes.web(), start_sink(latency=0.01)
    registrar = Registrar(web.port, nurse, "meanwhile")
    reader = Visitor.program(web.port, nurse)
    asking = [Unceasing(registrar), Unceasing(lambda: reader.get(PATIENTS))]

    for each in asking:
        each.thread.start()
    together = [sweeper("--loop", sink=sink) for _ in range(2)]
    wait_for(settled, seconds=90)
    for each in asking:
        each.stop()

    assert Counter(sink.journal) == Counter(newest)
    others = Reminder.objects.exclude(message_id__in=newest)
    assert set(others.values_list("status", flat=True)) == {"EXPIRED"}
    assert [{answer.status for answer in each.answers} for each in asking] == [{201}, {200}]
    assert all(each.failed is None for each in asking)
    assert all(process.alive for process in together)


def _a_week_of_mail(clinic: Clinic) -> list[str]:
    """Return the Message-ID of the newest visit's reminder of each patient."""
    ClinicPolicy.objects.create(clinic=clinic, quiet_from=NO_QUIET, quiet_until=NO_QUIET)
    now = datetime.now(UTC) - timedelta(minutes=10)  # noqa: TID251 - the processes' clock
    for _ in range(PATIENTS_OF_A_WEEK):
        patient = factories.PatientFactory(clinic=clinic, reachable=True)
        _asked_for(patient, Kind.STEP_DAY, now - 6 * A_DAY, keeps=A_DAY)
        for ago in range(7):
            _asked_for(patient, Kind.ASSESSMENT_DUE, now - ago * A_DAY, keeps=14 * A_DAY)
    newest = Reminder.objects.filter(kind=Kind.ASSESSMENT_DUE, local_date=now.date())
    return list(newest.values_list("message_id", flat=True))


def _asked_for(patient: Patient, kind: Kind, due: datetime, *, keeps: timedelta) -> None:
    asked = request_for(
        kind,
        on=due.date(),
        at=due.time(),
        zone="UTC",
        expires_on=(due + keeps).date(),
        step_date=due.date().isoformat(),
    )
    replace_schedule(
        source=f"{kind}:{patient.pk}:{due.date()}",
        clinic=patient.clinic,
        patient=patient,
        requests=[asked],
        at=due - 8 * A_DAY,
    )


# A full disk -------------------------------------------------------------------------------------


@pytest.mark.postgres
def test_while_the_disk_is_full_changes_are_refused_whole_and_taken_afterwards(
    full_disk: FullDisk, processes: services.Processes, nurse: User
) -> None:
    web = processes.web()
    program, body = Visitor.program(web.port, nurse), ADA | {"record_number": "full"}

    full_disk.fill()
    refused, read = program.post(PATIENTS, body), program.get("/api/v1/me")
    full_disk.empty()

    is_503_of_the_api(refused)
    assert read.status == 200
    assert not Patient.objects.filter(record_number="full").exists()
    assert program.post(PATIENTS, body).status == 201
