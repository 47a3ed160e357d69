"""What a tick costs as the table of reminders grows.

    python bench/tick.py [--small-table 10000] [--large-table 1000000] [--repeats 15] [--small]

Two tables take turns on one durable PostgreSQL. Timed are the claim of 100 due reminders with the
recheck of the batch, a claim that finds nothing, and a whole sweep that finds nothing. At the end
the index is dropped, to show what it is for.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.report import Goal, show
from bench.stage import stage

DUE = 100
A_DAY = timedelta(days=1)
INDEX = "reminder_to_do"


def timed(work: Callable[[], object]) -> float:
    """Return milliseconds."""
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


class Tables:
    """A small and a large table of reminders, in a database each."""

    def __init__(self, *, small: int, large: int) -> None:
        from bench import rows  # noqa: PLC0415 - needs Django
        from patients import clock  # noqa: PLC0415

        self.now: datetime = clock.database_now()
        self.name_of: dict[int, str] = {}
        rows.make_clinic(patients=DUE, now=self.now)
        rows.make_due(DUE, due_at=self.now - timedelta(minutes=10))
        self._keep(small)
        for number in (small, large):
            self.use(number)
            rows.fill(number - DUE, now=self.now)
            rows.settle()
            if number == small:
                self._copy_to(large)

    def use(self, number: int) -> None:
        from django.conf import settings  # noqa: PLC0415
        from django.db import connection  # noqa: PLC0415

        name = self.name_of[number]
        connection.close()
        connection.settings_dict["NAME"] = name
        # One each, or the engine would take one database for a restored backup of the other.
        settings.DISPATCH_MARKER = str(Path(settings.DATA_DIR) / f"marker-{name}")
        connection.ensure_connection()

    def _keep(self, number: int) -> None:
        from django.db import connection  # noqa: PLC0415

        self.name_of[number] = str(connection.settings_dict["NAME"])

    def _copy_to(self, number: int) -> None:
        from django.db import connection  # noqa: PLC0415

        source, name = connection.settings_dict["NAME"], f"rows_{number}"
        connection.close()
        connection.settings_dict["NAME"] = "template1"
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {source}")
        connection.close()
        self.name_of[number] = name

    # What is timed --------------------------------------------------------------------------

    def claim_and_recheck(self) -> float:
        from notifications.engine.claim import claim  # noqa: PLC0415
        from notifications.engine.recheck import recheck  # noqa: PLC0415
        from notifications.engine.tally import Tally  # noqa: PLC0415

        def work() -> None:
            tally = Tally()
            batch = claim(at=self.now, tally=tally)
            rows = recheck(token=batch.token, at=self.now, tally=tally)
            if len(rows) != DUE:
                raise AssertionError(f"{len(rows)} of {DUE} were claimed: {tally}")

        took = timed(work)
        self._give_back()
        return took

    def claim_alone(self) -> float:
        from notifications.engine.claim import claim  # noqa: PLC0415
        from notifications.engine.tally import Tally  # noqa: PLC0415

        took = timed(lambda: claim(at=self.now, tally=Tally()))
        self._give_back()
        return took

    def empty_claim(self) -> float:
        """Return what it takes to find, a day before, that nothing is due."""
        from notifications.engine.claim import claim  # noqa: PLC0415
        from notifications.engine.tally import Tally  # noqa: PLC0415

        return timed(lambda: claim(at=self.now - A_DAY, tally=Tally()))

    def empty_sweep(self) -> float:
        """Return the same with all that a sweep writes down of itself."""
        from notifications.engine import sweep  # noqa: PLC0415

        return timed(lambda: sweep(at=self.now - A_DAY))

    def _give_back(self) -> None:
        from notifications.models import Reminder  # noqa: PLC0415

        Reminder.objects.filter(status="CLAIMED").update(
            status="SCHEDULED", claim=None, next_attempt_at=self.now - timedelta(minutes=10)
        )

    def plan_of_the_claim(self) -> str:
        from django.db import connection  # noqa: PLC0415

        from notifications.engine.claim import CLAIM_IN_ONE_STATEMENT  # noqa: PLC0415

        given = {
            "at": self.now,
            "limit": DUE,
            "token": "00000000-0000-0000-0000-000000000000",
            "lease_ends_at": self.now,
        }
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {CLAIM_IN_ONE_STATEMENT.format(further='')}", given)
            return "\n".join(line for (line,) in cursor.fetchall())

    def drop_the_index(self) -> None:
        from django.db import connection  # noqa: PLC0415

        with connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX {INDEX}")


def run(*, small: int, large: int, repeats: int) -> None:
    tables = Tables(small=small, large=large)
    claims: dict[int, list[float]] = {small: [], large: []}
    nothing: dict[int, list[float]] = {small: [], large: []}
    empty: dict[int, list[float]] = {small: [], large: []}
    for _ in range(repeats):
        for number in (small, large):
            tables.use(number)
            tables.empty_sweep()  # the first statements of a connection pay for others
            claims[number].append(tables.claim_and_recheck())
            nothing[number].append(tables.empty_claim())
            empty[number].append(tables.empty_sweep())
    report_growth(f"claim and recheck of {DUE} among {large:,}", claims, small, large)
    report_growth(f"claim of nothing among {large:,}", nothing, small, large)
    report_growth(f"empty sweep among {large:,}", empty, small, large)
    least = min(nothing[large])
    show("claim of nothing in ms", f"{least:.2f} ms", ratio=least, goal=Goal(2, at_most=True))
    show_the_index(tables, large=large, repeats=min(repeats, 5))


def report_growth(what: str, found: dict[int, list[float]], small: int, large: int) -> None:
    middle, least = statistics.median(found[large]), min(found[large])
    show(
        what,
        f"median {middle:.2f} ms, least {least:.2f} ms",
        baseline=f"among {small:,} median {statistics.median(found[small]):.2f} ms,"
        f" least {min(found[small]):.2f} ms",
        ratio=least / min(found[small]),
        goal=Goal(1.2, at_most=True),
    )


def show_the_index(tables: Tables, *, large: int, repeats: int) -> None:
    tables.use(large)
    plan = tables.plan_of_the_claim()
    if INDEX not in plan:
        raise AssertionError(f"the claim does not use {INDEX}:\n{plan}")
    show("plan of the claim", f"Index Scan using {INDEX}")
    used = min(tables.claim_alone() for _ in range(repeats))
    tables.drop_the_index()
    missed = min(tables.claim_alone() for _ in range(repeats))
    show(
        f"claim of {DUE} among {large:,}",
        f"{used:.2f} ms",
        baseline=f"without the index {missed:.2f} ms",
        ratio=missed / used,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="What a tick costs as the table grows")
    parser.add_argument("--small-table", type=int, default=10_000)
    parser.add_argument("--large-table", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--small", action="store_true", help="only to see that it runs")
    given = parser.parse_args()
    if given.small:
        given.small_table, given.large_table, given.repeats = 500, 5_000, 2
    with stage():
        run(small=given.small_table, large=given.large_table, repeats=given.repeats)


if __name__ == "__main__":
    main()
