"""What every page of the demo shows beside itself. Outside the demo: nothing."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from patients import clock
from tracker.demo import cast, places


@dataclass(frozen=True)
class Demo:
    clock_reads: datetime
    zone: str
    people: tuple[cast.Person, ...]
    password: str


def demo(request: HttpRequest) -> dict[str, Demo | None]:
    if not settings.DEMO:
        return {"demo": None}
    return {
        "demo": Demo(
            clock_reads=clock.now(),
            zone=places.home_zone().key,
            people=cast.PEOPLE,
            password=cast.PASSWORD,
        )
    }
