"""The command a newcomer types, as a process of its own: real web, worker, beat and mail."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.services import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 120
HARMLESS = ("PATH", "HOME", "LANG", "PYTHONDONTWRITEBYTECODE")


def start(data: Path, *arguments: str) -> "subprocess.Popen[str]":
    """Run the command as on a fresh machine: none of the tests' settings reach it."""
    environment = {name: os.environ[name] for name in HARMLESS if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "manage.py", "demo", *arguments],
        cwd=ROOT,
        env={**environment, "DATA_DIR": str(data)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(data: Path, *arguments: str) -> tuple[int, str]:
    process = start(data, *arguments)
    said, _ = process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, said


def rows(data: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(data / "taperline.sqlite3")) as database:
        return database.execute(sql).fetchall()


def parts_of(data: Path) -> list[int]:
    """Return the processes that run on this folder."""
    mine = f"DATA_DIR={data}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mine in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


@pytest.fixture(scope="module")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, str]:
    data = tmp_path_factory.mktemp("demo-data")
    code, said = run(data, "--once", "--port", str(free_port()))
    return data, code, said


def test_it_says_what_it_does_and_ends_once_a_due_reminder_was_sent(
    first_start: tuple[Path, int, str],
) -> None:
    data, code, said = first_start

    assert code == 0, said
    for line in ("Database", "Mailbox", "Celery worker", "prescriber", "nurse", "reader"):
        assert line in said
    assert "a due reminder was sent" in said
    sent = rows(data, "SELECT max(sent_at), count(*) FROM notifications_reminder")
    assert sent[0][0] is not None
    assert list((data / "mailbox").glob("*.eml"))


def test_nothing_runs_on_afterwards(first_start: tuple[Path, int, str]) -> None:
    data, _, _ = first_start

    assert parts_of(data) == []


def test_a_second_start_keeps_the_data_and_sends_the_next_mail(
    first_start: tuple[Path, int, str],
) -> None:
    data, _, _ = first_start
    patients = "SELECT id FROM patients_patient ORDER BY id"
    before = rows(data, patients)

    code, said = run(data, "--once", "--port", str(free_port()))

    assert code == 0, said
    assert "from an earlier start" in said
    assert rows(data, patients) == before


def test_a_port_in_use_is_named(first_start: tuple[Path, int, str]) -> None:
    data, _, _ = first_start
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        code, said = run(data, "--once", "--port", str(port))

    assert code != 0
    assert f"Port {port} is in use" in said
    assert "Traceback" not in said


@pytest.fixture
def running(
    first_start: tuple[Path, int, str],
) -> Iterator[tuple[Path, int, "subprocess.Popen[str]"]]:
    data, port = first_start[0], free_port()
    process = start(data, "--port", str(port))
    yield data, port, process
    if process.poll() is None:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_ending_it_ends_all_its_parts(
    running: tuple[Path, int, "subprocess.Popen[str]"], ending: signal.Signals
) -> None:
    data, port, process = running
    wait_for_page(port, process)

    process.send_signal(ending)
    said, _ = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 0, said
    assert "All parts have ended" in said
    assert parts_of(data) == []


ENDED_WHILE_IMPORTING = """
import os, signal
from tracker.demo.ending import ToldToEnd, ended_by_signals
with ended_by_signals():
    try:
        exec("os.kill(os.getpid(), signal.SIGINT)")
    except ToldToEnd:
        print("ended")
"""


def test_ctrl_c_during_an_import_that_executes_text_ends_as_well_as_any_other() -> None:
    """Importing a dataclass executes text; there CPython never forgives a KeyboardInterrupt."""
    ended = subprocess.run(
        [sys.executable, "-c", ENDED_WHILE_IMPORTING],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )

    assert (ended.returncode, ended.stdout) == (0, "ended\n"), ended.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_killing_it_leaves_nothing_behind(
    running: tuple[Path, int, "subprocess.Popen[str]"],
) -> None:
    data, port, process = running
    wait_for_page(port, process)

    process.kill()
    process.wait()

    ends_at = time.monotonic() + 30
    while parts_of(data) and time.monotonic() < ends_at:
        time.sleep(0.2)
    assert parts_of(data) == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads the processes of Linux")
def test_a_part_that_dies_ends_the_demo_and_is_named(
    running: tuple[Path, int, "subprocess.Popen[str]"],
) -> None:
    data, port, process = running
    wait_for_page(port, process)

    os.kill(wait_for_worker_and_its_beat(data), signal.SIGKILL)
    said, _ = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode != 0
    assert "The worker process ended by itself" in said
    assert parts_of(data) == []


def wait_for_worker_and_its_beat(data: Path) -> int:
    """Return the worker; the beat it forks outlives it unless somebody ends it."""
    ends_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends_at:
        celery = [pid for pid in parts_of(data) if is_celery(pid)]
        if len(celery) == len(("worker", "beat")):
            (worker,) = (pid for pid in celery if os.getsid(pid) == pid)
            return worker
        time.sleep(0.2)
    pytest.fail("no worker with a beat was started")


def is_celery(pid: int) -> bool:
    try:
        return b"celery" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False


def wait_for_page(port: int, process: "subprocess.Popen[str]") -> None:
    ends_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends_at:
        assert process.poll() is None, process.communicate()[0]
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail("the page did not answer")
