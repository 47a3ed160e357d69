"""What it costs to schedule the reminders of plans that were activated.

    python bench/plans.py [--plans 1000] [--small]

Each plan asks through the service that an activation uses, in a transaction of its own with its
line in the trail, then once more for nothing. Against it: the same rows, a save() each.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.report import Goal, show
from bench.stage import stage

# Nobody logs in here, and hashing a password in earnest takes longer than all that is measured.
QUICK_PASSWORDS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AT = datetime(2026, 5, 4, 15, tzinfo=UTC)  # the day the factories' plans begin


def run(*, plans: int) -> None:
    from django.test import override_settings  # noqa: PLC0415 - needs Django

    from notifications.models import Reminder  # noqa: PLC0415
    from tapers.selectors.plans import plan_of  # noqa: PLC0415
    from tapers.services.schedule import ask_for_reminders  # noqa: PLC0415
    from tests.factories_tapers import TaperFactory  # noqa: PLC0415

    with override_settings(PASSWORD_HASHERS=QUICK_PASSWORDS):
        made = TaperFactory.create_batch(plans, running=True)
    tapers = [(taper, plan_of(taper)) for taper in made]

    def ask_for_all() -> int:
        changes = [ask_for_reminders(taper, plan, AT) for taper, plan in tapers]
        return sum(change.added + change.cancelled for change in changes if change)

    ask_for_reminders(*tapers[0], AT)
    Reminder.objects.all().delete()
    first, added, queries = measured(ask_for_all)
    second, changed, queries_again = measured(ask_for_all)
    copies = _copies(list(Reminder.objects.all()))
    saved, _, _ = measured(lambda: [row.save(force_insert=True) for row in copies])
    show(
        f"reminders of {plans:,} plans",
        f"{added / first:.0f} rows/s, {1000 * first / plans:.2f} ms a plan of {added / plans:.0f}",
        baseline=f"save() {added / saved:.0f} rows/s",
        ratio=saved / first,
        goal=Goal(40),
    )
    show("statements a plan", f"{queries / plans:.2f}, a second time {queries_again / plans:.2f}")
    show(
        "rows changed by a second run",
        f"{changed} in {1000 * second / plans:.2f} ms a plan",
        ratio=float(changed),
        goal=Goal(0, at_most=True),
    )


def measured(work: Callable[[], Any]) -> tuple[float, Any, int]:
    """Return seconds, what *work* returned, and the statements it sent."""
    with counted() as statements:
        began = time.perf_counter()
        result = work()
        return time.perf_counter() - began, result, len(statements)


@contextmanager
def counted() -> Iterator[list[str]]:
    from django.db import connection  # noqa: PLC0415

    statements: list[str] = []

    def count(execute: Callable[..., Any], sql: str, *given: Any) -> Any:
        statements.append(sql)
        return execute(sql, *given)

    with connection.execute_wrapper(count):
        yield statements


def _copies(rows: list[Any]) -> list[Any]:
    from uuid import uuid4  # noqa: PLC0415

    for row in rows:
        row.pk = uuid4()
        row.key, row.message_id = str(row.pk), f"<{row.pk}@taperline.test>"
        row.source = f"copy:{row.source}"
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description="Scheduling the reminders of activated plans")
    parser.add_argument("--plans", type=int, default=1000)
    parser.add_argument("--small", action="store_true", help="only to see that it runs")
    given = parser.parse_args()
    with stage():
        run(plans=10 if given.small else given.plans)


if __name__ == "__main__":
    main()
