"""The servers a bench runs against: its own, as durable as in service, and gone with it."""

import json
import os
import re
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import services


@dataclass
class Sink:
    """bench/smtp_sink.py as a process."""

    process: services.Process
    port: int
    stats_port: int

    @property
    def accepted(self) -> int:
        with socket.create_connection(("127.0.0.1", self.stats_port), timeout=10) as line:
            line.sendall(b"GET /\r\n")
            answer = b"".join(iter(lambda: line.recv(65536), b""))
        return int(json.loads(answer.partition(b"\r\n\r\n")[2]).get("accepted", 0))


@dataclass
class Stage:
    """What runs, and where Celery finds its broker."""

    folder: Path
    sink: Sink
    database: services.Postgres | None = None  # None: the SQLite file of the embedded default
    worker: services.Process | None = None


@contextmanager
def stage(*, workers: int = 0, embedded: bool = False) -> Iterator[Stage]:
    """Start PostgreSQL and a mail sink, and Redis and Celery with so many processes if any.

    *embedded*: no server but the sink, and the SQLite file that is there when nothing is set.

    Django is set up on it when this returns; a process has one stage.
    """
    with tempfile.TemporaryDirectory(prefix="taperline-bench-") as name:
        folder = Path(name)
        database = None if embedded else services.Postgres(durable=True)
        broker = services.Redis()
        started: list[services.Postgres | services.Redis | services.Process] = []
        try:
            environment = {"DATA_DIR": name}
            if database is not None:
                started.append(database)
                environment["DATABASE_URL"] = database.start()
            if workers:
                started.append(broker)
                environment["CELERY_BROKER_URL"] = broker.start()
            sink = _start_sink(folder)
            started.append(sink.process)
            _set_up_django(environment | {"EMAIL_PORT": str(sink.port)})
            worker = _start_worker(folder, processes=workers) if workers else None
            started += [worker] if worker else []
            yield Stage(folder, sink, database, worker)
        finally:
            for server in reversed(started):
                server.stop()


def _start_sink(folder: Path) -> Sink:
    stats_port = services.free_port()
    process = services.Process(
        [sys.executable, "bench/smtp_sink.py", "--port", "0", "--stats-port", str(stats_port)],
        environment=services.inherited(),
        log=folder / "sink.log",
    ).start()
    process.wait_for_output("listening on")
    heard = re.search(r"listening on (\d+)", process.output)
    assert heard is not None
    return Sink(process, int(heard[1]), stats_port)


def _set_up_django(environment: dict[str, str]) -> None:
    os.environ |= environment | {
        "SECRET_KEY": "only for this run",
        "PUBLIC_URL": "http://taperline.test",
        "LOG_LEVEL": "ERROR",
        "EMAIL_HOST": "127.0.0.1",
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
    }
    import django  # noqa: PLC0415 - the settings read the environment that was just made
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    call_command("migrate", verbosity=0)


def _start_worker(folder: Path, *, processes: int) -> services.Process:
    worker = services.Process(
        [
            *(sys.executable, "-m", "celery", "--app", "tracker", "worker"),
            *("--pool", "prefork", "--concurrency", str(processes), "--include", "bench.naive"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ],
        environment=dict(os.environ),
        log=folder / "worker.log",
    ).start()
    worker.wait_for_output("[queues]", seconds=60)
    return worker
