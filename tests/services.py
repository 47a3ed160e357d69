"""Throw-away servers for the tests, each on a free port of the loopback interface.

Nothing here uses or needs a server of the machine, and everything dies with the process that
started it. What is missing is an error that says how to get it, never a reason to skip.
"""

import ctypes
import http.client
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http import HTTPStatus
from pathlib import Path
from typing import Any

import psycopg
import redis
from aiosmtpd.controller import Controller

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 30.0
STARTS_TRIED = 3  # a free port may be taken between asking and binding


class ServiceMissing(Exception):
    """A program the tests need is not on this machine."""

    def __init__(self, what: str, packages: str, variables: str) -> None:
        super().__init__(
            f"the tests need {what}. As root: apt-get install --no-install-recommends {packages}"
            f" (or set {variables})"
        )


class ServiceFailed(Exception):
    """A server ended, or did not answer in time; the message ends with its log."""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_until(
    answers: Callable[[], bool], *, says: Callable[[], str], seconds: float = PATIENCE_SECONDS
) -> None:
    """Ask every 50 ms; raise ServiceFailed with what *says* returns when it takes too long."""
    ends_at = time.monotonic() + seconds
    while not answers():
        if time.monotonic() > ends_at:
            raise ServiceFailed(f"no answer within {seconds:.0f} s: {says()}")
        time.sleep(0.05)


def die_with_parent() -> None:
    """Run in the child: the kernel then ends it when its parent ends, however that happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def unprivileged() -> dict[str, Any]:
    """How to drop root, which PostgreSQL refuses to run as."""
    if os.geteuid():
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


# Programs ----------------------------------------------------------------------------------------


def postgres_programs() -> Path:
    """The folder that holds initdb and postgres, newest version first."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda bin_: -int(bin_.parent.name)
    )
    on_path = shutil.which("initdb")
    candidates = [Path(os.environ["PG_BINDIR"])] if os.environ.get("PG_BINDIR") else installed
    if on_path:
        candidates.append(Path(on_path).resolve().parent)
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise ServiceMissing("PostgreSQL", "postgresql", "PG_BINDIR or TEST_DATABASE_URL")


def redis_program() -> str:
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if not found:
        raise ServiceMissing("Redis", "redis-server", "TEST_REDIS_URL")
    return found


CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


def chromium_program() -> str:
    found = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if not found:
        raise ServiceMissing("a browser", "chromium", "CHROMIUM")
    return found


# Servers -----------------------------------------------------------------------------------------


@dataclass
class Process:
    """A child with its log in a file; ended with *ends_with*, then killed."""

    arguments: list[str]
    environment: Mapping[str, str]
    log: Path
    ends_with: signal.Signals = signal.SIGTERM
    options: Mapping[str, Any] = field(default_factory=dict)
    folder: Path = ROOT

    def start(self) -> "Process":
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(
                self.arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(self.environment),
                cwd=self.folder,
                preexec_fn=die_with_parent,
                start_new_session=True,
                **self.options,
            )
        return self

    @property
    def output(self) -> str:
        return self.log.read_text(errors="replace")[-6000:]

    @property
    def alive(self) -> bool:
        return self.child.poll() is None

    def wait_until(self, answers: Callable[[], bool], *, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait for an answer; give up at once if the process ended."""

        def answers_or_ended() -> bool:
            if not self.alive:
                raise ServiceFailed(f"{self.arguments[0]} ended by itself: {self.output}")
            return answers()

        wait_until(answers_or_ended, says=lambda: self.output, seconds=seconds)

    def wait_for_output(self, text: str, *, seconds: float = PATIENCE_SECONDS) -> None:
        self.wait_until(lambda: text in self.output, seconds=seconds)

    def finish(self, *, seconds: float = PATIENCE_SECONDS) -> int:
        """Wait for a process that is to end by itself; return its exit code."""
        return self.child.wait(timeout=seconds)

    def kill(self) -> None:
        """As when the power fails: the whole group, with no time for anything."""
        self.child.poll()
        with suppress(ProcessLookupError):  # nothing is left of it, nor of what it started
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()

    def stop(self, *, seconds: float = 15.0) -> int:
        if self.alive:
            self.child.send_signal(self.ends_with)
            with suppress(subprocess.TimeoutExpired):
                self.child.wait(timeout=seconds)
        self.kill()
        return self.child.returncode


def inherited() -> dict[str, str]:
    """Of our own environment, what any program may need and no setting of ours."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV")
    return {name: os.environ[name] for name in kept if name in os.environ}


@dataclass
class Postgres:
    """A PostgreSQL of its own, fast and forgetful unless it is to be *durable*."""

    durable: bool = False

    def start(self) -> str:
        programs = postgres_programs()
        self.drop = unprivileged()
        self.folder = Path(tempfile.mkdtemp(prefix="taperline-pg-"))
        if self.drop:
            os.chown(self.folder, self.drop["user"], self.drop["group"])
        self.environment = {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "HOME": str(self.folder),
            "TZ": "UTC",
        }
        self._create(programs)
        for attempt in range(STARTS_TRIED):
            try:
                return self._start(programs, port=free_port())
            except ServiceFailed:
                self.process.kill()
                if attempt == STARTS_TRIED - 1:
                    raise
        raise AssertionError("unreachable")

    def _create(self, programs: Path) -> None:
        made = subprocess.run(
            [
                str(programs / "initdb"),
                *("-D", str(self.folder / "data"), "-U", "taperline", "-A", "trust"),
                *("-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
            ],
            capture_output=True,
            text=True,
            env=self.environment,
            cwd=self.folder,
            check=False,
            **self.drop,
        )
        if made.returncode:
            raise ServiceFailed(f"initdb: {made.stdout}{made.stderr}")

    def _start(self, programs: Path, *, port: int) -> str:
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.folder),
            "jit": "off",
            "max_connections": "90",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        self.process = Process(
            [
                str(programs / "postgres"),
                *("-D", str(self.folder / "data"), "-p", str(port)),
                *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
            ],
            environment=self.environment,
            log=self.folder / "log",
            ends_with=signal.SIGQUIT,  # immediate: the data are thrown away
            options=self.drop,
            folder=self.folder,
        ).start()
        address = f"127.0.0.1:{port}"
        self._wait_until_it_answers()
        with psycopg.connect(
            f"postgresql://taperline@{address}/template1", autocommit=True
        ) as connection:
            connection.execute("CREATE DATABASE taperline")
        return f"postgres://taperline@{address}/taperline"

    def restart(self, how: signal.Signals) -> None:
        """SIGINT ends the sessions (fast), SIGQUIT the server where it stands (immediate)."""
        self.go_away(how)
        self.come_back()

    def go_away(self, how: signal.Signals = signal.SIGQUIT) -> None:
        self.process.child.send_signal(how)
        self.process.child.wait(timeout=PATIENCE_SECONDS)

    def come_back(self) -> None:
        """Start again on the same data, at the same port."""
        self.process.start()
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        port = self.process.arguments[self.process.arguments.index("-p") + 1]
        url = f"postgresql://taperline@127.0.0.1:{port}/template1"
        self.process.wait_until(lambda: _answers_sql(url))

    def stop(self) -> None:
        self.process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _answers_sql(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@dataclass
class Redis:
    """A Redis that writes nothing to disk; 64 databases, so that each test process has its own."""

    port: int = 0

    def start(self) -> str:
        program = redis_program()
        self.folder = Path(tempfile.mkdtemp(prefix="taperline-redis-"))
        for attempt in range(STARTS_TRIED):
            try:
                self.port = free_port()
                return self._start(program, port=self.port)
            except ServiceFailed:
                self.process.kill()
                if attempt == STARTS_TRIED - 1:
                    raise
        raise AssertionError("unreachable")

    def restart(self) -> None:
        """Kill it, and start it again at the same port with nothing in it."""
        self.go_away()
        self.come_back()

    def go_away(self) -> None:
        self.process.kill()

    def come_back(self) -> None:
        self.process.start()
        self.process.wait_until(lambda: _answers_ping(self.port))

    def _start(self, program: str, *, port: int) -> str:
        self.process = Process(
            [
                program,
                *("--port", str(port), "--bind", "127.0.0.1", "--databases", "64"),
                *("--save", "", "--appendonly", "no", "--dir", str(self.folder)),
            ],
            environment=inherited(),
            log=self.folder / "log",
            folder=self.folder,
        ).start()
        self.process.wait_until(lambda: _answers_ping(port))
        return f"redis://127.0.0.1:{port}"

    def stop(self) -> None:
        self.process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _answers_ping(port: int) -> bool:
    with redis.Redis(port=port) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False


@dataclass
class Mailbox:
    """An SMTP server in a thread that keeps what it accepts and refuses whom it is told to."""

    refused: dict[str, str] = field(default_factory=dict)
    received: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    loses_the_next: bool = False  # the line, after it took the next mail and before it says so

    def start(self) -> "Mailbox":
        self.port = free_port()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()
        return self

    def stop(self) -> None:
        self.controller.stop(no_assert=True)

    def refuse(self, address: str, reply: str = "550 5.1.1 no such user here") -> None:
        """Answer *reply* to this recipient from now on; 4xx means "later", 5xx "never"."""
        self.refused[address] = reply

    def accept_again(self) -> None:
        self.refused.clear()

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.received if address in str(mail["To"])]

    @property
    def journal(self) -> list[str]:
        """The Message-ID of each accepted mail, in order: a repeat shows."""
        return [str(mail["Message-ID"]) for mail in self.received]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd names its hooks so
        self, server: Any, session: Any, envelope: Any, address: str, rcpt_options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.received.append(mail)
        self.recipients.extend(envelope.rcpt_tos)
        if self.loses_the_next:
            self.loses_the_next = False
            server.transport.abort()
        return "250 OK"


@dataclass(frozen=True)
class Web:
    process: Process
    port: int


def _answers_http(port: int) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", "/healthz")
        return line.getresponse().status == HTTPStatus.OK
    except OSError:
        return False
    finally:
        line.close()


# Our own processes -------------------------------------------------------------------------------


@dataclass
class Processes:
    """Starts our own programs against a given environment and ends them all."""

    environment: dict[str, str]
    folder: Path
    started: list[Process] = field(default_factory=list)

    def start(self, *arguments: str, **environment: str) -> Process:
        process = Process(
            list(arguments),
            environment=self.environment | environment,
            log=self.folder / f"{len(self.started)}.log",
        ).start()
        self.started.append(process)
        return process

    def manage(self, *arguments: str, **environment: str) -> Process:
        return self.start(sys.executable, "manage.py", *arguments, **environment)

    def worker(self, *arguments: str, **environment: str) -> Process:
        """A real Celery worker, ready to take tasks."""
        worker = self.start(
            *(sys.executable, "-m", "celery", "-A", "tracker", "worker", "--pool", "threads"),
            *("--concurrency", "1", "--without-gossip", "--without-mingle"),
            *("--hostname", f"worker{len(self.started)}@%h"),
            *arguments,
            **environment,
        )
        worker.wait_for_output("ready.", seconds=60)
        return worker

    def web(self, **environment: str) -> "Web":
        """A real gunicorn as in docker-compose.yml, answering."""
        port = free_port()
        process = self.start(
            *(sys.executable, "-m", "gunicorn", "tracker.wsgi", "--bind", f"127.0.0.1:{port}"),
            *("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
            *("--no-control-socket", "--worker-tmp-dir", str(self.folder)),
            **environment,
        )
        process.wait_until(lambda: _answers_http(port), seconds=60)
        return Web(process, port)

    def beat(self, *arguments: str, **environment: str) -> Process:
        beat = self.start(
            *(sys.executable, "-m", "celery", "-A", "tracker", "beat"),
            *("--schedule", str(self.folder / f"beat{len(self.started)}"), "--pidfile", ""),
            *arguments,
            **environment,
        )
        beat.wait_for_output("beat: Starting", seconds=60)
        return beat

    def stop(self) -> None:
        for process in reversed(self.started):
            process.stop()

    def __iter__(self) -> Iterator[Process]:
        return iter(self.started)
