"""Whether people and the sender get in each other's way on the one SQLite file of the embedded way.

    python bench/embedded.py [--seconds 60] [--small]

A gunicorn as in docker-compose.yml and `sweep_reminders --loop` write to the same file. One program
asks all the time, a list of 50 and a patient registered in turn: first while nothing is due, then
while the sender works off what is. Any answer but a success ends the bench.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.program import WHAT, Answers, Program
from bench.report import Goal, show
from bench.stage import Stage, stage
from tests import services

MOST_MS = 50.0
A_SECOND_ABOUT = 400  # mails; when all are sent it ends earlier
BEFORE = 0.25  # of the time, while nothing is due
AT_LEAST = 20


def run(on: Stage, *, seconds: float) -> None:
    from bench import rows  # noqa: PLC0415 - needs Django
    from patients import clock  # noqa: PLC0415

    now = clock.database_now()
    patients = rows.make_clinic(patients=int(seconds * A_SECOND_ABOUT), now=now)
    processes = services.Processes(environment=dict(os.environ), folder=on.folder)
    try:
        program = Program(processes.web().port)
        sender = processes.manage("sweep_reminders", "--loop", REMINDER_TICK_SECONDS="0.5")
        _ask(program, seconds=1)
        alone = _ask(program, seconds=seconds * BEFORE)
        _fall_due(patients, at=now - timedelta(minutes=10))
        began, all_sent = time.monotonic(), on.sink.accepted + len(patients)
        beside = _ask(program, seconds=seconds, until=lambda: on.sink.accepted == all_sent)
        took, sent = time.monotonic() - began, on.sink.accepted + len(patients) - all_sent
        said = sender.output
    finally:
        processes.stop()
    if not sent or "locked" in said:
        raise AssertionError(f"{sent} mails sent beside the program: {said}")
    show("mails sent beside the program", f"{sent:,} in {took:.0f} s, nothing locked")
    _tell(alone, beside)


def _ask(program: Program, *, seconds: float, until: Callable[[], bool] = lambda: False) -> Answers:
    """Ask for so long, or until all is done, but so often that a percentile can be told."""
    answers, ends_at = Answers(), time.monotonic() + seconds
    while len(answers.taken[WHAT[0]]) < AT_LEAST or (time.monotonic() < ends_at and not until()):
        program.ask(answers)
    return answers


def _fall_due(patients: list[object], *, at: datetime) -> None:
    from bench import rows  # noqa: PLC0415
    from notifications.models import Reminder  # noqa: PLC0415

    due = [rows.model_row(patient, due_at=at) for patient in patients]
    Reminder.objects.bulk_create(due, batch_size=100)


def _tell(alone: Answers, beside: Answers) -> None:
    for what in WHAT:
        at_rest, measured = alone.percentile(what, 99), beside.percentile(what, 99)
        show(
            f"{what}, p99 beside the sender",
            f"{measured:.1f} ms of {len(beside.taken[what])}",
            baseline=f"{at_rest:.1f} ms of {len(alone.taken[what])} alone",
            ratio=measured / at_rest,
        )
    slower = max(beside.percentile(what, 99) for what in WHAT)
    show("the slower p99 in ms", f"{slower:.1f}", ratio=slower, goal=Goal(MOST_MS, at_most=True))


def main() -> None:
    parser = argparse.ArgumentParser(description="People and the sender on one SQLite file")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--small", action="store_true", help="only to see that it runs")
    given = parser.parse_args()
    with stage(embedded=True) as on:
        run(on, seconds=2 if given.small else given.seconds)


if __name__ == "__main__":
    main()
