"""Runs the demo: mailbox, web, worker with beat, and says what it does."""

import shutil
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.urls import reverse

from notifications import selectors as reminders
from patients import clock
from tracker.demo import cast, mailbox, places, processes
from tracker.demo.clock import run_to_next_mail
from tracker.demo.ending import ToldToEnd, ended_by_signals, ignore_signals
from tracker.demo.environment import HOST
from tracker.demo.seed import seed

WEB_SECONDS = 60
MAIL_SECONDS = 60


class DemoFailed(Exception):
    """The demo cannot go on; the message says what is wrong and what to do."""


@dataclass
class Supervisor:
    port: int
    say: Callable[[str], None]
    children: list[processes.Child] = field(default_factory=list)

    def run(self, *, once: bool, fresh: bool) -> None:
        """Start everything; end with *once* after a mail was sent, else at Ctrl-C."""
        self._check_port()
        if fresh or self._was_interrupted():
            self._forget()
        with ended_by_signals():
            try:
                self._start()
                if once:
                    self._wait_for_a_mail()
                else:
                    self._watch()
            except ToldToEnd:
                self.say("\nEnding web, worker and mailbox …")
            finally:
                self._stop()
        self.say(f"All parts have ended. The data stay in {places.folder()}")

    # Starting ------------------------------------------------------------------------------------

    def _check_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, self.port))
            except OSError as error:
                raise DemoFailed(
                    f"Port {self.port} is in use by another program. "
                    f"Try: sh scripts/dev demo --port {self.port + 1}"
                ) from error

    def _was_interrupted(self) -> bool:
        database = Path(settings.DATABASES["default"]["NAME"])
        return database.exists() and not places.seeded().exists()

    def _forget(self) -> None:
        self.say("Forgetting what an earlier demo left, to begin again …")
        for path in places.all_made():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        for part in ("data_folder_in", "control_folder"):
            Path(str(settings.CELERY_BROKER_TRANSPORT_OPTIONS[part])).mkdir(parents=True)

    def _start(self) -> None:
        self.say(f"Data in {places.folder()}")
        self.say("Database: SQLite, bringing its tables up to date …")
        call_command("migrate", verbosity=0, interactive=False)
        self.say(f"Mailbox: mail server on port {settings.EMAIL_PORT}; nothing leaves this machine")
        self.mailbox = mailbox.Mailbox(
            folder=places.mails(), host=HOST, port=settings.EMAIL_PORT, clock=clock.now
        )
        self.mailbox.start()
        self.say("Web server: starting …")
        self._start_web()
        self._seed()
        self.mailbox.refuses = frozenset({cast.REFUSED_ADDRESS})
        self.mailbox.on_mail = self._tell_of_mail
        self.say("Celery worker and beat: starting, a tick every 2 seconds …")
        self._start_worker()
        self._wait_for_web()
        self._greet()

    def _start_web(self) -> None:
        arguments = [
            *("tracker.wsgi", "--bind", f"{HOST}:{self.port}", "--no-control-socket"),
            *("--worker-class", "gthread", "--threads", "4", "--log-level", "warning"),
        ]
        self._start_child("web", "gunicorn", arguments)

    def _start_worker(self) -> None:
        arguments = [
            *("-A", "tracker", "worker", "--beat", "--pool", "threads", "--concurrency", "2"),
            *("--schedule", str(places.folder() / "beat"), "--loglevel", "INFO"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ]
        self._start_child("worker", "celery", arguments)

    def _start_child(self, name: str, module: str, arguments: list[str]) -> None:
        child = processes.start(
            name=name,
            module=module,
            arguments=arguments,
            environment={"LOG_LEVEL": "INFO", "LOG_JSON": "true"},
            logs=places.logs(),
        )
        self.children.append(child)

    def _seed(self) -> None:
        if places.seeded().exists():
            self.say("The clinic is there from an earlier start, with everything done in it.")
            return
        started = time.monotonic()
        self.say("Two small clinics: replaying their last months through the services …")
        seeded = seed(box=self.mailbox, at=clock.now())
        places.seeded().write_text(f"{seeded.home}\n", encoding="ascii")
        self.say(
            f"  {seeded.patients} patients, {seeded.mails} mails sent in the past, "
            f"in {time.monotonic() - started:.1f} s"
        )

    def _wait_for_web(self) -> None:
        deadline = time.monotonic() + WEB_SECONDS
        while not _answers(f"{settings.PUBLIC_URL}/healthz"):
            self._check_children()
            if time.monotonic() > deadline:
                raise DemoFailed(f"The page did not answer within {WEB_SECONDS} seconds.")
            time.sleep(0.1)
        if not _answers(f"{settings.PUBLIC_URL}{reverse(settings.LOGIN_URL)}"):
            raise DemoFailed("The log-in page does not answer as it should; see log/web.log.")

    def _greet(self) -> None:
        self.say("")
        self.say(f"  Taperline    {settings.PUBLIC_URL}/")
        self.say(f"  Mailbox      {settings.PUBLIC_URL}/demo/mailbox")
        self.say(f"  REST API     {settings.PUBLIC_URL}/api/v1/docs")
        self.say("")
        self.say(f"  {'log in as':<12} {'password':<20} who")
        for person in cast.PEOPLE:
            self.say(f"  {person.username:<12} {cast.PASSWORD:<20} {person.described}")
        self.say("")
        self.say("All people and addresses are made up. Ctrl-C ends everything; the data stay.")
        self.say("")

    # Running -------------------------------------------------------------------------------------

    def _watch(self) -> None:
        while True:
            self._check_children()
            time.sleep(0.5)

    def _check_children(self) -> None:
        for child in self.children:
            if child.ended:
                said = child.last_lines()
                raise DemoFailed(f"The {child.name} process ended by itself. It said:\n{said}")

    def _wait_for_a_mail(self) -> None:
        """Wait until the worker has sent a reminder; run the clock to the next if none is due."""
        before = reminders.counts_by_status().get("SENT", 0)
        at = clock.now()
        due_at = run_to_next_mail(at=at)
        if due_at is None:
            raise DemoFailed("No reminder is scheduled, so none can be sent.")
        if due_at > at:
            self.say(f"No reminder was due: the clock was run to {due_at:%a %d %b %Y %H:%M} UTC.")
        deadline = time.monotonic() + MAIL_SECONDS
        while reminders.counts_by_status().get("SENT", 0) <= before:
            self._check_children()
            if time.monotonic() > deadline:
                raise DemoFailed(f"No due reminder was sent within {MAIL_SECONDS} seconds.")
            time.sleep(0.2)
        self.say("The page answered and a due reminder was sent.")

    def _tell_of_mail(self, letter: mailbox.Letter) -> None:
        self.say(f"{letter.arrived_at:%d %b %H:%M} UTC  mail to {letter.to}: {letter.subject}")

    # Ending --------------------------------------------------------------------------------------

    def _stop(self) -> None:
        ignore_signals()
        processes.stop(self.children)
        if hasattr(self, "mailbox"):
            self.mailbox.stop()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310  (our own address)
            return bool(response.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
