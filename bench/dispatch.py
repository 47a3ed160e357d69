"""How fast due reminders leave, against a naive engine and a bare SMTP sender: ratios of one run.

    python bench/dispatch.py [--mails 5000] [--rows 100000] [--rounds 5] [--small]

Starts a durable PostgreSQL, a Redis, a mail sink and one Celery worker with two processes of its
own. The three cases take turns and the median round counts; rates move with the machine, ratios
hardly. A round ends when the sink has all mails and no row is left unsent.

    naive    a task for each row: four queries, three templates, a mail object, a connection to the
             mail server and one to the database, save(); on the same two processes
    engine   two wake-ups of notifications.tasks.sweep_due_reminders, as beat sends them: claim,
             recheck, a durable mark before each mail, attempt and trail
    bare     smtplib, one connection, the bytes made beforehand, no database: what is possible

CPU is that of the two processes and of PostgreSQL together; for bare, of the sender.
"""

import argparse
import smtplib
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.cost import cpu_seconds
from bench.report import Goal, show
from bench.stage import Stage, stage

WORKERS = 2
PATIENCE_SECONDS = 600
ASKED_EVERY = 0.01
WARM_UP = 20  # mails, so that both processes have loaded what they need
RECIPIENT = "ada@mail.example"


@dataclass(frozen=True)
class Round:
    """Mails a second, and milliseconds of CPU a mail of our processes and of PostgreSQL."""

    rate: float
    own: float
    database: float

    @property
    def cost(self) -> float:
        return self.own + self.database


@dataclass
class Bench:
    on: Stage
    mails: int
    naive_mails: int

    def naive(self) -> Round:
        from bench import naive  # noqa: PLC0415 - needs Django, as below

        return self._by_the_workers(naive.tick.delay, mails=self.naive_mails)

    def engine(self) -> Round:
        from notifications.tasks import sweep_due_reminders  # noqa: PLC0415

        def wake_both() -> None:
            for _ in range(WORKERS):
                sweep_due_reminders.delay()

        return self._by_the_workers(wake_both, mails=self.mails)

    def warm_up(self) -> None:
        self.naive()
        self.engine()

    def bare(self) -> Round:
        message = _message()
        cpu, began = time.process_time(), time.perf_counter()
        with smtplib.SMTP("127.0.0.1", self.on.sink.port) as line:
            for _ in range(self.mails):
                line.sendmail("no-reply@taperline.test", [RECIPIENT], message)
        seconds = time.perf_counter() - began
        return Round(
            self.mails / seconds, 1000 * (time.process_time() - cpu) / self.mails, database=0.0
        )

    def _by_the_workers(self, start: Callable[[], object], *, mails: int) -> Round:
        from bench import rows  # noqa: PLC0415
        from patients import clock  # noqa: PLC0415

        rows.make_due(mails, due_at=clock.database_now() - timedelta(minutes=10))
        rows.settle()
        expected = self.on.sink.accepted + mails
        own, database, began = *self._spent(), time.perf_counter()
        start()
        self._wait(expected)
        seconds = time.perf_counter() - began
        own_after, database_after = self._spent()
        return Round(
            mails / seconds,
            own=1000 * (own_after - own) / mails,
            database=1000 * (database_after - database) / mails,
        )

    def _spent(self) -> tuple[float, float]:
        assert self.on.worker is not None
        return (
            cpu_seconds(self.on.worker.child.pid),
            cpu_seconds(self.on.database.process.child.pid),
        )

    def _wait(self, expected: int) -> None:
        from notifications import selectors  # noqa: PLC0415
        from patients import clock  # noqa: PLC0415

        ends_at = time.monotonic() + PATIENCE_SECONDS
        while self.on.sink.accepted < expected or selectors.next_due_at(at=clock.database_now()):
            if time.monotonic() > ends_at:
                raise TimeoutError(f"{expected - self.on.sink.accepted} mails are missing")
            time.sleep(ASKED_EVERY)
        if self.on.sink.accepted != expected:
            raise AssertionError(f"{self.on.sink.accepted - expected} mails too many")


def run(bench: Bench, *, rounds: int) -> None:
    cases = {"naive": bench.naive, "engine": bench.engine, "bare": bench.bare}
    replace(bench, mails=WARM_UP, naive_mails=WARM_UP).warm_up()
    found: dict[str, list[Round]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, case in cases.items():
            found[name].append(case())
    report(found)


def report(found: dict[str, list[Round]]) -> None:
    middle = {name: _median(rounds) for name, rounds in found.items()}
    naive, engine, bare = middle["naive"], middle["engine"], middle["bare"]
    for name, each in middle.items():
        cpu = f"{each.own:.2f} ms own CPU and {each.database:.2f} ms of PostgreSQL a mail"
        show(name, f"{each.rate:.0f} mails/s, {cpu}")
    show(
        "engine / naive by rate",
        f"{engine.rate:.0f} mails/s",
        baseline=f"{naive.rate:.0f} mails/s",
        ratio=engine.rate / naive.rate,
        goal=Goal(25),
    )
    show(
        "engine / naive by CPU",
        f"{engine.cost:.2f} ms a mail",
        baseline=f"{naive.cost:.2f} ms a mail",
        ratio=naive.cost / engine.cost,
        goal=Goal(25),
    )
    show(
        "engine / bare SMTP",
        f"{engine.rate:.0f} mails/s",
        baseline=f"{bare.rate:.0f} mails/s",
        ratio=engine.rate / bare.rate,
        goal=Goal(0.45),
    )


def _median(rounds: list[Round]) -> Round:
    return Round(
        rate=statistics.median(each.rate for each in rounds),
        own=statistics.median(each.own for each in rounds),
        database=statistics.median(each.database for each in rounds),
    )


def _message() -> bytes:
    """A mail as the engine writes it."""
    from notifications import email  # noqa: PLC0415
    from notifications.models import Reminder  # noqa: PLC0415
    from patients import clock  # noqa: PLC0415

    row = Reminder.objects.select_related("patient", "clinic")[0]
    mail = email.render(row, recipients=(RECIPIENT,), at=clock.database_now())
    return email.as_bytes(mail)


def main() -> None:
    parser = argparse.ArgumentParser(description="Dispatch speed, as ratios in one run")
    parser.add_argument("--mails", type=int, default=5000)
    parser.add_argument("--rows", type=int, default=100_000, help="rows that are there already")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--small", action="store_true", help="only to see that it runs")
    given = parser.parse_args()
    if given.small:
        given.mails, given.rows, given.rounds = 60, 500, 1
    with stage(workers=WORKERS) as on:
        from bench import rows  # noqa: PLC0415
        from patients import clock  # noqa: PLC0415

        rows.make_clinic(patients=given.mails, now=clock.database_now())
        rows.fill(given.rows, now=clock.database_now())
        run(Bench(on, given.mails, max(20, given.mails // 20)), rounds=given.rounds)


if __name__ == "__main__":
    main()
