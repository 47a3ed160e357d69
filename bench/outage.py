"""How the API answers while what a week's outage left is worked off, against the same API at rest.

    python bench/outage.py [--patients 2000] [--requests 300] [--rounds 3] [--small]

A durable PostgreSQL, a mail sink, a gunicorn as in docker-compose.yml and, for the second half of
each round, `sweep_reminders --loop`. Each patient has a reminder of each of the last seven days:
the newest is mailed, the others are told to the team or give way. One program asks all the time,
a list of 50 and a patient registered in turn. The p95 of all rounds' answers is compared.
"""

import argparse
import os
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.program import WHAT, Answers, Program
from bench.report import Goal, show
from bench.stage import Stage, stage
from tests import services

DAYS = 7
A_DAY = timedelta(days=1)
PATIENCE_SECONDS = 900
WARM_UP = 20  # requests of each kind, so that every process has loaded what it needs
MOST = 2.0


@dataclass
class Bench:
    on: Stage
    patients: int
    requests: int

    def run(self, *, rounds: int) -> None:
        from bench import rows  # noqa: PLC0415
        from patients import clock  # noqa: PLC0415

        rows.make_clinic(patients=self.patients, now=clock.database_now())
        processes = services.Processes(environment=dict(os.environ), folder=self.on.folder)
        idle, draining = Answers(), Answers()
        try:
            program = Program(processes.web().port)
            for _ in range(WARM_UP):
                program.ask(Answers())
            for _ in range(rounds):
                self._a_week_falls_due()
                for _ in range(self.requests):
                    program.ask(idle)
                seconds = self._drain(processes, program, draining)
        finally:
            processes.stop()
        self._tell(idle, draining, seconds=seconds)

    def _a_week_falls_due(self) -> None:
        from bench import rows  # noqa: PLC0415
        from patients import clock  # noqa: PLC0415

        now = clock.database_now() - timedelta(minutes=10)
        for ago in range(DAYS):
            rows.make_due(self.patients, due_at=now - ago * A_DAY)
        rows.settle()

    def _drain(self, processes: services.Processes, program: Program, into: Answers) -> float:
        """Sweep until nothing is due, asking meanwhile; return the seconds."""
        from notifications import selectors  # noqa: PLC0415

        expected, before = self.on.sink.accepted + self.patients, selectors.last_sweep_at()
        sweeper = processes.manage("sweep_reminders", "--loop")
        sweeper.wait_until(lambda: selectors.last_sweep_at() != before)
        began = time.monotonic()
        while self._is_anything_due() or len(into.taken[WHAT[0]]) < 2:
            program.ask(into)
            if time.monotonic() > began + PATIENCE_SECONDS:
                raise AssertionError("not drained")
        seconds = time.monotonic() - began
        sweeper.stop()
        if self.on.sink.accepted != expected:
            raise AssertionError(f"{self.on.sink.accepted} mails instead of {expected}")
        return seconds

    def _is_anything_due(self) -> bool:
        from notifications import selectors  # noqa: PLC0415
        from patients import clock  # noqa: PLC0415

        return selectors.next_due_at(at=clock.database_now()) is not None

    def _tell(self, idle: Answers, draining: Answers, *, seconds: float) -> None:
        show(
            f"a week of {self.patients:,} patients",
            f"{DAYS * self.patients:,} reminders worked off, {self.patients:,} mailed,"
            f" in {seconds:.1f} s",
        )
        for what in WHAT:
            show(
                f"{what}, p95 while it is worked off",
                f"{draining.percentile(what, 95):.1f} ms of {len(draining.taken[what])}",
                baseline=f"{idle.percentile(what, 95):.1f} ms of {len(idle.taken[what])} at rest",
                ratio=draining.percentile(what, 95) / idle.percentile(what, 95),
                goal=Goal(MOST, at_most=True),
            )


def main() -> None:
    parser = argparse.ArgumentParser(description="The API while an outage is worked off")
    parser.add_argument("--patients", type=int, default=2000)
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--small", action="store_true", help="only to see that it runs")
    given = parser.parse_args()
    with stage() as on:
        if given.small:
            Bench(on, patients=200, requests=10).run(rounds=1)
        else:
            Bench(on, given.patients, given.requests).run(rounds=given.rounds)


if __name__ == "__main__":
    main()
