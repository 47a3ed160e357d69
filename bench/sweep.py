"""How fast due reminders leave, against a naive engine and a bare SMTP sender. Ratios, one run.

    python bench/sweep.py [--mails 1000] [--rounds 3]

Starts a PostgreSQL and a mail sink of its own. One process sends. The three cases are interleaved
and the median round counts; rates move with the machine, ratios hardly.

    naive    a row, a template, a connection, a mail object and a save() at a time, and a new
             database connection a mail, as Celery makes one a task; without the task itself
    engine   notifications.engine.sweep: claim, recheck, mark before and after every mail, trail
    bare     smtplib, one connection, the bytes made beforehand, no database: what is possible
"""

import argparse
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import services

DUE = datetime(2026, 5, 5, 13, tzinfo=UTC)
TARGETS = {"engine / naive": 25.0, "engine / bare": 0.45}


def start_servers(folder: Path) -> list[services.Postgres | services.Process]:
    database = services.Postgres()
    sink = services.Process(
        [sys.executable, "bench/smtp_sink.py", "--port", "0"],
        environment=services.inherited(),
        log=folder / "sink.log",
    ).start()
    os.environ |= {
        "SECRET_KEY": "only for this run",
        "PUBLIC_URL": "http://taperline.test",
        "DATABASE_URL": database.start(),
        "DATA_DIR": str(folder),
        "LOG_LEVEL": "ERROR",
        "EMAIL_HOST": "127.0.0.1",
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
    }
    sink.wait_for_output("listening on")
    heard = re.search(r"listening on (\d+)", sink.output)
    os.environ["EMAIL_PORT"] = heard[1] if heard else ""
    return [sink, database]


def set_up_django() -> None:
    import django  # noqa: PLC0415 - the settings read the environment that was just made
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    call_command("migrate", verbosity=0)


def measure(case: Callable[[int], None], *, mails: int) -> tuple[float, float]:
    """Return mails a second and milliseconds of our own CPU a mail."""
    cpu, clock = time.process_time(), time.perf_counter()
    case(mails)
    return mails / (time.perf_counter() - clock), 1000 * (time.process_time() - cpu) / mails


def run(*, mails: int, rounds: int) -> None:
    from bench import sweep_cases  # noqa: PLC0415 - needs Django

    sweep_cases.make_clinic(patients=min(mails, 500))
    naive_mails = max(20, mails // 10)
    cases: dict[str, tuple[Callable[[int], None], Callable[[int], None], int]] = {
        "naive": (sweep_cases.make_due, sweep_cases.naive, naive_mails),
        "engine": (sweep_cases.make_due, sweep_cases.engine_sweep, mails),
        "bare": (sweep_cases.prebuild, sweep_cases.bare, mails),
    }
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, (prepare, case, number) in cases.items():
            prepare(number)
            found[name].append(measure(case, mails=number))
    report(found)


def report(found: dict[str, list[tuple[float, float]]]) -> None:
    rates = {name: statistics.median(rate for rate, _ in each) for name, each in found.items()}
    costs = {name: statistics.median(cost for _, cost in each) for name, each in found.items()}
    for name, rate in rates.items():
        print(f"{name:8} {rate:9.0f} mails/s   {costs[name]:7.2f} ms CPU a mail")
    ratios = {
        "engine / naive": (rates["engine"] / rates["naive"], costs["naive"] / costs["engine"]),
        "engine / bare": (rates["engine"] / rates["bare"], costs["bare"] / costs["engine"]),
    }
    for name, (by_rate, by_cpu) in ratios.items():
        print(f"{name:15} {by_rate:6.2f} by rate, {by_cpu:6.2f} by CPU; target {TARGETS[name]}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Dispatch speed, as ratios in one run")
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="taperline-bench-") as folder:
        servers = start_servers(Path(folder))
        try:
            set_up_django()
            run(mails=given.mails, rounds=given.rounds)
        finally:
            for server in servers:
                server.stop()


if __name__ == "__main__":
    main()
