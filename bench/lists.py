"""What a page of a list costs when everything else has grown tenfold.

    python bench/lists.py [--patients 10000] [--reminders 100000] [--small]

A nurse of a clinic with 500 patients asks the API for pages of 50, in one process. Then patients
of other clinics and reminders of hers are made ten times as many, and she asks again. The quickest
of each page's answers is compared.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.report import Goal, show
from bench.stage import stage

MOST = 1.3
GROWS = 10
HERS = 500
REPEATS = 25
DEEP = 90  # pages into a list


class Lists:
    """The nurse's program, and what it asks for."""

    def __init__(self) -> None:
        from django.contrib.auth.models import User  # noqa: PLC0415 - needs Django
        from django.test import Client  # noqa: PLC0415
        from knox.models import AuthToken  # noqa: PLC0415

        from patients.models import Clinic, Membership  # noqa: PLC0415

        user = User.objects.get(username="bench")
        Membership.objects.create(clinic=Clinic.objects.get(), user=user, role="NURSE")
        token = AuthToken.objects.create(user=user)[1]
        self.client = Client(headers={"Authorization": f"Token {token}", "Host": "taperline.test"})

    def milliseconds(self) -> dict[str, float]:
        """Return what the quickest answer of each page took."""
        return {name: self._quickest(address) for name, address in self._pages().items()}

    def _pages(self) -> dict[str, str]:
        return {
            "patients, first page": "/api/v1/patients",
            "patients, last page": self._deep("/api/v1/patients?page_size=50", pages=9),
            "patients by name": "/api/v1/patients?search=riv",
            "patients by a name nobody has": "/api/v1/patients?search=zzz",
            "alerts": "/api/v1/alerts",
            "reminders, first page": "/api/v1/reminders",
            f"reminders, page {DEEP}": self._deep("/api/v1/reminders", pages=DEEP),
        }

    def _deep(self, address: str, *, pages: int) -> str:
        """Read on from page to page as a program does; return the address of the last one."""
        for _ in range(pages):
            following = self._get(address)["next"]
            if following is None:
                break
            address = following
        return address

    def _quickest(self, address: str) -> float:
        return min(_taken(lambda: self._get(address)) for _ in range(REPEATS))

    def _get(self, address: str) -> Any:
        answer = self.client.get(address)
        if answer.status_code != 200:
            raise AssertionError(f"{address}: {answer.status_code}")
        return answer.json()


def _taken(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def run(*, patients: int, reminders: int) -> None:
    from bench import rows  # noqa: PLC0415
    from patients import clock  # noqa: PLC0415

    now = clock.database_now()
    first = rows.make_clinic(patients=min(HERS, patients), now=now)[0]
    lists = Lists()
    rows.make_others(patients, like=first)
    rows.fill(reminders, now=now)
    rows.settle()
    before = lists.milliseconds()
    rows.make_others(patients * (GROWS - 1), like=first)
    rows.fill(reminders * (GROWS - 1), now=now)
    rows.settle()
    after = lists.milliseconds()
    for name, measured in after.items():
        show(
            f"{name}, of {patients * GROWS:,} patients and {reminders * GROWS:,} reminders",
            f"{measured:.1f} ms",
            baseline=f"{before[name]:.1f} ms of a tenth",
            ratio=measured / before[name],
            goal=Goal(MOST, at_most=True),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="Pages of lists beside ten times as much")
    parser.add_argument("--patients", type=int, default=10_000)
    parser.add_argument("--reminders", type=int, default=100_000)
    parser.add_argument("--small", action="store_true", help="only to see that it runs")
    given = parser.parse_args()
    with stage():
        if given.small:
            run(patients=60, reminders=200)
        else:
            run(patients=given.patients, reminders=given.reminders)


if __name__ == "__main__":
    main()
