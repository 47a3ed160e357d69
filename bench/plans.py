"""What it costs to schedule the reminders of plans that were activated.

    python bench/plans.py [--plans 1000] [--small]

One plan after the other, as an activation does, in a transaction of its own with its line in the
trail; then all of a clinic at once, as a change of its rungs does. Each once more for nothing.
Against it: the same rows, a save() each.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from django.db import transaction
from django.db.models import Count

from bench.report import Goal, show
from bench.stage import stage

# Nobody logs in here, and hashing a password in earnest takes longer than all that is measured.
QUICK_PASSWORDS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AT = datetime(2026, 5, 4, 15, tzinfo=UTC)  # the day the factories' plans begin


def run(*, plans: int) -> None:
    from django.test import override_settings  # noqa: PLC0415 - needs Django

    from notifications.models import Reminder  # noqa: PLC0415
    from tapers.selectors.plans import plan_of  # noqa: PLC0415
    from tapers.services.schedule import ask_for_reminders, follow_the_clinic  # noqa: PLC0415
    from tests.factories import ClinicFactory  # noqa: PLC0415
    from tests.factories_tapers import TaperFactory  # noqa: PLC0415

    clinic = ClinicFactory()
    with override_settings(PASSWORD_HASHERS=QUICK_PASSWORDS):
        made = TaperFactory.create_batch(plans, running=True, patient__clinic=clinic)
    tapers = [(taper, plan_of(taper)) for taper in made]

    def one_by_one() -> int:
        changes = [ask_for_reminders(taper, plan, AT) for taper, plan in tapers]
        return sum(change.added + change.cancelled for change in changes if change)

    def all_at_once() -> int:
        before = _changed()
        with transaction.atomic():
            follow_the_clinic(clinic, AT)
        return _changed() - before

    ask_for_reminders(*tapers[0], AT)
    _forget()
    each = twice(one_by_one)
    copies = _copies(list(Reminder.objects.all()))
    saved = len(copies) / measured(lambda: [row.save(force_insert=True) for row in copies])[0]
    _forget()
    together = twice(all_at_once)
    tell("one plan after the other", each, plans=plans, saved=saved)
    tell("of a clinic at once", together, plans=plans, saved=saved, goal=Goal(40))


@dataclass(frozen=True)
class Twice:
    """What was done, and what doing it once more cost and changed."""

    seconds: float
    rows: int
    statements: int
    again_seconds: float
    again_rows: int
    again_statements: int


def twice(work: Callable[[], int]) -> Twice:
    return Twice(*measured(work), *measured(work))


def tell(name: str, done: Twice, *, plans: int, saved: float, goal: Goal | None = None) -> None:
    rate, each = done.rows / done.seconds, 1000 * done.seconds / plans
    show(
        f"{name}: reminders of {plans:,} plans",
        f"{rate:.0f} rows/s, {each:.2f} ms a plan of {done.rows / plans:.0f}",
        baseline=f"save() {saved:.0f} rows/s",
        ratio=rate / saved,
        goal=goal,
    )
    show(f"{name}: statements", f"{done.statements}, a second time {done.again_statements}")
    show(
        f"{name}: rows changed by a second run",
        f"{done.again_rows} in {1000 * done.again_seconds / plans:.2f} ms a plan",
        ratio=float(done.again_rows),
        goal=Goal(0, at_most=True),
    )


def _changed() -> int:
    from notifications.models import Reminder  # noqa: PLC0415

    rows = Reminder.objects.aggregate(made=Count("id"), stopped=Count("withdrawn_at"))
    return int(rows["made"] + rows["stopped"])


def _forget() -> None:
    from notifications.models import Reminder  # noqa: PLC0415

    Reminder.objects.all().delete()


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
