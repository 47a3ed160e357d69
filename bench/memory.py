"""Whether a worker grows over many mails.

    python bench/memory.py [--mails 100000] [--small]

One process sweeps them all. Its resident memory is read after the first tenth, when everything it
keeps is loaded, and at the end.
"""

import argparse
import os
import sys
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.report import Goal, show
from bench.stage import stage

PAGE = os.sysconf("SC_PAGE_SIZE")
PARTS = 10
MEGABYTE = 1024 * 1024
A_MINUTE = timedelta(minutes=1)


def resident() -> float:
    """Return megabytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / MEGABYTE


def run(*, mails: int) -> None:
    from bench import rows  # noqa: PLC0415 - needs Django
    from patients import clock  # noqa: PLC0415

    part = mails // PARTS
    now = clock.database_now()
    rows.make_clinic(patients=min(part, 500), now=now)
    after_each = [_sweep(part, at=now + number * A_MINUTE) for number in range(PARTS)]
    growth = after_each[-1] - after_each[0]
    show(
        f"resident memory after {mails:,} mails",
        f"{after_each[-1]:.1f} MB",
        baseline=f"{after_each[0]:.1f} MB after {part:,}",
    )
    show("growth in MB", f"{growth:+.1f} MB", ratio=growth, goal=Goal(2, at_most=True))


def _sweep(mails: int, *, at: datetime) -> float:
    """Let so many fall due and send them; return the memory then."""
    from bench import rows  # noqa: PLC0415
    from notifications import engine  # noqa: PLC0415

    rows.make_due(mails, due_at=at)
    rows.settle()
    result = engine.sweep(at=at)
    if result.sent != mails:
        raise AssertionError(f"{result.sent} of {mails} sent: {result}")
    return resident()


def main() -> None:
    parser = argparse.ArgumentParser(description="Memory of a worker over many mails")
    parser.add_argument("--mails", type=int, default=100_000)
    parser.add_argument("--small", action="store_true", help="only to see that it runs")
    given = parser.parse_args()
    with stage():
        run(mails=100 if given.small else given.mails)


if __name__ == "__main__":
    main()
