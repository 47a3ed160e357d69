"""What is done daily without Celery, for cron: read all courses, forget answers of yesterday."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from patients import clock
from patients.services.kept_answers import forget_answers
from tapers.services import daily


class Command(BaseCommand):
    help = (
        "Hold the rules against every course that was not read yet today, from 05:00 by the clock "
        "of its clinic. Run it every few minutes or once a morning; ends with 1 if any failed."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        forget_answers(at=clock.database_now())
        tally = daily.evaluate_courses(at=clock.database_now())
        self.stdout.write(f"read {tally.read}, raised {tally.raised}, failed {tally.failed}")
        if tally.failed:
            raise CommandError("Some courses could not be read; each has a task on the worklist.")
