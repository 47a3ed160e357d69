"""A nurse's program that asks the API one request after the other, and how long each took."""

import statistics
import time
from dataclasses import dataclass, field

WHAT = ("list of 50", "registration")


@dataclass
class Answers:
    """Milliseconds of each request, by what was asked."""

    taken: dict[str, list[float]] = field(default_factory=lambda: {what: [] for what in WHAT})

    def percentile(self, what: str, per_cent: int) -> float:
        return statistics.quantiles(self.taken[what], n=100)[per_cent - 1]


class Program:
    """Asks for a list, and registers a patient, in turn."""

    def __init__(self, port: int) -> None:
        from django.contrib.auth.models import User  # noqa: PLC0415 - needs Django, as below

        from patients.models import Clinic, Membership  # noqa: PLC0415
        from tests.visitor import ADA, Visitor  # noqa: PLC0415

        user = User.objects.get(username="bench")
        Membership.objects.create(clinic=Clinic.objects.get(), user=user, role="NURSE")
        self.visitor, self.person, self.number = Visitor.program(port, user), ADA, 0

    def ask(self, into: Answers) -> None:
        for what, ask, right in zip(WHAT, (self._list, self._register), (200, 201), strict=True):
            began = time.perf_counter()
            status = ask()
            into.taken[what].append(1000 * (time.perf_counter() - began))
            if status != right:
                raise AssertionError(f"{what}: {status}")

    def _list(self) -> int:
        return self.visitor.get("/api/v1/patients").status

    def _register(self) -> int:
        self.number += 1
        body = self.person | {"record_number": f"B{self.number}"}
        return self.visitor.post("/api/v1/patients", body).status
